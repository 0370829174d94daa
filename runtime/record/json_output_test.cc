#include "runtime/record/json_output.h"

#include <cmath>
#include <string>

#include "gtest/gtest.h"
#include "runtime/abi/arena.h"
#include "runtime/abi/views.h"

namespace sluice::record {
namespace {

std::string Quoted(std::string_view text) {
  JsonOutput out;
  out.String(text);
  return std::string(out.view());
}
std::string Written(const sluice_value& value) {
  JsonOutput out;
  const Status status = WriteSchemaless(value, out);
  return status.ok() ? std::string(out.view()) : Describe(status);
}

TEST(JsonOutputTest, EscapesWhatJacksonEscapes) {
  EXPECT_EQ(Quoted("plain text of more than sixteen bytes"),
            "\"plain text of more than sixteen bytes\"");
  EXPECT_EQ(Quoted(""), "\"\"");
  EXPECT_EQ(Quoted("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
  EXPECT_EQ(Quoted("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"");
  EXPECT_EQ(Quoted({"\0\x01\x1f\x7f", 4}), "\"\\u0000\\u0001\\u001F\x7f\"");
  EXPECT_EQ(Quoted("gr\xC3\xBC\xC3\x9F \xE2\x80\xA8 \xF0\x9F\x98\x80"),
            "\"gr\xC3\xBC\xC3\x9F \xE2\x80\xA8 \\uD83D\\uDE00\"");
  EXPECT_EQ(Quoted("a\xFF\"z"), "\"a\xEF\xBF\xBD\\\"z\"");
}

TEST(JsonOutputTest, SpecialCharactersAtEveryPlace) {
  const std::pair<char, std::string_view> kSpecial[] = {{'"', "\\\""},
                                                        {'\\', "\\\\"},
                                                        {'\x1F', "\\u001F"},
                                                        {'\0', "\\u0000"},
                                                        {'\xFF', "\xEF\xBF\xBD"}};
  for (size_t size = 1; size < 50; ++size) {
    const std::string plain(size, 'x');
    EXPECT_EQ(Quoted(plain), '"' + plain + '"');
    for (size_t at = 0; at < size; ++at) {
      for (const auto& [special, written] : kSpecial) {
        std::string text = plain;
        text[at] = special;
        EXPECT_EQ(Quoted(text),
                  StrCat("\"", plain.substr(0, at), written, plain.substr(at + 1), "\""));
      }
    }
  }
}

TEST(JsonOutputTest, Values) {
  abi::Arena arena;
  EXPECT_EQ(Written(abi::Null()), "null");
  EXPECT_EQ(Written(abi::Boolean(false)), "false");
  EXPECT_EQ(Written(abi::Int64(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(Written(abi::Float32(0.1f)), "0.1");
  EXPECT_EQ(Written(abi::Float64(1e10)), "1.0E10");
  EXPECT_EQ(Written(abi::Float64(NAN)), "\"NaN\"");
  EXPECT_EQ(Written(abi::Float64(-INFINITY)), "\"-Infinity\"");
  EXPECT_EQ(Written(abi::Bytes("hello")), "\"aGVsbG8=\"");
  const sluice_map_entry text_keys[] = {{abi::String("a"), abi::Int32(1)},
                                        {abi::String("b"), abi::Null()}};
  EXPECT_EQ(Written(abi::Map(text_keys, 2)), "{\"a\":1,\"b\":null}");
  const sluice_map_entry keys[] = {{abi::String("a"), abi::Int32(1)}, {abi::Int32(2), abi::Null()}};
  EXPECT_EQ(Written(abi::Map(keys, 2)), "[[\"a\",1],[2,null]]");
  EXPECT_EQ(Written(abi::Map(keys, 0)), "{}");
  EXPECT_EQ(Written(abi::Integer(SLUICE_DATE, 1)),
            "org.apache.kafka.connect.errors.DataException: Java class class java.util.Date does "
            "not have corresponding schema type.");
}

TEST(JsonOutputTest, DepthIsBounded) {
  sluice_value nested[1001];
  nested[0] = abi::Array(nullptr, 0);
  for (int i = 1; i <= 1000; ++i) nested[i] = abi::Array(&nested[i - 1], 1);
  EXPECT_EQ(Written(nested[999]), std::string(1000, '[') + std::string(1000, ']'));
  EXPECT_NE(Written(nested[1000]).find("Document nesting depth (1001) exceeds"), std::string::npos);
}

TEST(JsonOutputTest, MemoryIsKeptButNotForEver) {
  JsonOutput out;
  for (int i = 0; i < 3; ++i) {
    out.Clear();
    out.String(std::string(5'000'000, 'x'));
    EXPECT_EQ(out.view().size(), 5'000'002u);
  }
  out.Clear();
  EXPECT_EQ(out.view(), "");
}

}  // namespace
}  // namespace sluice::record

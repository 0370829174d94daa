// Values and bytes: what peer_test does not ask. Malformed bytes, other schemas, odd values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/from_connect.h"
#include "runtime/convert/avro/reader.h"
#include "runtime/convert/avro/schema.h"
#include "runtime/convert/avro/to_connect.h"
#include "runtime/convert/avro/writer.h"
#include "runtime/convert/recursion.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert::avro {
namespace {

using abi::SchemaBuilder;
using namespace std::string_literals;
using testing::HasSubstr;

class CodecTest : public testing::Test {
 protected:
  Reader* NewReader(std::string_view text, std::string_view as = {}) {
    documents_.push_back(*ParseSchema(text));
    const Schema& writer = *documents_.back()->root();
    if (!as.empty()) documents_.push_back(*ParseSchema(as));
    const Schema& reader = *documents_.back()->root();
    readers_.push_back(
        *Reader::Make(writer, reader, *ToConnectSchema(reader, std::nullopt, options_), options_));
    return readers_.back().get();
  }
  std::string Text(std::string_view schema, std::string_view bytes, std::string_view as = {}) {
    const auto value = NewReader(schema, as)->Read(bytes, arena_);
    return value.ok() ? record::JavaText(*value) : StrCat("! ", Message(value.status()));
  }
  // The bytes, in hex.
  std::string Written(const sluice_schema* connect, const sluice_value& value,
                      std::string_view target = {}) {
    const auto document = target.empty() && connect != nullptr
                              ? *FromConnectSchema(*connect, options_)
                              : *ParseSchema(target);
    const auto writer = Writer::Make(connect, *document->root(), options_);
    if (!writer.ok()) return StrCat("! ", Message(writer.status()));
    ByteOutput out;
    const Status written = (*writer)->Write(value, out);
    if (!written.ok()) return StrCat("! ", Message(written));
    std::string hex;
    for (const char c : out.view()) {
      hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
      hex += "0123456789abcdef"[c & 15];
    }
    return hex;
  }

  AvroOptions options_;
  abi::Arena arena_;
  std::vector<std::shared_ptr<const Document>> documents_;
  std::vector<std::unique_ptr<Reader>> readers_;  // whose schemas the values have
};

constexpr char kPair[] =
    R"({"type":"record","name":"P","fields":[{"name":"a","type":"int"},{"name":"s","type":"string"}]})";

TEST_F(CodecTest, BytesThatEndTooEarly) {
  EXPECT_EQ(Text(kPair, "\x02\x04hi"), "Struct{a=1,s=hi}");
  const std::string whole = "\x02\x04hi";
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto value = NewReader(kPair)->Read(whole.substr(0, size), arena_);
    EXPECT_EQ(ExceptionClass(value.status()), kSerializationException) << size;
  }
}

TEST_F(CodecTest, LengthsAndCountsThatMakeNoSense) {
  EXPECT_THAT(Text("\"string\"", "\x01"), HasSubstr("in a string"));  // -1
  EXPECT_THAT(Text("\"string\"", "\xff\xff\xff\xff\x0f"), HasSubstr("in a string"));
  EXPECT_THAT(Text("\"int\"", "\xff\xff\xff\xff\xff\x0f"), HasSubstr("in an int"));
  EXPECT_THAT(Text("\"long\"", std::string(10, '\xff')), HasSubstr("in a long"));
  EXPECT_THAT(Text("\"long\"", std::string(11, '\x80')), HasSubstr("in a long"));
  EXPECT_THAT(Text("\"boolean\"", "\x02"), HasSubstr("in a boolean"));
  EXPECT_THAT(Text("[\"int\",\"string\"]", "\x04\x02"), HasSubstr("in a union's branch"));
  EXPECT_THAT(Text("[\"int\",\"string\"]", "\x01\x02"), HasSubstr("in a union's branch"));
  EXPECT_THAT(Text(R"({"type":"enum","name":"E","symbols":["A"]})", "\x02"),
              HasSubstr("in an enum"));
  EXPECT_THAT(Text(R"({"type":"fixed","name":"F","size":3})", "ab"), HasSubstr("in a fixed"));
  const std::string ints = R"({"type":"array","items":"int"})";
  EXPECT_THAT(Text(ints, "\xfe\xff\xff\xff\x0f"), HasSubstr("in a block"));  // 2^31 - 1 elements
  EXPECT_THAT(Text(ints, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), HasSubstr("in a block"));
  EXPECT_THAT(Text(ints, "\x04\x02\x80"), HasSubstr("in an int"));
  // Elements without bytes: only their number bounds them.
  EXPECT_THAT(Text(R"({"type":"array","items":{"type":"record","name":"R","fields":[]}})",
                   "\x80\x80\x80\x80\x10"),
              HasSubstr("in a block"));
}

TEST_F(CodecTest, BlocksWithTheirSizes) {
  EXPECT_EQ(Text(R"({"type":"array","items":"int"})", "\x03\x04\x02\x04\x02\x06\x00"s),
            "[1, 2, 3]");
  EXPECT_EQ(Text(R"({"type":"map","values":"int"})",
                 "\x01\x06\x02"
                 "a\x02\x02\x02"
                 "b\x04\x00"s),
            "{a=1, b=2}");
}

TEST_F(CodecTest, OfRepeatedKeysTheLastCounts) {
  EXPECT_EQ(Text(R"({"type":"map","values":"int"})",
                 "\x06\x02"
                 "a\x02\x02"
                 "b\x04\x02"
                 "a\x06\x00"s),
            "{a=3, b=2}");
  std::string many = "\x80\x01"s;  // 64 entries of 8 keys
  for (int i = 0; i < 64; ++i) many += StrCat("\x02", static_cast<char>('a' + i % 8), "\x02");
  EXPECT_EQ(NewReader(R"({"type":"map","values":"int"})")->Read(many + '\0', arena_)->size, 8u);
}

TEST_F(CodecTest, MalformedUtf8BecomesReplacementCharacters) {
  EXPECT_EQ(Text("\"string\"",
                 "\x06"
                 "a\xff"
                 "b"),
            "a\uFFFDb");
}

TEST_F(CodecTest, RecursiveDataBeyondTheSchemaAreRefused) {
  const auto reader =
      NewReader(R"({"type":"record","name":"N","fields":[{"name":"next","type":["null","N"]}]})");
  EXPECT_TRUE(reader->Read(std::string(kRecursionMax - 1, '\x02') + '\0', arena_).ok());
  const auto deep = reader->Read(std::string(kRecursionMax, '\x02') + '\0', arena_);
  EXPECT_EQ(ExceptionClass(deep.status()), kDataException);
  EXPECT_THAT(std::string(Message(deep.status())), HasSubstr("recursive type N"));
  // What is skipped has no schema to be unrolled, but ends as well.
  const auto skipping = NewReader(
      R"({"type":"record","name":"R","fields":[{"name":"n","type":{"type":"record","name":"N",)"
      R"("fields":[{"name":"next","type":["null","N"]}]}}]})",
      R"({"type":"record","name":"R","fields":[]})");
  EXPECT_TRUE(skipping->Read(std::string(100, '\x02') + '\0', arena_).ok());
  EXPECT_FALSE(skipping->Read(std::string(100'000, '\x02') + '\0', arena_).ok());
}

TEST_F(CodecTest, RecordsWithoutBytesAreBounded) {
  std::string text = R"([{"type":"record","name":"T0","fields":[]})";
  for (int i = 1; i <= 40; ++i) {
    StrAppend(text, R"(,{"type":"record","name":"T)", i, R"(","fields":[{"name":"a","type":"T)",
              i - 1, R"("},{"name":"b","type":"T)", i - 1, "\"}]}");
  }
  text += "]";
  documents_.push_back(*ParseSchema(text));
  const Schema& top = *documents_.back()->root()->branches[40];
  const auto schema = ToConnectSchema(top, std::nullopt, {});
  ASSERT_TRUE(schema.ok()) << schema.status();
  const auto reader = Reader::Make(top, top, *schema, {});
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_FALSE((*reader)->Read("", arena_).ok());
}

TEST_F(CodecTest, Schemaless) {
  sluice_value items[] = {abi::Int8(1), abi::String("x"), abi::Null(), abi::Float64(0.5)};
  sluice_map_entry entries[] = {{abi::String("k"), abi::Array(items, 4)},
                                {abi::Int64(5), abi::Boolean(true)}};
  const std::string text = R"({"type":"record","name":"Anything","namespace":"io.confluent.connect)"
                           R"(.avro","fields":[]})";
  const auto writer = Writer::Make(nullptr, *(*ParseSchema(text))->root(), options_);
  ASSERT_TRUE(writer.ok());
  ByteOutput out;
  ASSERT_TRUE((*writer)->Write(abi::Map(entries, 2), out).ok());
  const auto reader = Reader::Make(*(*ParseSchema(text))->root(), *(*ParseSchema(text))->root(),
                                   abi::SchemaRef(), options_);
  const auto value = (*reader)->Read(out.view(), arena_);
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(record::JavaText(*value), "{k=[1, x, null, 0.5], 5=true}");
  EXPECT_THAT(std::string(Message((*writer)->Write(abi::Bytes("x"), out))),
              HasSubstr("Unknown Java type for schemaless data: class [B"));
}

TEST_F(CodecTest, ValuesThatDoNotFitTheirSchema) {
  const auto int32 = SchemaBuilder(SLUICE_INT32).Build();
  EXPECT_EQ(Written(int32.get(), abi::String("x")),
            "! Invalid type for INT32: class java.lang.String");
  EXPECT_EQ(Written(int32.get(), abi::Int64(1)), "! Invalid type for INT32: class java.lang.Long");
  const auto list = SchemaBuilder(SLUICE_ARRAY).Value(int32).Build();
  const sluice_value null = abi::Null();
  EXPECT_EQ(Written(list.get(), abi::Array(&null, 1)),
            "! Found null value for non-optional schema");
  const auto outer = SchemaBuilder(SLUICE_STRUCT).Name("O").Field("f", int32).Build();
  const auto other = SchemaBuilder(SLUICE_STRUCT).Name("P").Field("f", int32).Build();
  const sluice_value one = abi::Int32(1);
  EXPECT_EQ(Written(outer.get(), arena_.NewStruct(other.get(), &one)),
            "! Mismatching struct schema");
  EXPECT_EQ(Written(outer.get(), arena_.NewStruct(outer.get(), &null)),
            "! Found null value for non-optional schema");
}

TEST_F(CodecTest, DefaultsStandInForNull) {
  const auto five = SchemaBuilder(SLUICE_INT32).Optional().Default(abi::Int32(5)).Build();
  const auto outer = SchemaBuilder(SLUICE_STRUCT).Name("O").Field("f", five).Build();
  const sluice_value null = abi::Null();
  EXPECT_EQ(Written(outer.get(), arena_.NewStruct(outer.get(), &null)), "000a");
  options_.ignore_default_for_nullables = true;
  EXPECT_EQ(Written(outer.get(), arena_.NewStruct(outer.get(), &null)), "02");
}

TEST_F(CodecTest, IntoAnotherSchemaByName) {
  const auto int32 = SchemaBuilder(SLUICE_INT32).Build();
  const auto optional = SchemaBuilder(SLUICE_STRING).Optional().Build();
  const auto schema =
      SchemaBuilder(SLUICE_STRUCT).Name("R").Field("a", int32).Field("b", optional).Build();
  const sluice_value values[] = {abi::Int32(3), abi::String("x")};
  const sluice_value value = arena_.NewStruct(schema.get(), values);
  const auto target = [](std::string_view fields) {
    return StrCat(R"({"type":"record","name":"R","fields":[)", fields, "]}");
  };
  EXPECT_EQ(Written(schema.get(), value),
            "060202"
            "78");
  EXPECT_EQ(Written(schema.get(), value,
                    target(R"({"name":"b","type":["string","null"]},{"name":"n","type":"int",)"
                           R"("default":9},{"name":"a","type":["null","long"]})")),
            "000278"
            "12"
            "0206");
  EXPECT_EQ(Written(schema.get(), value, target(R"({"name":"a","type":"double"})")),
            "0000000000000840");
  EXPECT_THAT(Written(schema.get(), value, target(R"({"name":"new","type":"int"})")),
              HasSubstr("R.new without a default"));
  EXPECT_THAT(Written(schema.get(), value, target(R"({"name":"a","type":"string"})")),
              HasSubstr("cannot be written as Avro's string"));
}

TEST_F(CodecTest, EnumsKnowTheirSymbols) {
  options_.enhanced = true;
  const auto suit = SchemaBuilder(SLUICE_STRING)
                        .Name("Suit")
                        .Parameter("io.confluent.connect.avro.Enum", "Suit")
                        .Parameter("io.confluent.connect.avro.Enum.HEARTS", "HEARTS")
                        .Build();
  EXPECT_EQ(Written(suit.get(), abi::String("HEARTS")), "00");
  EXPECT_THAT(Written(suit.get(), abi::String("CLUBS")), HasSubstr("'CLUBS' is no symbol"));
}

TEST_F(CodecTest, DecimalsInAFixed) {
  const auto schema = SchemaBuilder(SLUICE_BYTES)
                          .Name(std::string(record::kDecimalName))
                          .Version(1)
                          .Parameter("scale", "0")
                          .Parameter("connect.fixed.size", "3")
                          .Build();
  const auto number = [&](std::string_view bytes) {
    return abi::Decimal(arena_.New(sluice_decimal{0, static_cast<uint32_t>(bytes.size()),
                                                  reinterpret_cast<const uint8_t*>(bytes.data())}));
  };
  EXPECT_EQ(Written(schema.get(), number("\x05")), "000005");
  EXPECT_EQ(Written(schema.get(), number("\xfe")), "fffffe");
  EXPECT_THAT(Written(schema.get(), number("\x01\x02\x03\x04")),
              HasSubstr("greater than fixed size 3"));
}

TEST_F(CodecTest, NothingIsAllocatedOnceWarm) {
  const auto reader = NewReader(
      R"({"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":"int"}},)"
      R"({"name":"m","type":{"type":"map","values":["null","string"]}}]})");
  const std::string bytes = "\x04\x02\x04\x00\x02\x02k\x02\x02v\x00"s;
  ASSERT_TRUE(reader->Read(bytes, arena_).ok());
  arena_.Reset();
  const size_t held = arena_.held();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(reader->Read(bytes, arena_).ok());
    arena_.Reset();
  }
  EXPECT_EQ(arena_.held(), held);
}

}  // namespace
}  // namespace sluice::convert::avro

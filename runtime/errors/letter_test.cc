#include "runtime/errors/letter.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"

namespace sluice::errors {
namespace {

using Text = std::optional<std::string>;

Text TextOf(record::Bytes bytes) {
  if (record::IsNull(bytes)) return std::nullopt;
  return std::string(abi::View(bytes));
}
std::vector<std::pair<std::string, Text>> HeadersOf(const Letter& letter) {
  std::vector<std::pair<std::string, Text>> headers;
  for (size_t i = 0; i < letter.record().header_count; ++i) {
    const kafka::OutHeader& header = letter.record().headers[i];
    headers.emplace_back(header.key, TextOf(header.value));
  }
  return headers;
}

class LetterTest : public testing::Test {
 protected:
  LetterTest() {
    format_.context_headers = true;
    format_.connector = "jdbc";
    format_.task = 2;
    format_.write_record = [](const sluice_record& record, bool, std::string& out) {
      StrAppend(out, "record ", abi::Text(record.value));
    };
    format_.write_map = [](const sluice_value* map, std::string& out) {
      out.append(map == nullptr ? "null" : abi::Text(*map));
    };
    consumed_.topic = "orders";
    consumed_.partition = 3;
    consumed_.offset = 17;
    consumed_.timestamp = 1700000000123;
    consumed_.key = abi::Str("key");
    consumed_.value = abi::Str("{broken");
  }
  Failure Fail(Status error = DataError("Unexpected character")) {
    return {Stage::kValueConverter, "org.apache.kafka.connect.json.JsonConverter", std::move(error),
            1, Subject{&consumed_, nullptr}};
  }

  LetterFormat format_;
  ConsumedRecord consumed_;
};

TEST_F(LetterTest, NullsAndAMissingTimestampStayWhatTheyAre) {
  format_.context_headers = false;
  consumed_.key = record::kNullBytes;
  consumed_.value = abi::Str("");
  consumed_.timestamp = -1;
  const Letter letter(Fail(), format_);
  EXPECT_EQ(TextOf(letter.record().key), std::nullopt);
  EXPECT_EQ(TextOf(letter.record().value), "");
  EXPECT_EQ(letter.record().timestamp, INT64_MIN);
  EXPECT_EQ(letter.record().header_count, 0u);
}

TEST_F(LetterTest, ContextHeadersFollowTheRecordsOwn) {
  const RawHeader header{"h", abi::Str("1")};
  consumed_.headers = &header;
  consumed_.header_count = 1;
  const Status cause = DataError("no such field");
  const Letter letter(Fail(Wrap(cause, kDataException, "Unexpected character")), format_);
  const std::vector<std::pair<std::string, Text>> expected = {
      {"h", "1"},
      {"__connect.errors.topic", "orders"},
      {"__connect.errors.partition", "3"},
      {"__connect.errors.offset", "17"},
      {"__connect.errors.connector.name", "jdbc"},
      {"__connect.errors.task.id", "2"},
      {"__connect.errors.stage", "VALUE_CONVERTER"},
      {"__connect.errors.class.name", "org.apache.kafka.connect.json.JsonConverter"},
      {"__connect.errors.exception.class.name", "org.apache.kafka.connect.errors.DataException"},
      {"__connect.errors.exception.message", "Unexpected character"},
      {"__connect.errors.exception.stacktrace",
       "org.apache.kafka.connect.errors.DataException: Unexpected character\n"
       "Caused by: org.apache.kafka.connect.errors.DataException: no such field\n"}};
  EXPECT_EQ(HeadersOf(letter), expected);
}

TEST_F(LetterTest, AnExceptionWithoutTextHasANullMessage) {
  const auto headers = HeadersOf(Letter(Fail(DataError("")), format_));
  ASSERT_EQ(headers.size(), 10u);
  EXPECT_EQ(headers[8].first, "__connect.errors.exception.message");
  EXPECT_EQ(headers[8].second, std::nullopt);
}

TEST_F(LetterTest, ASourceRecordIsWrittenAsText) {
  sluice_record record = abi::EmptyRecord();
  record.topic = abi::Str("lines");
  record.value = abi::String("oops");
  record.timestamp = 77;
  const sluice_value partition = abi::String("{p}"), offset = abi::String("{o}");
  record.source_partition = &partition;
  record.source_offset = &offset;
  Failure failure = Fail(OkStatus());
  failure.subject = {nullptr, &record};
  const Letter letter(failure, format_);
  EXPECT_EQ(TextOf(letter.record().key), "{p}");
  EXPECT_EQ(TextOf(letter.record().value), "record oops");
  EXPECT_EQ(letter.record().timestamp, 77);
  const std::vector<std::pair<std::string, Text>> expected = {
      {"__connect.errors.topic", "lines"},
      {"__connect.errors.source.partition", "{p}"},
      {"__connect.errors.source.offset", "{o}"},
      {"__connect.errors.connector.name", "jdbc"},
      {"__connect.errors.task.id", "2"},
      {"__connect.errors.stage", "VALUE_CONVERTER"},
      {"__connect.errors.class.name", "org.apache.kafka.connect.json.JsonConverter"}};
  EXPECT_EQ(HeadersOf(letter), expected);
  record.partition = 5;
  EXPECT_EQ(HeadersOf(Letter(failure, format_))[1],
            (std::pair<std::string, Text>{"__connect.errors.partition", "5"}));
}

TEST_F(LetterTest, IsShortenedOnceAndNotWithinACharacter) {
  std::string text = "xy";
  while (text.size() < 2000) text += "\xE2\x82\xAC";
  Letter letter(Fail(DataError(text)), format_);
  EXPECT_TRUE(letter.Shorten());
  EXPECT_EQ(HeadersOf(letter)[8].second, text.substr(0, 2 + 340 * 3));
  EXPECT_FALSE(letter.Shorten());
  format_.context_headers = false;
  EXPECT_FALSE(Letter(Fail(), format_).Shorten());  // nothing that could go
}

}  // namespace
}  // namespace sluice::errors

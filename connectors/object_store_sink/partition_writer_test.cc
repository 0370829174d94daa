#include "connectors/object_store_sink/partition_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "connectors/object_store_sink/avro_format.h"
#include "connectors/object_store_sink/fake_store.h"
#include "connectors/object_store_sink/line_formats.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kNow = 1709209800000;  // 2024-02-29T12:30Z

// A topic partition t-0 whose records hold their offset; the verbs are those of the task.
class PartitionWriterTest : public testing::Test {
 protected:
  PartitionWriter& writer() {
    if (!writer_) {
      writer_.emplace(options_, store_,
                      FileFormats{avro_ ? static_cast<const Format*>(&avro_format_) : &json_,
                                  keys_ ? &json_ : nullptr, headers_ ? &json_ : nullptr},
                      sdk::Logger(), "t", 0);
    }
    return *writer_;
  }
  // A task that died, and its successor.
  void Restart() { writer_.reset(); }

  sluice_record Record(int64_t offset) {
    sluice_record record = abi::EmptyRecord();
    record.topic = record.original_topic = abi::Str("t");
    record.original_partition = record.partition = 0;
    record.original_offset = offset;
    record.timestamp = timestamp_.value_or(kNow);
    record.value = sdk::Int64(offset);
    return record;
  }
  void Put(int64_t from, int64_t count) {
    writer().BeginPut();
    for (int64_t i = from; i < from + count; ++i) writer().Take(Record(i), now_);
    writer().Tick(now_);
    writer().EndPut();
  }
  void PutFails(int64_t from, int64_t count) { EXPECT_THROW(Put(from, count), StoreError); }
  void ByTime(TimestampSource source = TimestampSource::kRecord) {
    options_.partitioner.kind = PartitionerKind::kTime;
    options_.partitioner.duration = std::chrono::hours(1);
    options_.partitioner.pattern = TimePattern::Compile("path.format", "'h'=HH");
    options_.partitioner.timestamp_source = source;
  }

  WriterOptions options_;
  bool avro_ = false, keys_ = false, headers_ = false;
  FakeStore store_;
  std::optional<int64_t> timestamp_;
  int64_t now_ = kNow;
  const JsonFormat json_{DecimalText::kBase64, {}};
  const AvroFormat avro_format_{AvroCodec::kNull, false};
  std::optional<PartitionWriter> writer_;
};

TEST_F(PartitionWriterTest, CutsByCount) {
  options_.flush_size = 2;
  Put(10, 5);
  EXPECT_EQ(store_.Listing(),
            "topics/t/partition=0/t+0+0000000010.json: 10|11|\n"
            "topics/t/partition=0/t+0+0000000012.json: 12|13|\n");
  EXPECT_EQ(writer().Committable(15), 14);  // the fifth is read again
  EXPECT_EQ(writer().open_files(), 1u);
  Put(15, 1);
  EXPECT_EQ(writer().Committable(16), 16);
  EXPECT_EQ(writer().memory(), 0u);
}

TEST_F(PartitionWriterTest, ASuccessorWritesTheSameFiles) {
  options_.flush_size = 3;
  Put(0, 5);
  const std::string before = store_.Listing();
  Restart();
  EXPECT_EQ(store_.abandoned, 1);
  Put(0, 4);  // nothing was committed
  Put(4, 1);
  EXPECT_EQ(store_.Listing(), before);
}

TEST_F(PartitionWriterTest, AllFoldersAreCutAtOnce) {
  options_.flush_size = 4;
  ByTime();
  for (int64_t i = 0; i < 4; ++i) {
    timestamp_ = kNow + i % 2 * kHour;
    Put(i, 1);
    EXPECT_EQ(writer().Committable(i + 1), i < 3 ? 0 : 4);
  }
  EXPECT_EQ(store_.Listing(),
            "topics/t/h=12/t+0+0000000000.json: 0|2|\n"
            "topics/t/h=13/t+0+0000000001.json: 1|3|\n");
}

TEST_F(PartitionWriterTest, RecordTimeRotates) {
  options_.rotate_interval = milliseconds(10 * 60'000);
  options_.rotate_on_partition_change = false;
  ByTime();
  Put(0, 2);
  timestamp_ = kNow + 10 * 60'000 - 1;
  Put(2, 1);
  EXPECT_TRUE(store_.objects.empty());
  timestamp_ = kNow + 10 * 60'000;
  Put(3, 1);
  EXPECT_EQ(store_.Listing(), "topics/t/h=12/t+0+0000000000.json: 0|1|2|\n");
  now_ += 10 * kHour;  // no clock moves records' time
  Put(4, 0);
  EXPECT_EQ(store_.objects.size(), 1u);
}

TEST_F(PartitionWriterTest, AnotherFolderRotates) {
  options_.rotate_interval = milliseconds(10 * kHour);
  ByTime();
  Put(0, 2);
  timestamp_ = kNow + kHour;
  Put(2, 1);
  EXPECT_EQ(store_.Listing(), "topics/t/h=12/t+0+0000000000.json: 0|1|\n");
}

TEST_F(PartitionWriterTest, WallclocksRotateWithoutRecords) {
  options_.rotate_interval = milliseconds(1000);
  ByTime(TimestampSource::kWallclock);
  Put(0, 2);
  now_ += 999;
  Put(2, 0);
  EXPECT_TRUE(store_.objects.empty());
  now_ += 1;
  Put(2, 0);
  EXPECT_EQ(store_.objects.size(), 1u);
}

TEST_F(PartitionWriterTest, TheScheduleRotates) {
  options_.rotate_schedule = milliseconds(kHour);
  Put(0, 2);
  now_ = kNow + kHour / 2 - 1;
  Put(2, 1);
  EXPECT_TRUE(store_.objects.empty());
  now_ = kNow + kHour / 2;  // 13:00
  Put(3, 1);
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000000.json: 0|1|2|\n");
  now_ += kHour;
  Put(4, 0);
  EXPECT_EQ(store_.objects.size(), 2u);
}

TEST_F(PartitionWriterTest, TheScheduleBeginsAtLocalMidnight) {
  const shared::TimeZone kolkata = shared::TimeZone::Load("timezone", "Asia/Kolkata");
  EXPECT_EQ(NextScheduled(kNow, milliseconds(kHour), shared::TimeZone()), kNow + kHour / 2);
  EXPECT_EQ(NextScheduled(kNow, milliseconds(kHour), kolkata), kNow + kHour);  // 18:00 there
  EXPECT_EQ(NextScheduled(kNow - 1, milliseconds(kHour), kolkata), kNow);
}

TEST_F(PartitionWriterTest, AFailureThatPassesRepeatsNothing) {
  options_.flush_size = 3;
  store_.finish_failures = {StoreErrorKind::kTransient, StoreErrorKind::kTransient};
  PutFails(0, 4);
  PutFails(0, 4);
  EXPECT_LE(writer().Committable(0), 0);
  Put(0, 4);
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000000.json: 0|1|2|\n");
  EXPECT_EQ(writer().Committable(4), 3);
}

TEST_F(PartitionWriterTest, APartThatCouldNotBeSentIsSentLater) {
  options_.flush_size = 20'000;
  store_.part = 1;
  store_.send_failures = {StoreErrorKind::kTransient};
  PutFails(0, 20'000);
  Put(0, 20'000);
  std::string expected;
  for (int i = 0; i < 20'000; ++i) expected += std::to_string(i) + "\n";
  ASSERT_EQ(store_.objects.size(), 1u);
  EXPECT_TRUE(store_.objects.begin()->second.bytes == expected);
  EXPECT_GT(store_.sends, 0);
}

TEST_F(PartitionWriterTest, AnUploadThatIsGoneIsReadAgain) {
  options_.flush_size = 3;
  store_.finish_failures = {StoreErrorKind::kGone};
  Put(5, 5);
  EXPECT_EQ(writer().rewind(), 5);
  EXPECT_EQ(writer().rewind(), std::nullopt);
  EXPECT_EQ(writer().Committable(10), 5);
  EXPECT_TRUE(store_.objects.empty());
  Put(5, 3);
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000005.json: 5|6|7|\n");
}

TEST_F(PartitionWriterTest, AnUploadThatIsGoneInItsMiddleIsReadAgain) {
  options_.flush_size = 40'000;
  store_.part = 1;
  store_.send_failures = {StoreErrorKind::kTransient, StoreErrorKind::kGone};
  PutFails(5, 20'000);
  Put(5, 20'000);
  EXPECT_EQ(writer().rewind(), 5);
  EXPECT_EQ(writer().Committable(20'005), 5);
  Put(5, 40'000);
  EXPECT_EQ(writer().rewind(), std::nullopt);
  EXPECT_EQ(store_.objects.begin()->second.bytes.find("5\n6\n7\n"), 0u);
  EXPECT_EQ(writer().Committable(40'005), 40'005);
}

TEST_F(PartitionWriterTest, WhatAnEarlierLifeHasWrittenIsLeftOut) {
  options_.conditional = true;
  options_.rotate_schedule = milliseconds(kHour);
  Put(0, 4);
  now_ += kHour;
  Put(4, 0);  // 0 to 3, and the offset was not committed
  Restart();
  Put(0, 2);
  now_ += kHour;
  Put(2, 0);  // cut earlier
  EXPECT_EQ(writer().rewind(), 0);
  Put(0, 6);
  now_ += kHour;
  Put(6, 0);
  EXPECT_EQ(store_.Listing(),
            "topics/t/partition=0/t+0+0000000000.json: 0|1|2|3|\n"
            "topics/t/partition=0/t+0+0000000004.json: 4|5|\n");
}

TEST_F(PartitionWriterTest, TheSameFileOfAnEarlierLifeIsGood) {
  options_.conditional = true;
  options_.flush_size = 2;
  Put(0, 2);
  Restart();
  Put(0, 3);
  EXPECT_EQ(writer().rewind(), std::nullopt);
  EXPECT_EQ(writer().Committable(3), 2);
}

TEST_F(PartitionWriterTest, AnObjectThatSaysNothingIsOverwritten) {
  options_.conditional = true;
  options_.flush_size = 2;
  store_.objects["topics/t/partition=0/t+0+0000000000.json"].bytes = "something else";
  Put(0, 2);
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000000.json: 0|1|\n");
}

TEST_F(PartitionWriterTest, TopicsThatATransformHasChanged) {
  options_.flush_size = 2;
  for (int64_t i = 0; i < 2; ++i) {
    sluice_record record = Record(i);
    record.topic = abi::Str(i == 0 ? "north" : "south");
    writer().Take(record, now_);
  }
  EXPECT_EQ(store_.Listing(),
            "topics/north/partition=0/north+0+0000000000.json: 0|\n"
            "topics/south/partition=0/south+0+0000000001.json: 1|\n");
  sluice_record record = Record(2);
  record.topic = abi::Str("../../etc");
  EXPECT_THROW(writer().Take(record, now_), sdk::DataException);
}

TEST_F(PartitionWriterTest, OpenFilesHaveABound) {
  ByTime();
  options_.open_files_max = 2;
  for (int64_t i = 0; i < 3; ++i) {
    timestamp_ = kNow + i * kHour;
    Put(i, 1);
  }
  EXPECT_EQ(store_.objects.size(), 2u);
  EXPECT_EQ(writer().Committable(3), 2);
}

TEST_F(PartitionWriterTest, MemoryHasABound) {
  options_.open_bytes_max = 10;
  Put(0, 5);  // two bytes each
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000000.json: 0|1|2|3|4|\n");
}

TEST_F(PartitionWriterTest, AMixOfSchemasHasAFileForEach) {
  avro_ = true;
  options_.flush_size = 6;
  const sdk::Schema number = sdk::schemas::Int64(), text = sdk::schemas::String();
  for (int64_t i = 0; i < 6; ++i) {
    sluice_record record = Record(i);
    record.value_schema = i % 2 == 0 ? number.get() : text.get();
    if (i % 2 == 1) record.value = sdk::String("x");
    writer().Take(record, now_);
  }
  EXPECT_EQ(store_.objects.size(), 2u);
  EXPECT_TRUE(store_.objects.contains("topics/t/partition=0/t+0+0000000001.avro"));
}

TEST_F(PartitionWriterTest, WithARuleOlderRecordsGoIntoTheNewerFile) {
  options_.flush_size = 4;
  options_.compatibility = Compatibility::kBackward;
  const sdk::Schema one =
      sdk::schemas::Struct("S").Version(1).Field("a", sdk::schemas::Int32()).Build();
  const sdk::Schema two = sdk::schemas::Struct("S")
                              .Version(2)
                              .Field("a", sdk::schemas::Int32())
                              .Field("b", sdk::schemas::Optional(sdk::schemas::Int32()))
                              .Build();
  const sdk::Value values[] = {sdk::Int32(7), sdk::Int32(8)};
  const sluice_struct old_value{one.get(), values}, new_value{two.get(), values};
  const bool is_new[] = {false, true, false, true};
  for (int64_t i = 0; i < 4; ++i) {
    sluice_record record = Record(i);
    record.value_schema = is_new[i] ? two.get() : one.get();
    record.value = abi::Struct(is_new[i] ? &new_value : &old_value);
    writer().Take(record, now_);
  }
  EXPECT_EQ(store_.Listing(),
            "topics/t/partition=0/t+0+0000000000.json: {\"a\":7}|\n"
            "topics/t/partition=0/t+0+0000000001.json: "
            "{\"a\":7,\"b\":8}|{\"a\":7,\"b\":null}|{\"a\":7,\"b\":8}|\n");
}

TEST_F(PartitionWriterTest, NullValues) {
  sluice_record record = Record(0);
  record.value = sdk::Null();
  EXPECT_THROW(writer().Take(record, now_), sdk::ConnectException);
  Restart();
  options_.null_values = NullValues::kReport;
  EXPECT_THROW(writer().Take(record, now_), sdk::DataException);
  Restart();
  options_.null_values = NullValues::kIgnore;
  EXPECT_NO_THROW(writer().Take(record, now_));
  EXPECT_EQ(writer().Committable(1), 1);
}

TEST_F(PartitionWriterTest, TombstonesKeepTheirKeys) {
  options_.null_values = NullValues::kWrite;
  options_.flush_size = 2;
  keys_ = true;
  sluice_record record = Record(0);
  record.key = sdk::String("k");
  writer().Take(record, now_);
  record.original_offset = 1;
  record.value = sdk::Null();
  writer().Take(record, now_);
  EXPECT_EQ(store_.Listing(),
            "topics/t/partition=0/t+0+0000000000.json: 0|\n"
            "topics/t/partition=0/t+0+0000000000.keys.json: \"k\"|\n"
            "topics/t/tombstone/t+0+0000000001.keys.json: \"k\"|\n");
}

TEST_F(PartitionWriterTest, ARecordWithoutAKeyOrHeadersLeavesNothing) {
  keys_ = headers_ = true;
  options_.flush_size = 1;
  EXPECT_THROW(writer().Take(Record(0), now_), sdk::DataException);
  sluice_record record = Record(1);
  record.key = sdk::Int32(1);
  EXPECT_THROW(writer().Take(record, now_), sdk::DataException);
  EXPECT_EQ(writer().open_files(), 0u);
  const sluice_header header{abi::Str("h"), nullptr, sdk::Int32(5)};
  record.headers = &header;
  record.header_count = 1;
  record.original_offset = 2;
  writer().Take(record, now_);
  EXPECT_EQ(store_.objects["topics/t/partition=0/t+0+0000000002.headers.json"].bytes,
            "[{\"key\":\"h\",\"value\":\"5\"}]\n");
}

TEST_F(PartitionWriterTest, WhatWasRefusedIsRefusedAgainWhenThePutIsRepeated) {
  options_.null_values = NullValues::kReport;
  sluice_record record = Record(0);
  record.value = sdk::Null();
  writer().BeginPut();
  EXPECT_THROW(writer().Take(record, now_), sdk::DataException);
  options_.null_values = NullValues::kIgnore;  // nobody looks at the record once more
  writer().BeginPut();
  EXPECT_THROW(writer().Take(record, now_), sdk::DataException);
  writer().EndPut();
  writer().BeginPut();
  EXPECT_NO_THROW(writer().Take(record, now_));
}

TEST_F(PartitionWriterTest, ATopicThatWasMadeAnewBeginsAnew) {
  options_.flush_size = 2;
  Put(10, 2);
  Put(0, 2);
  EXPECT_EQ(store_.Listing(),
            "topics/t/partition=0/t+0+0000000000.json: 0|1|\n"
            "topics/t/partition=0/t+0+0000000010.json: 10|11|\n");
}

TEST_F(PartitionWriterTest, TagsSayWhatIsInside) {
  options_.tagging = true;
  options_.more_tags = {{"team", "a"}};
  options_.flush_size = 2;
  Put(3, 2);
  EXPECT_EQ(
      store_.objects.begin()->second.tags,
      (Metadata{{"startOffset", "3"}, {"endOffset", "4"}, {"recordCount", "2"}, {"team", "a"}}));
}

}  // namespace
}  // namespace sluice::object_store_sink

#include "connectors/object_store_sink/partition_writer.h"

#include <gtest/gtest.h>

#include "connectors/object_store_sink/partition_writer_fixture.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

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
  // 12:30, 14:00, and 21:30, midnight.
  EXPECT_EQ(NextScheduled(kNow, milliseconds(7 * kHour), shared::TimeZone()), kNow + 3 * kHour / 2);
  EXPECT_EQ(NextScheduled(kNow + 9 * kHour, milliseconds(7 * kHour), shared::TimeZone()),
            kNow + 23 * kHour / 2);
}

TEST_F(PartitionWriterTest, TopicsThatATransformHasChanged) {
  options_.flush_size = 2;
  for (int64_t i = 0; i < 2; ++i) {
    sluice_record record = Record(i);
    record.topic = abi::Str(i == 0 ? "north" : "south");
    writer().Take(record, now_);
  }
  EXPECT_EQ(store_.Listing(),
            "topics/north/partition=0/north+t+0+0000000000.json: 0|\n"
            "topics/south/partition=0/south+t+0+0000000001.json: 1|\n");
  sluice_record record = Record(2);
  record.topic = abi::Str("../../etc");
  EXPECT_THROW(writer().Take(record, now_), sdk::DataException);
}

TEST_F(PartitionWriterTest, TopicsThatATransformHasMadeOneShareNoFile) {
  options_.flush_size = 2;
  for (const char* topic : {"a", "b"}) {
    PartitionWriter consumer(options_, store_, FileFormats{&json_}, sdk::Logger(), topic, 0);
    for (int64_t i = 0; i < 2; ++i) {
      sluice_record record = Record(i);
      record.original_topic = abi::Str(topic);
      record.topic = abi::Str("all");
      consumer.Take(record, now_);
    }
    more_ = 10;
  }
  EXPECT_EQ(store_.Listing(),
            "topics/all/partition=0/all+a+0+0000000000.json: 0|1|\n"
            "topics/all/partition=0/all+b+0+0000000000.json: 10|11|\n");
}

TEST_F(PartitionWriterTest, ANameThatIsTooLongIsTheRecordsFault) {
  sluice_record record = Record(0);
  const std::string topic(510, 'x');  // twice in the name
  record.topic = abi::Str(topic);
  EXPECT_THROW(writer().Take(record, now_), sdk::DataException);
  EXPECT_EQ(writer().open_files(), 0u);
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
  options_.open_bytes_max = 40;  // of two buffers, which begin with 15 and double
  Put(0, 8);                     // two bytes each
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000000.json: 0|1|2|3|4|5|6|7|\n");
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

// The file that it was projected for is cut to make room for its own, as their keys differ.
TEST_F(PartitionWriterTest, AProjectedRecordOutlivesTheFileThatHadItsSchema) {
  avro_keys_ = true;
  options_.compatibility = Compatibility::kBackward;
  options_.open_files_max = 1;
  const sdk::Schema text = sdk::schemas::String(), number = sdk::schemas::Int64();
  const sdk::Schema one =
      sdk::schemas::Struct("S").Version(1).Field("a", sdk::schemas::Int32()).Build();
  sdk::Schema two = sdk::schemas::Struct("S")
                        .Version(2)
                        .Field("a", sdk::schemas::Int32())
                        .Field("b", sdk::schemas::Optional(sdk::schemas::Int32()))
                        .Build();
  const sdk::Value values[] = {sdk::Int32(7), sdk::Int32(8)};
  sluice_struct value{two.get(), values};
  sluice_record record = Record(0);
  record.key_schema = text.get();
  record.key = sdk::String("k");
  record.value_schema = two.get();
  record.value = abi::Struct(&value);
  writer().Take(record, now_);
  two = sdk::Schema();  // only the open file has it
  record = Record(1);
  record.key_schema = number.get();
  record.key = sdk::Int64(5);
  record.value_schema = value.schema = one.get();
  record.value = abi::Struct(&value);
  writer().Take(record, now_);
  options_.rotate_schedule = milliseconds(1);
  writer().Tick(kNow + kHour);
  EXPECT_EQ(store_.objects["topics/t/partition=0/t+0+0000000000.json"].bytes,
            "{\"a\":7,\"b\":8}\n");
  EXPECT_EQ(store_.objects["topics/t/partition=0/t+0+0000000001.json"].bytes,
            "{\"a\":7,\"b\":null}\n");
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

TEST_F(PartitionWriterTest, TagsSayWhatIsInside) {
  options_.tagging = true;
  options_.more_tags = {{"team", "a"}};
  options_.flush_size = 2;
  Put(3, 2);
  EXPECT_EQ(
      store_.objects.begin()->second.tags,
      (Metadata{{"startOffset", "3"}, {"endOffset", "4"}, {"recordCount", "2"}, {"team", "a"}}));
}

TEST_F(PartitionWriterTest, TagsThatFailMayFailTheTask) {
  options_.tagging = true;
  options_.flush_size = 1;
  store_.tags_fail = true;
  Put(0, 1);
  EXPECT_EQ(writer().Committable(1), 1);
  options_.tagging_must_work = true;
  EXPECT_THROW(Put(1, 1), sdk::ConnectException);
}

}  // namespace
}  // namespace sluice::object_store_sink

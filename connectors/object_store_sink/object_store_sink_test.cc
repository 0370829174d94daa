// The whole task into a local folder. With S3: tests/connectors/test_object_store_sink.py.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "connectors/sdk/fakes.h"
#include "connectors/sdk/value.h"

namespace sluice::sdk {
namespace {

namespace fs = std::filesystem;

class ObjectStoreSinkTest : public testing::Test {
 protected:
  ObjectStoreSinkTest() { fs::create_directories(folder_); }
  ~ObjectStoreSinkTest() override { fs::remove_all(folder_); }

  void Start(ConfigText config = {}) {
    config.emplace("name", "sink");
    config.emplace("topics", "t");
    config.emplace("s3.bucket.name", "bucket");
    config.emplace("store.url", "file://" + folder_);
    config.emplace("format.class", "io.confluent.connect.s3.format.json.JsonFormat");
    config.emplace("flush.size", "3");
    sink_.Start(config);
    sink_.Assign({{"t", 0, 0}, {"t", 1, 0}});
  }
  static FakeInput Record(int64_t offset, int32_t partition = 0) {
    FakeInput input;
    input.partition = partition;
    input.offset = offset;
    input.value = Int64(offset);
    input.timestamp = 1709209800000 + offset * 3'600'000;
    return input;
  }
  std::vector<FakeInput> Records(int64_t from, int64_t count) {
    std::vector<FakeInput> out;
    for (int64_t i = from; i < from + count; ++i) out.push_back(Record(i));
    return out;
  }
  // Names below the bucket, with contents.
  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> out;
    const fs::path root = folder_ + "/bucket";
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      out[fs::relative(entry.path(), root)] = {std::istreambuf_iterator<char>(file), {}};
    }
    return out;
  }

  const std::string folder_ =
      testing::TempDir() + "/sink-" + testing::UnitTest::GetInstance()->current_test_info()->name();
  FakeSink sink_{"S3SinkConnector"};
};

TEST_F(ObjectStoreSinkTest, FilesAndOffsets) {
  Start();
  sink_.Put(Records(0, 4));
  sink_.Put({Record(0, 1)});
  EXPECT_EQ(Files(), (std::map<std::string, std::string>{
                         {"topics/t/partition=0/t+0+0000000000.json", "0\n1\n2\n"}}));
  const auto flushed = sink_.Flush({{"t", 0, 4}, {"t", 1, 1}});
  EXPECT_EQ(flushed, (std::vector<FakeSink::Partition>{{"t", 0, 3}, {"t", 1, 0}}));
}

TEST_F(ObjectStoreSinkTest, WhatIsRevokedIsDroppedAndReadAgain) {
  Start();
  sink_.Put(Records(0, 2));
  sink_.Revoke({{"t", 0, 2}});
  sink_.Assign({{"t", 0, 0}});
  sink_.Put(Records(0, 3));
  EXPECT_EQ(Files().at("topics/t/partition=0/t+0+0000000000.json"), "0\n1\n2\n");
  EXPECT_EQ(Files().size(), 1u);
}

TEST_F(ObjectStoreSinkTest, BadRecordsAreRejectedByThemselves) {
  Start({{"partitioner.class", "FieldPartitioner"}, {"partition.field.name", "region"}});
  const sluice_map_entry good[] = {{String("region"), String("north")}};
  const sluice_map_entry bad[] = {{String("region"), String("../../etc")}};
  std::vector<FakeInput> records = Records(0, 5);
  for (size_t i : {0, 2, 4}) records[i].value = abi::Map(good, 1);
  records[3].value = abi::Map(bad, 1);
  sink_.Put(records);
  ASSERT_EQ(sink_.rejected().size(), 2u);
  EXPECT_TRUE(sink_.rejected()[0].starts_with("t-0@1: "));
  EXPECT_TRUE(sink_.rejected()[1].starts_with("t-0@3: "));
  EXPECT_EQ(Files().at("topics/t/region=north/t+0+0000000000.json"),
            "{\"region\":\"north\"}\n{\"region\":\"north\"}\n{\"region\":\"north\"}\n");
}

TEST_F(ObjectStoreSinkTest, HoursOfTheRecords) {
  Start({{"partitioner.class", "TimeBasedPartitioner"},
         {"path.format", "'year'=YYYY/'month'=MM/'day'=dd/'hour'=HH"},
         {"partition.duration.ms", "3600000"},
         {"locale", "en-US"},
         {"timezone", "UTC"},
         {"timestamp.extractor", "Record"}});
  sink_.Put(Records(0, 3));
  std::string names;
  for (const auto& [name, content] : Files()) names += name + "\n";
  EXPECT_EQ(names,
            "topics/t/year=2024/month=02/day=29/hour=12/t+0+0000000000.json\n"
            "topics/t/year=2024/month=02/day=29/hour=13/t+0+0000000001.json\n"
            "topics/t/year=2024/month=02/day=29/hour=14/t+0+0000000002.json\n");
}

TEST_F(ObjectStoreSinkTest, FoldersOfHourlyAndDaily) {
  const std::pair<const char*, const char*> partitioners[] = {
      {"HourlyPartitioner", "year=2024_month=02_day=29_hour=12"},
      {"DailyPartitioner", "year=2024_month=02_day=29"}};
  for (const auto& [partitioner, folders] : partitioners) {
    Start({{"partitioner.class", partitioner},
           {"locale", "de"},
           {"timezone", "UTC"},
           {"timestamp.extractor", "Record"},
           {"topics.dir", partitioner},
           {"directory.delim", "_"},
           {"flush.size", "1"}});
    sink_.Put({Record(0)});
    EXPECT_EQ(Files().count(Cat(partitioner, "_t_", folders, "_t+0+0000000000.json")), 1u);
  }
}

TEST_F(ObjectStoreSinkTest, AStoreThatRefusesFailsTheTask) {
  Start({{"retry.backoff.ms", "0"}});
  // A file where the folder must be.
  fs::create_directories(folder_ + "/bucket");
  std::ofstream(folder_ + "/bucket/topics") << "x";
  try {
    sink_.Put(Records(0, 3));
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_EQ(failure.code, SLUICE_FAILED) << failure.what();
    EXPECT_NE(std::string(failure.what()).find(folder_), std::string::npos) << failure.what();
  }
}

TEST_F(ObjectStoreSinkTest, AServerThatIsAwayMakesThePutComeAgain) {
  Start({{"store.url", "http://127.0.0.1:1"},  // nobody listens there
         {"aws.access.key.id", "id"},
         {"aws.secret.access.key", "hush"},
         {"s3.part.retries", "0"},
         {"retry.backoff.ms", "3600000"}});
  for (int i = 0; i < 3; ++i) {
    try {
      sink_.Put(Records(0, 3));
      FAIL();
    } catch (const PluginFailure& failure) {
      EXPECT_EQ(failure.code, SLUICE_RETRY);
      EXPECT_NE(std::string(failure.what()).find("127.0.0.1:1"), std::string::npos);
      EXPECT_EQ(std::string(failure.what()).find("hush"), std::string::npos);
    }
  }
  EXPECT_GT(sink_.retry_after_ms(), 0);
  EXPECT_NO_THROW(sink_.Put({}));
  EXPECT_EQ(sink_.Flush({{"t", 0, 3}}), (std::vector<FakeSink::Partition>{{"t", 0, 0}}));
}

TEST_F(ObjectStoreSinkTest, ABucketThatCannotBeFailsTheStart) {
  try {
    Start({{"store.url", "file:///no/such/folder"}});
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_EQ(failure.code, SLUICE_FAILED);
    EXPECT_NE(std::string(failure.what()).find("/no/such/folder"), std::string::npos);
  }
}

TEST_F(ObjectStoreSinkTest, StopsTwice) {
  Start();
  sink_.Put(Records(0, 1));
  sink_.RequestStop();
  sink_.RequestStop();
  sink_.Restart();
  sink_.Put(Records(0, 3));
  EXPECT_EQ(Files().size(), 1u);
}

}  // namespace
}  // namespace sluice::sdk

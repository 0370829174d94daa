// The task with a store that fails when told so.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "connectors/object_store_sink/fake_store.h"
#include "connectors/object_store_sink/object_store_sink.h"
#include "connectors/sdk/fakes.h"
#include "connectors/sdk/value.h"

namespace sluice::object_store_sink {
namespace {

FakeStore* store;  // of the task

class FailingSinkConnector : public S3SinkConnector {
 public:
  class Task : public ObjectStoreSinkTask {
   public:
    Task() : ObjectStoreSinkTask(Flavor::kS3) {}

   protected:
    std::unique_ptr<ObjectStore> NewStore(const SinkConfig&, shared::StopSignal&) override {
      auto made = std::make_unique<FakeStore>();
      store = made.get();
      return made;
    }
  };
  static sdk::ClassInfo Describe() {
    sdk::ClassInfo info = S3SinkConnector::Describe();
    info.name = "FailingSinkConnector";
    return info;
  }
};

class FailureTest : public testing::Test {
 protected:
  FailureTest() { Start("0"); }
  void Start(const char* backoff) {
    sink_.Start({{"name", "sink"},
                 {"topics", "t"},
                 {"s3.bucket.name", "bucket"},
                 {"store.url", "file:///nowhere"},
                 {"format.class", "io.confluent.connect.s3.format.json.JsonFormat"},
                 {"retry.backoff.ms", backoff},
                 {"flush.size", "3"}});
    sink_.Assign({{"t", 0, 0}, {"t", 1, 0}});
  }
  static std::vector<sdk::FakeInput> Records(int32_t partition, int64_t count) {
    std::vector<sdk::FakeInput> out;
    for (int64_t i = 0; i < count; ++i) {
      sdk::FakeInput& input = out.emplace_back();
      input.partition = partition;
      input.offset = i;
      input.value = sdk::Int64(i);
    }
    return out;
  }
  void PutFails(const std::vector<sdk::FakeInput>& records) {
    try {
      sink_.Put(records);
      ADD_FAILURE();
    } catch (const sdk::PluginFailure& failure) {
      EXPECT_EQ(failure.code, SLUICE_RETRY) << failure.what();
    }
  }

  sdk::FakeSink sink_{"FailingSinkConnector"};
};

// A partition is read again, and a put without records fails because of the other one.
TEST_F(FailureTest, ARewindAndAFailedEmptyPut) {
  store->finish_failures = {StoreErrorKind::kTransient, StoreErrorKind::kTransient,
                            StoreErrorKind::kGone, StoreErrorKind::kTransient};
  PutFails(Records(1, 3));
  PutFails(Records(0, 3));
  sink_.Put({});
  EXPECT_EQ(sink_.seeks(), (std::vector<sdk::FakeSink::Partition>{{"t", 0, 0}}));
  sink_.Put(Records(0, 3));
  EXPECT_EQ(store->Listing(),
            "topics/t/partition=0/t+0+0000000000.json: 0|1|2|\n"
            "topics/t/partition=1/t+1+0000000000.json: 0|1|2|\n");
}

// As a disk whose syncs fail: what is read again waits before it is written again.
TEST_F(FailureTest, WhatTheStoreHasLostIsNotReadAgainAtOnce) {
  Start("3600000");
  store->finish_failures = {StoreErrorKind::kGone, StoreErrorKind::kGone};
  sink_.Put(Records(0, 3));
  EXPECT_EQ(sink_.seeks().size(), 1u);
  for (int i = 0; i < 3; ++i) PutFails(Records(0, 3));
  EXPECT_EQ(store->finishes, 1);
  EXPECT_GT(sink_.retry_after_ms(), 3'000'000);
  EXPECT_NO_THROW(sink_.Put({}));
  EXPECT_EQ(sink_.Flush({{"t", 0, 3}}), (std::vector<sdk::FakeSink::Partition>{{"t", 0, 0}}));
}

// The same records after it are new ones, of a topic that was made anew.
TEST_F(FailureTest, AFailedEmptyPutIsNotRepeated) {
  store->finish_failures = {StoreErrorKind::kTransient, StoreErrorKind::kTransient};
  PutFails(Records(0, 3));
  sink_.Put({});
  sink_.Put(Records(0, 3));
  const auto flushed = sink_.Flush({{"t", 0, 3}});
  EXPECT_EQ(flushed, (std::vector<sdk::FakeSink::Partition>{{"t", 0, 3}}));
  EXPECT_EQ(store->finishes, 4);
}

}  // namespace
}  // namespace sluice::object_store_sink

SLUICE_PLUGIN("test", "1", sluice::object_store_sink::FailingSinkConnector)

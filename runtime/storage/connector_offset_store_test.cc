#include "runtime/storage/connector_offset_store.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/abi/views.h"
#include "runtime/storage/log_offset_store.h"
#include "runtime/storage/memory_topic_log.h"

namespace sluice::storage {
namespace {

using Lines = std::vector<std::string>;

// A topic that notes what is written, and fails when told to.
class Topic : public MemoryTopicLog {
 public:
  Topic(std::string name, Lines& lines) : name_(std::move(name)), lines_(lines) {}
  void Append(std::string key, std::optional<std::string> value, milliseconds timeout,
              Done done) override {
    lines_.push_back(name_ + " " + key + " " + value.value_or("-"));
    if (!fail.ok()) return done(fail);
    MemoryTopicLog::Append(std::move(key), std::move(value), timeout, std::move(done));
  }
  Status fail;

 private:
  const std::string name_;
  Lines& lines_;
};

class ConnectorOffsetStoreTest : public testing::Test {
 protected:
  ConnectorOffsetStoreTest() {
    auto worker = std::make_unique<Topic>("worker", lines_);
    auto own = std::make_unique<Topic>("own", lines_);
    worker_topic_ = worker.get();
    own_topic_ = own.get();
    worker_ = std::make_unique<LogOffsetStore>(std::move(worker));
    store_ = std::make_unique<ConnectorOffsetStore>(
        std::make_unique<LogOffsetStore>(std::move(own)), *worker_);
    EXPECT_TRUE(worker_->Start(milliseconds(1000)).ok());
    EXPECT_TRUE(store_->Start(milliseconds(1000)).ok());
  }
  sluice_value Map(std::string_view key, sluice_value value) {
    const sluice_map_entry entry{abi::String(key), value};
    return arena_.CopyMap(&entry, 1);
  }
  sluice_value File(std::string_view name) { return Map("filename", abi::String(name)); }
  sluice_value At(int64_t position) { return Map("position", abi::Int64(position)); }
  Status Write(OffsetStore& store, std::vector<OffsetWrite> offsets) {
    Status result = absl::InternalError("no answer");
    store.Write("fs", offsets, milliseconds(1000), [&](const Status& done) { result = done; });
    return result;
  }
  // -1: none
  int64_t Read(std::string_view file) {
    const auto found = store_->Read("fs", {File(file)}, arena_, milliseconds(1000));
    EXPECT_TRUE(found.ok()) << found.status();
    const sluice_value* position = abi::Find((*found)[0], "position");
    return position == nullptr ? -1 : position->as.int64;
  }

  abi::Arena arena_;
  Lines lines_;
  Topic* worker_topic_;
  Topic* own_topic_;
  std::unique_ptr<LogOffsetStore> worker_;
  std::unique_ptr<ConnectorOffsetStore> store_;
};

TEST_F(ConnectorOffsetStoreTest, TheOwnTopicComesFirstAndTheWorkersIsACopy) {
  ASSERT_TRUE(Write(*store_, {{File("a"), At(7)}}).ok());
  EXPECT_EQ(lines_, (Lines{R"(own ["fs",{"filename":"a"}] {"position":7})",
                           R"(worker ["fs",{"filename":"a"}] {"position":7})"}));
}

TEST_F(ConnectorOffsetStoreTest, WhatIsRemovedGoesFromTheWorkersFirst) {
  ASSERT_TRUE(Write(*store_, {{File("a"), abi::Null()}, {File("b"), At(1)}}).ok());
  EXPECT_EQ(lines_,
            (Lines{R"(worker ["fs",{"filename":"a"}] -)", R"(own ["fs",{"filename":"a"}] -)",
                   R"(own ["fs",{"filename":"b"}] {"position":1})",
                   R"(worker ["fs",{"filename":"b"}] {"position":1})"}));
}

TEST_F(ConnectorOffsetStoreTest, WhatCannotBeRemovedThereIsNotRemovedHere) {
  worker_topic_->fail = TimeoutError("away");
  EXPECT_EQ(Message(Write(*store_, {{File("a"), abi::Null()}})), "away");
  EXPECT_EQ(lines_.size(), 1u);
  // A copy that fails does not matter.
  EXPECT_TRUE(Write(*store_, {{File("a"), At(2)}}).ok());
  EXPECT_EQ(Read("a"), 2);
  own_topic_->fail = TimeoutError("gone");
  EXPECT_EQ(Message(Write(*store_, {{File("a"), At(3)}})), "gone");
}

TEST_F(ConnectorOffsetStoreTest, ReadsBothAndListsEachPartitionOnce) {
  ASSERT_TRUE(Write(*worker_, {{File("a"), At(1)}, {File("old"), At(2)}}).ok());
  ASSERT_TRUE(Write(*store_, {{File("a"), At(5)}}).ok());
  EXPECT_EQ(Read("a"), 5);
  EXPECT_EQ(Read("old"), 2);
  EXPECT_EQ(Read("none"), -1);
  Lines list;
  for (const StoredOffset& one : store_->List("fs")) list.push_back(one.partition + one.offset);
  std::sort(list.begin(), list.end());
  EXPECT_EQ(list,
            (Lines{R"({"filename":"a"}{"position":5})", R"({"filename":"old"}{"position":2})"}));
  bool refreshed = false;
  store_->Refresh(milliseconds(1000), [&](const Status& done) { refreshed = done.ok(); });
  EXPECT_TRUE(refreshed);
}

}  // namespace
}  // namespace sluice::storage

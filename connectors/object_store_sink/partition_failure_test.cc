// What becomes of records whose file is not there, not ours, or gone.
#include <gtest/gtest.h>

#include "connectors/object_store_sink/partition_writer_fixture.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

class PartitionFailureTest : public PartitionWriterTest {};

TEST_F(PartitionFailureTest, AFailureThatPassesRepeatsNothing) {
  options_.flush_size = 3;
  store_.finish_failures = {StoreErrorKind::kTransient, StoreErrorKind::kTransient};
  PutFails(0, 4);
  PutFails(0, 4);
  EXPECT_LE(writer().Committable(0), 0);
  Put(0, 4);
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000000.json: 0|1|2|\n");
  EXPECT_EQ(writer().Committable(4), 3);
}

TEST_F(PartitionFailureTest, APartThatCouldNotBeSentIsSentLater) {
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

TEST_F(PartitionFailureTest, APutThatIsLateStopsBetweenFiles) {
  options_.flush_size = 3;
  ByTime();
  for (int put = 1; put <= 3; ++put) {
    PutBudget budget{std::chrono::steady_clock::time_point::min()};
    writer().BeginPut(&budget);
    const auto take = [&] {
      for (int64_t i = 0; i < 3; ++i) {
        timestamp_ = kNow + i * kHour;
        writer().Take(Record(i), now_);
      }
      writer().Tick(now_);
    };
    if (put == 3) {
      take();
      writer().EndPut();
    } else {
      try {
        take();
        FAIL();
      } catch (const StoreError& error) {
        EXPECT_EQ(error.kind(), StoreErrorKind::kLate);
      }
    }
    EXPECT_EQ(store_.objects.size(), static_cast<size_t>(put));
  }
  EXPECT_EQ(writer().Committable(3), 3);
}

TEST_F(PartitionFailureTest, APutThatIsLateStopsBetweenParts) {
  options_.flush_size = 100'000;
  store_.part = 1;
  constexpr int64_t kRecords = 40'000;  // several blocks of the encoder's
  int puts = 0, sends = 0;
  for (bool late = true; late; ++puts) {
    ASSERT_LT(puts, 100);
    sends = store_.sends;
    PutBudget budget{std::chrono::steady_clock::time_point::min()};
    writer().BeginPut(&budget);
    late = false;
    try {
      for (int64_t i = 0; i < kRecords; ++i) writer().Take(Record(i), now_);
      writer().Tick(now_);
      writer().EndPut();
    } catch (const StoreError& error) {
      ASSERT_EQ(error.kind(), StoreErrorKind::kLate);
      EXPECT_EQ(store_.sends, sends + 1);
      late = true;
    }
  }
  EXPECT_GT(puts, 2);
  options_.rotate_schedule = milliseconds(1);
  writer().BeginPut();
  writer().Tick(kNow + kHour);
  std::string expected;
  for (int64_t i = 0; i < kRecords; ++i) expected += std::to_string(i) + "\n";
  ASSERT_EQ(store_.objects.size(), 1u);
  EXPECT_TRUE(store_.objects.begin()->second.bytes == expected);
}

TEST_F(PartitionFailureTest, AnUploadThatIsGoneIsReadAgain) {
  options_.flush_size = 3;
  store_.finish_failures = {StoreErrorKind::kGone};
  Put(5, 5);
  EXPECT_EQ(writer().rewind(), 5);
  EXPECT_EQ(writer().rewind(), std::nullopt);
  EXPECT_EQ(writer().loss(), "not today");
  EXPECT_EQ(writer().loss(), "");
  EXPECT_EQ(writer().Committable(10), 5);
  EXPECT_TRUE(store_.objects.empty());
  Put(5, 3);
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000005.json: 5|6|7|\n");
}

TEST_F(PartitionFailureTest, AnUploadThatIsGoneInItsMiddleIsReadAgain) {
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

TEST_F(PartitionFailureTest, WhatAnEarlierLifeHasWrittenIsLeftOut) {
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
  EXPECT_EQ(writer().loss(), "");  // nothing was lost
  Put(0, 6);
  now_ += kHour;
  Put(6, 0);
  EXPECT_EQ(store_.Listing(),
            "topics/t/partition=0/t+0+0000000000.json: 0|1|2|3|\n"
            "topics/t/partition=0/t+0+0000000004.json: 4|5|\n");
}

TEST_F(PartitionFailureTest, TheSameFileOfAnEarlierLifeIsGood) {
  options_.conditional = true;
  options_.flush_size = 2;
  Put(0, 2);
  Restart();
  Put(0, 3);
  EXPECT_EQ(writer().rewind(), std::nullopt);
  EXPECT_EQ(writer().Committable(3), 2);
}

TEST_F(PartitionFailureTest, AnObjectThatSaysNothingIsOverwritten) {
  options_.conditional = true;
  options_.flush_size = 2;
  store_.objects["topics/t/partition=0/t+0+0000000000.json"].bytes = "something else";
  Put(0, 2);
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000000.json: 0|1|\n");
}

TEST_F(PartitionFailureTest, AnUploadThatIsGoneWhenItOverwritesIsReadAgain) {
  options_.conditional = true;
  options_.flush_size = 2;
  store_.objects["topics/t/partition=0/t+0+0000000000.json"].bytes = "something else";
  store_.finish_failures = {StoreErrorKind::kExists, StoreErrorKind::kGone};
  Put(0, 2);
  EXPECT_EQ(writer().rewind(), 0);
  EXPECT_EQ(writer().loss(), "not today");
  Put(0, 2);
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000000.json: 0|1|\n");
}

TEST_F(PartitionFailureTest, WhatIsReadAgainIsNewThoughThePutDidNotEnd) {
  options_.flush_size = 3;
  store_.finish_failures = {StoreErrorKind::kTransient, StoreErrorKind::kGone};
  PutFails(5, 3);
  writer().BeginPut();
  writer().Tick(now_);
  EXPECT_EQ(writer().rewind(), 5);  // and another partition's failure ends the put
  Put(5, 3);
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000005.json: 5|6|7|\n");
}

TEST_F(PartitionFailureTest, ATopicThatWasMadeAnewIsNotTakenForItsForerunner) {
  options_.conditional = true;
  options_.rotate_schedule = milliseconds(kHour);
  Put(0, 4);
  now_ += kHour;
  Put(4, 0);
  Restart();
  more_ = 100;
  for (int64_t count : {2, 2}) {  // after a file that went further, and one that went as far
    Put(0, count);
    now_ += kHour;
    Put(count, 0);
    EXPECT_EQ(writer().rewind(), std::nullopt);
    const std::string& bytes = store_.objects["topics/t/partition=0/t+0+0000000000.json"].bytes;
    EXPECT_EQ(bytes, more_ == 100 ? "100\n101\n" : "200\n201\n");
    Restart();
    more_ = 200;
  }
}

TEST_F(PartitionFailureTest, AnObjectOfTheSameSizeIsNotTakenForOurs) {
  options_.conditional = true;
  options_.flush_size = 2;
  store_.objects["topics/t/partition=0/t+0+0000000000.json"].bytes = "8\n9\n";
  Put(0, 2);
  EXPECT_EQ(store_.Listing(), "topics/t/partition=0/t+0+0000000000.json: 0|1|\n");
}

TEST_F(PartitionFailureTest, WhatWasRefusedIsRefusedAgainWhenThePutIsRepeated) {
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

TEST_F(PartitionFailureTest, ATopicThatWasMadeAnewBeginsAnew) {
  options_.flush_size = 2;
  Put(10, 2);
  Put(0, 2);
  EXPECT_EQ(store_.Listing(),
            "topics/t/partition=0/t+0+0000000000.json: 0|1|\n"
            "topics/t/partition=0/t+0+0000000010.json: 10|11|\n");
}

}  // namespace
}  // namespace sluice::object_store_sink

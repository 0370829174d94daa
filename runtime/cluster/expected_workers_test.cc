#include "runtime/cluster/expected_workers.h"

#include <gtest/gtest.h>

#include <memory>

#include "runtime/base/clock.h"
#include "runtime/storage/log_status_store.h"
#include "runtime/storage/memory_topic_log.h"

namespace sluice::cluster {
namespace {

using storage::PartStatus;
using storage::StatusStore;

class ExpectedWorkersTest : public testing::Test {
 protected:
  ExpectedWorkersTest() { EXPECT_TRUE(store_.Start(milliseconds(1000)).ok()); }
  void Ran(const std::string& worker, const std::string& connector, int tasks) {
    const PartStatus status{storage::State::kUnassigned, std::nullopt, worker, 3, std::nullopt};
    store_.PutConnector(connector, status, StatusStore::Write::kNormal);
    for (int i = 0; i < tasks; ++i) {
      store_.PutTask({connector, i}, status, StatusStore::Write::kNormal);
    }
  }

  FakeClock clock_;
  storage::LogStatusStore store_{std::make_unique<storage::MemoryTopicLog>(), clock_};
};

TEST_F(ExpectedWorkersTest, KnowsWhatTheyRanAndUntilWhenTheyAreExpected) {
  Ran("a:1", "one", 2);
  Ran("b:1", "two", 1);
  EXPECT_TRUE(ReadExpectedWorkers(store_).empty());
  store_.PutLeaving("a:1", 3, milliseconds(5'000));
  store_.PutTask({"one", 1}, {storage::State::kRunning, std::nullopt, "b:1", 4, std::nullopt},
                 StatusStore::Write::kNormal);
  const ExpectedWorkers expected = ReadExpectedWorkers(store_);
  ASSERT_EQ(expected.size(), 1u);
  const ExpectedWorker& a = expected.at("a:1");
  EXPECT_EQ(a.until, clock_.Now() + milliseconds(5'000));
  EXPECT_EQ(a.ran.connectors, (std::set<std::string>{"one"}));
  EXPECT_EQ(a.ran.tasks, (std::set<storage::TaskId>{{"one", 0}}));
}

TEST(WorkerAddressTest, IsWhatLiesBetweenSchemeAndPath) {
  EXPECT_EQ(WorkerAddress("http://w1:8083/"), "w1:8083");
  EXPECT_EQ(WorkerAddress("https://[::1]:8443/"), "[::1]:8443");
  EXPECT_EQ(WorkerAddress("w1:8083"), "w1:8083");
  EXPECT_EQ(WorkerAddress(""), "");
}

}  // namespace
}  // namespace sluice::cluster

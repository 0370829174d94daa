#include "runtime/herder/connector_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <thread>

#include "runtime/base/mutex.h"

namespace sluice::herder {
namespace {

// Opens once; waits have a deadline.
class Gate {
 public:
  void Open() {
    MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
  }
  bool Wait() {
    const TimePoint deadline = std::chrono::steady_clock::now() + milliseconds(10'000);
    MutexLock lock(mutex_);
    while (!open_ && changed_.WaitUntil(mutex_, deadline)) {
    }
    return open_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool open_ = false;
};

struct Outcome {
  Gate gate;
  Status status;
};

class ConnectorPoolTest : public testing::Test {
 protected:
  std::shared_ptr<Outcome> Run(std::string connector, std::function<void()> work,
                               std::function<void()> on_abandon = nullptr, std::string lane = "") {
    auto outcome = std::make_shared<Outcome>();
    pool_->Run({std::move(connector), "start", milliseconds(1000), std::move(work),
                [outcome](Status status) {
                  outcome->status = status;
                  outcome->gate.Open();
                },
                std::move(on_abandon), std::move(lane)});
    return outcome;
  }

  FakeClock clock_;
  std::unique_ptr<ConnectorPool> pool_ =
      std::make_unique<ConnectorPool>(ConnectorPoolOptions{.threads_max = 3,
                                                           .slow_after = milliseconds(500),
                                                           .abandoned_max = 2,
                                                           .abandoned_of_one_max = 1,
                                                           .clock = &clock_});
};

TEST_F(ConnectorPoolTest, RunsOneCallOfAConnectorAtATime) {
  std::atomic<int> now{0};
  std::atomic<int> most{0};
  std::string order;
  std::vector<std::shared_ptr<Outcome>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(Run("a", [&, i] {
      most = std::max(most.load(), ++now);
      order.push_back(static_cast<char>('a' + i));
      --now;
    }));
  }
  for (auto& one : all) ASSERT_TRUE(one->gate.Wait());
  EXPECT_EQ(most, 1);
  EXPECT_EQ(order, "abcdefghijklmnopqrst");
}

TEST_F(ConnectorPoolTest, ConnectorsRunBesideEachOther) {
  Gate first;
  Gate second;
  const auto a = Run("a", [&] {
    first.Open();
    EXPECT_TRUE(second.Wait());
  });
  const auto b = Run("b", [&] {
    second.Open();
    EXPECT_TRUE(first.Wait());
  });
  EXPECT_TRUE(a->gate.Wait());
  EXPECT_TRUE(b->gate.Wait());
}

TEST_F(ConnectorPoolTest, AbandonsWhatHangs) {
  auto begun = std::make_shared<Gate>();
  auto release = std::make_shared<Gate>();
  auto returned = std::make_shared<Gate>();
  const auto asked = std::make_shared<Gate>();
  const auto hung = Run(
      "a", [=] { begun->Open(), release->Wait(), returned->Open(); }, [=] { asked->Open(); });
  ASSERT_TRUE(begun->Wait());
  const auto behind = Run("a", [] { FAIL(); });
  pool_->Sweep();
  EXPECT_EQ(pool_->abandoned(), 0);
  clock_.Advance(milliseconds(1000));
  pool_->Sweep();
  ASSERT_TRUE(hung->gate.Wait());
  EXPECT_EQ(hung->status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_NE(
      Message(hung->status).find("Connector a: the call to start has not returned after 1000"),
      std::string_view::npos);
  EXPECT_TRUE(asked->Wait());
  ASSERT_TRUE(behind->gate.Wait());
  EXPECT_FALSE(behind->status.ok());
  const auto refused = Run("a", [] { FAIL(); });
  ASSERT_TRUE(refused->gate.Wait());
  EXPECT_EQ(Message(refused->status).find("Cannot start connector a: an earlier call"), 0u);
  const auto other = Run("b", [] {});
  EXPECT_TRUE(other->gate.Wait());
  EXPECT_TRUE(other->status.ok());
  release->Open();
  ASSERT_TRUE(returned->Wait());
  for (int i = 0; i < 10'000 && pool_->abandoned() != 0; ++i) std::this_thread::yield();
  const auto again = Run("a", [] {});
  EXPECT_TRUE(again->gate.Wait());
  EXPECT_TRUE(again->status.ok());
}

TEST_F(ConnectorPoolTest, CapsWhatItAbandons) {
  auto release = std::make_shared<Gate>();
  std::vector<std::shared_ptr<Gate>> begun;
  for (const char* name : {"a", "b"}) {
    begun.push_back(std::make_shared<Gate>());
    Run(name, [release, gate = begun.back()] { gate->Open(), release->Wait(); });
    ASSERT_TRUE(begun.back()->Wait());
  }
  clock_.Advance(milliseconds(1000));
  pool_->Sweep();
  const auto refused = Run("c", [] { FAIL(); });
  ASSERT_TRUE(refused->gate.Wait());
  EXPECT_NE(Message(refused->status).find("2 calls on connectors hang"), std::string_view::npos);
  pool_.reset();  // does not wait for them
  release->Open();
}

// A connector's new instance need not wait for the old one's call that hangs.
TEST_F(ConnectorPoolTest, LanesOfAConnectorRunBesideEachOther) {
  auto begun = std::make_shared<Gate>();
  auto release = std::make_shared<Gate>();
  const auto old = Run(
      "a", [=] { begun->Open(), release->Wait(); }, nullptr, "a#1");
  ASSERT_TRUE(begun->Wait());
  const auto next = Run(
      "a", [] {}, nullptr, "a#2");
  ASSERT_TRUE(next->gate.Wait());
  EXPECT_TRUE(next->status.ok());
  clock_.Advance(milliseconds(1000));
  pool_->Sweep();
  const auto refused = Run(
      "a", [] { FAIL(); }, nullptr, "a#3");  // one may hang, not more
  ASSERT_TRUE(refused->gate.Wait());
  EXPECT_FALSE(refused->status.ok());
  release->Open();
}

// Three threads are busy for long; that is no reason for others to wait.
TEST_F(ConnectorPoolTest, SlowCallsHoldUpNoOthers) {
  auto release = std::make_shared<Gate>();
  std::vector<std::shared_ptr<Outcome>> slow;
  for (int i = 0; i < 3; ++i) {
    auto begun = std::make_shared<Gate>();
    slow.push_back(Run("", [=] { begun->Open(), release->Wait(); }));
    ASSERT_TRUE(begun->Wait());
  }
  const auto other = Run("b", [] {});
  clock_.Advance(milliseconds(500));
  pool_->Sweep();
  ASSERT_TRUE(other->gate.Wait());
  EXPECT_EQ(pool_->abandoned(), 0);
  release->Open();
  for (auto& one : slow) {
    ASSERT_TRUE(one->gate.Wait());
    EXPECT_TRUE(one->status.ok());
  }
}

// The herder's thread asks: it must neither die nor wait for ever.
TEST_F(ConnectorPoolTest, WithoutAThreadACallFailsAndLaterOnesRun) {
  std::atomic<bool> none = true;
  pool_ = std::make_unique<ConnectorPool>(ConnectorPoolOptions{
      .threads_max = 2, .clock = &clock_, .start_thread = [&none](std::function<void()> work) {
        if (none) throw std::system_error(EAGAIN, std::generic_category());
        std::thread(std::move(work)).detach();
      }});
  const auto refused = Run("a", [] { FAIL(); });
  ASSERT_TRUE(refused->gate.Wait());
  EXPECT_EQ(Message(refused->status)
                .find("Cannot start connector a: this worker gets no thread from the system ("),
            0u)
      << refused->status;
  EXPECT_FALSE(pool_->Aside([] { FAIL(); }));
  pool_->Sweep();
  none = false;
  const auto first = Run("a", [] {});
  ASSERT_TRUE(first->gate.Wait());
  EXPECT_TRUE(first->status.ok());
  // One thread is there, though busy: what comes now waits for it.
  auto begun = std::make_shared<Gate>();
  auto release = std::make_shared<Gate>();
  const auto slow = Run("a", [=] { begun->Open(), release->Wait(); });
  ASSERT_TRUE(begun->Wait());
  none = true;
  const auto waits = Run("b", [] {});
  pool_->Sweep();
  release->Open();
  ASSERT_TRUE(waits->gate.Wait());
  EXPECT_TRUE(waits->status.ok());
}

TEST_F(ConnectorPoolTest, RefusesAtTheEnd) {
  auto begun = std::make_shared<Gate>();
  auto release = std::make_shared<Gate>();
  Run("a", [=] { begun->Open(), release->Wait(); });
  ASSERT_TRUE(begun->Wait());
  const auto queued = Run("a", [] { FAIL(); });
  std::thread opener([&] {
    EXPECT_TRUE(queued->gate.Wait());
    release->Open();
  });
  pool_.reset();
  opener.join();
  EXPECT_FALSE(queued->status.ok());
}

}  // namespace
}  // namespace sluice::herder

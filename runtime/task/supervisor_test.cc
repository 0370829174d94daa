#include "runtime/task/supervisor.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/base/mutex.h"
#include "runtime/task/thread_supervisor.h"

namespace sluice::task {
namespace {

constexpr milliseconds kGraceful{200};
constexpr std::chrono::seconds kPatience{20};

struct Script {
  Status start = OkStatus();
  Status run = OkStatus();  // of every turn
  bool throws = false;
  bool ignores_stop = false;  // until `let_go`
  bool waits_at_end = false;  // until it is abandoned
  std::function<void()> at_end;
  std::atomic<bool> let_go{false};
  std::atomic<int> turns{0}, stops{0}, told{0}, made{0};
};

class ScriptedTask : public Task {
 public:
  ScriptedTask(Script& script, std::shared_ptr<Control> control)
      : script_(script), control_(std::move(control)) {}
  Status Start() override { return script_.start; }
  Status RunOnce() override {
    ++script_.turns;
    if (script_.throws) throw std::runtime_error("thrown");
    SLUICE_RETURN_IF_ERROR(script_.run);
    resting_ = control_->paused();
    while (script_.ignores_stop && !script_.let_go) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    control_->Wait(milliseconds(5));
    return OkStatus();
  }
  void Stop() override {
    ++script_.stops;
    if (script_.at_end) script_.at_end();
    const TimePoint deadline = std::chrono::steady_clock::now() + 3 * kPatience;
    while (script_.waits_at_end && !control_->abandoned() &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  void RequestStop() override { ++script_.told; }
  bool resting() const override { return resting_; }

 private:
  Script& script_;
  const std::shared_ptr<Control> control_;
  bool resting_ = false;
};

class SupervisorTest : public ::testing::Test, public TaskListener {
 protected:
  void OnTaskState(const TaskId& id, int64_t attempt, State state, std::string trace) override {
    MutexLock lock(mutex_);
    news_.push_back(id.ToString() + "/" + std::to_string(attempt) + " " +
                    std::string(StateName(state)));
    if (!trace.empty()) trace_ = trace;
    changed_.NotifyAll();
  }
  void OnTopicUsed(const TaskId&, const std::string&) override {}

  bool Await(const std::string& line) {
    const TimePoint deadline = std::chrono::steady_clock::now() + kPatience;
    MutexLock lock(mutex_);
    while (std::find(news_.begin(), news_.end(), line) == news_.end()) {
      if (!changed_.WaitUntil(mutex_, deadline)) return false;
    }
    return true;
  }
  std::vector<std::string> News() {
    MutexLock lock(mutex_);
    return news_;
  }
  std::string Trace() {
    MutexLock lock(mutex_);
    return trace_;
  }
  TaskSpec Spec(int task = 0, bool paused = false) {
    TaskSpec spec;
    spec.id = {"c", task};
    spec.attempt = 7;
    spec.paused = paused;
    return spec;
  }
  static bool AwaitTrue(const std::function<bool()>& condition) {
    const TimePoint deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(milliseconds(1));
    }
    return true;
  }
  void StopAndWait(std::vector<TaskId> ids) {
    std::atomic<bool> done{false};
    supervisor.Stop(ids, [&] { done = true; });
    EXPECT_TRUE(AwaitTrue([&] { return done.load(); }));
  }
  // Whether the threads of all tasks have ended, also of abandoned ones: each holds its control
  // until it can tell nothing any more.
  bool AwaitEndOfThreads() {
    return AwaitTrue([this] {
      MutexLock lock(mutex_);
      return std::all_of(controls_.begin(), controls_.end(),
                         [](const auto& control) { return control.expired(); });
    });
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> news_;
  std::string trace_;
  std::vector<std::weak_ptr<Control>> controls_;
  Script script;
  const TaskFactory factory =
      [this](const TaskSpec&, std::shared_ptr<Control> control,
             const std::function<void(const std::string&)>&) -> StatusOr<std::unique_ptr<Task>> {
    ++script.made;
    {
      MutexLock lock(mutex_);
      controls_.push_back(control);
    }
    return std::unique_ptr<Task>(std::make_unique<ScriptedTask>(script, std::move(control)));
  };
  ThreadSupervisor supervisor{factory, *this, kGraceful};
};

using Strings = std::vector<std::string>;

TEST_F(SupervisorTest, RunsAndStops) {
  supervisor.Start(Spec());
  ASSERT_TRUE(Await("c-0/7 RUNNING"));
  EXPECT_EQ(supervisor.Running().size(), 1u);
  StopAndWait({{"c", 0}});
  EXPECT_EQ(News(), (Strings{"c-0/7 RUNNING", "c-0/7 UNASSIGNED"}));
  EXPECT_EQ(script.stops, 1);
  EXPECT_TRUE(supervisor.Running().empty());
  StopAndWait({{"c", 0}});  // twice
}

TEST_F(SupervisorTest, AFailureIsToldWithItsTrace) {
  script.run = ConnectError("broken");
  supervisor.Start(Spec());
  ASSERT_TRUE(Await("c-0/7 FAILED"));
  EXPECT_EQ(Trace(), "org.apache.kafka.connect.errors.ConnectException: broken");
  StopAndWait({{"c", 0}});
  EXPECT_EQ(News(), (Strings{"c-0/7 RUNNING", "c-0/7 FAILED"}));
}

TEST_F(SupervisorTest, AFailedStartIsClosed) {
  script.start = ConfigError("no file");
  supervisor.Start(Spec());
  ASSERT_TRUE(Await("c-0/7 FAILED"));
  EXPECT_EQ(script.stops, 1);
  EXPECT_EQ(script.turns, 0);
}

TEST_F(SupervisorTest, AnExceptionIsAFailure) {
  script.throws = true;
  supervisor.Start(Spec());
  ASSERT_TRUE(Await("c-0/7 FAILED"));
  EXPECT_NE(Trace().find("thrown"), std::string::npos);
}

TEST_F(SupervisorTest, PausesAndResumes) {
  supervisor.Start(Spec());
  ASSERT_TRUE(Await("c-0/7 RUNNING"));
  supervisor.Pause({"c", 0});
  ASSERT_TRUE(Await("c-0/7 PAUSED"));
  supervisor.Resume({"c", 0});
  StopAndWait({{"c", 0}});
}

TEST_F(SupervisorTest, ATaskThatComesUpPausedIsMadeWhenItIsResumed) {
  supervisor.Start(Spec(0, /*paused=*/true));
  ASSERT_TRUE(Await("c-0/7 PAUSED"));
  EXPECT_EQ(script.made, 0);
  supervisor.Resume({"c", 0});
  ASSERT_TRUE(Await("c-0/7 RUNNING"));
  StopAndWait({{"c", 0}});
}

TEST_F(SupervisorTest, APausedTaskThatWasNeverMadeStops) {
  supervisor.Start(Spec(0, /*paused=*/true));
  StopAndWait({{"c", 0}});
  EXPECT_EQ(script.made, 0);
  EXPECT_TRUE(Await("c-0/7 UNASSIGNED"));
}

TEST_F(SupervisorTest, AStopSharesOneDeadlineAndAbandonsWhatIsLate) {
  script.ignores_stop = true;
  constexpr int kTasks = 30;
  std::vector<TaskId> ids;
  for (int i = 0; i < kTasks; ++i) ids.push_back({"c", i});
  for (int i = 0; i < kTasks; ++i) supervisor.Start(Spec(i));
  for (int i = 0; i < kTasks; ++i) ASSERT_TRUE(Await("c-" + std::to_string(i) + "/7 RUNNING"));
  const TimePoint began = std::chrono::steady_clock::now();
  StopAndWait(ids);
  EXPECT_LT(std::chrono::steady_clock::now() - began, kGraceful * kTasks / 2);
  EXPECT_EQ(News().size(), size_t{2 * kTasks});
  script.let_go = true;  // they end now, and nobody hears of it
  ASSERT_TRUE(AwaitEndOfThreads());
  EXPECT_EQ(script.stops, kTasks);
  EXPECT_EQ(News().size(), size_t{2 * kTasks});
}

// E.g. a source task whose last records wait for acknowledgements of brokers that are out of reach.
TEST_F(SupervisorTest, AStopIsCutShortOnceAnotherWorkerMayHaveTheTask) {
  script.waits_at_end = true;
  std::atomic<bool> owned{true}, done{false};
  ThreadSupervisor patient(factory, *this, std::chrono::minutes(10), [&] { return owned.load(); });
  patient.Start(Spec());
  ASSERT_TRUE(Await("c-0/7 RUNNING"));
  patient.Stop({{"c", 0}}, [&] { done = true; });
  ASSERT_TRUE(AwaitTrue([&] { return script.stops == 1; }));
  EXPECT_EQ(News().size(), 1u);
  owned = false;
  EXPECT_TRUE(Await("c-0/7 UNASSIGNED"));
  EXPECT_TRUE(AwaitTrue([&] { return done.load(); }));
  EXPECT_TRUE(AwaitEndOfThreads());
}

TEST_F(SupervisorTest, TheSameTaskTwiceIsRefused) {
  supervisor.Start(Spec());
  ASSERT_TRUE(Await("c-0/7 RUNNING"));
  TaskSpec again = Spec();
  again.attempt = 8;
  supervisor.Start(again);
  EXPECT_TRUE(Await("c-0/8 FAILED"));
  EXPECT_NE(Trace().find("Task already exists in this worker: c-0"), std::string::npos);
  StopAndWait({{"c", 0}});
}

TEST_F(SupervisorTest, StopAllEndsEverything) {
  for (int i = 0; i < 20; ++i) supervisor.Start(Spec(i));
  supervisor.StopAll();
  EXPECT_EQ(script.stops, script.made);
  EXPECT_TRUE(supervisor.Running().empty());
  supervisor.StopAll();
}

// E.g. one that was taken away just before a shutdown; its last commit needs what closes after it.
TEST_F(SupervisorTest, StopAllWaitsForAStopThatIsUnderWay) {
  Script slow, quick;
  slow.ignores_stop = true;
  quick.at_end = [&slow] { slow.let_go = true; };  // not before StopAll has begun
  std::atomic<bool> done{false};
  ThreadSupervisor patient(
      [&](const TaskSpec& spec, std::shared_ptr<Control> control,
          const std::function<void(const std::string&)>&) -> StatusOr<std::unique_ptr<Task>> {
        Script& own = spec.id.task == 0 ? slow : quick;
        return std::unique_ptr<Task>(std::make_unique<ScriptedTask>(own, std::move(control)));
      },
      *this, std::chrono::minutes(10));
  patient.Start(Spec(0));
  patient.Start(Spec(1));
  ASSERT_TRUE(Await("c-0/7 RUNNING"));
  ASSERT_TRUE(Await("c-1/7 RUNNING"));
  patient.Stop({{"c", 0}}, [&done] { done = true; });
  patient.StopAll();
  EXPECT_TRUE(done);
  EXPECT_EQ(slow.stops, 1);
}

}  // namespace
}  // namespace sluice::task

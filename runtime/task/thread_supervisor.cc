#include "runtime/task/thread_supervisor.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "runtime/base/log.h"

namespace sluice::task {
namespace {

// Converters and transforms follow data and schemas as deep as their own bounds allow (1,000 levels
// of JSON take 750 KB), and so may plugins. Address space only: memory is taken as far as it is
// touched.
constexpr size_t kStackBytes = 8 << 20;
constexpr milliseconds kWatchMax{60000};
constexpr milliseconds kStopAllMargin{5000};
constexpr milliseconds kOwnedLook{20};  // while tasks stop

int StartThread(pthread_t* thread, void* (*main)(void*), void* argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  const int failed = pthread_create(thread, &attributes, main, argument);
  pthread_attr_destroy(&attributes);
  return failed;
}

}  // namespace

std::string_view StateName(State state) {
  switch (state) {
    case State::kUnassigned:
      return "UNASSIGNED";
    case State::kRunning:
      return "RUNNING";
    case State::kPaused:
      return "PAUSED";
    case State::kFailed:
      return "FAILED";
    case State::kRestarting:
      return "RESTARTING";
    case State::kStopped:
      return "STOPPED";
  }
  return "UNASSIGNED";
}

ThreadSupervisor::ThreadSupervisor(TaskFactory factory, TaskListener& listener,
                                   milliseconds graceful_timeout, std::function<bool()> owned)
    : factory_(std::move(factory)),
      listener_(listener),
      graceful_timeout_(graceful_timeout),
      owned_(std::move(owned)),
      watcher_([this] { Watch(); }) {}

ThreadSupervisor::~ThreadSupervisor() {
  StopAll();
  {
    MutexLock lock(mutex_);
    closing_ = true;
  }
  bell_->Ring();
  watcher_.join();
}

void* ThreadSupervisor::ThreadMain(void* start) {
  const std::unique_ptr<ThreadStart> mine(static_cast<ThreadStart*>(start));
  mine->runner->Run();
  mine->bell->Ring();
  return nullptr;
}

void ThreadSupervisor::Start(TaskSpec spec) {
  const TaskId id = spec.id;
  const int64_t attempt = spec.attempt;
  std::string refused;
  {
    MutexLock lock(mutex_);
    if (stopping_all_) return;
    if (tasks_.count(id) > 0) {
      refused = StrCat("Task already exists in this worker: ", id.ToString());
    } else {
      Entry entry{std::make_shared<Runner>(std::move(spec), factory_, listener_, owned_), {}};
      auto start = std::make_unique<ThreadStart>(ThreadStart{entry.runner, bell_});
      if (const int failed = StartThread(&entry.thread, &ThreadMain, start.get()); failed != 0) {
        refused = StrCat("No thread for task ", id.ToString(), ": ", std::strerror(failed),
                         "; see the limits on processes and memory (ulimit -u, cgroup)");
      } else {
        start.release();
        tasks_.emplace(id, std::move(entry));
      }
    }
  }
  if (!refused.empty()) {
    listener_.OnTaskState(id, attempt, State::kFailed, StackTrace(ConnectError(refused)));
  }
}

void ThreadSupervisor::Pause(const TaskId& id) {
  MutexLock lock(mutex_);
  if (const auto found = tasks_.find(id); found != tasks_.end()) found->second.runner->Pause();
}

void ThreadSupervisor::Resume(const TaskId& id) {
  MutexLock lock(mutex_);
  if (const auto found = tasks_.find(id); found != tasks_.end()) found->second.runner->Resume();
}

void ThreadSupervisor::Stop(const std::vector<TaskId>& ids, std::function<void()> done) {
  auto told = std::make_unique<std::vector<std::shared_ptr<Runner>>>();
  {
    MutexLock lock(mutex_);
    Group group{{}, std::chrono::steady_clock::now() + graceful_timeout_, std::move(done)};
    for (const TaskId& id : ids) {
      const auto found = tasks_.find(id);
      if (found == tasks_.end()) continue;
      found->second.runner->MarkStop();
      told->push_back(found->second.runner);
      group.entries.push_back(std::move(found->second));
      tasks_.erase(found);
    }
    groups_.push_back(std::move(group));
    ++stops_;
  }
  bell_->Ring();
  if (told->empty()) return;
  pthread_t thread;
  const auto tell = [](void* list) -> void* {
    const std::unique_ptr<std::vector<std::shared_ptr<Runner>>> runners(
        static_cast<std::vector<std::shared_ptr<Runner>>*>(list));
    for (const auto& runner : *runners) runner->TellStop();
    return nullptr;
  };
  // Without a thread the tasks still see the mark at the end of their turn.
  if (StartThread(&thread, tell, told.get()) == 0) {
    told.release();
    pthread_detach(thread);
  }
}

std::vector<TaskId> ThreadSupervisor::Running() const {
  MutexLock lock(mutex_);
  std::vector<TaskId> ids;
  for (const auto& [id, entry] : tasks_) ids.push_back(id);
  return ids;
}

// Also waits for the stops that are under way: a task that was taken away just before may still
// wait for the brokers, and commits through what is closed after this.
void ThreadSupervisor::StopAll() {
  {
    MutexLock lock(mutex_);
    stopping_all_ = true;
  }
  Stop(Running(), nullptr);
  const TimePoint deadline = std::chrono::steady_clock::now() + graceful_timeout_ + kStopAllMargin;
  MutexLock lock(mutex_);
  while (stops_ > 0 && no_stops_.WaitUntil(mutex_, deadline)) {
  }
}

void ThreadSupervisor::Watch() {
  while (true) {
    const std::vector<Group> over = Reap();
    for (const Group& group : over) {
      if (group.done) group.done();
    }
    {
      MutexLock lock(mutex_);
      stops_ -= static_cast<int>(over.size());
      if (stops_ == 0) no_stops_.NotifyAll();
      if (closing_ && groups_.empty()) return;
    }
    const TimePoint deadline = NextDeadline();
    MutexLock lock(bell_->mutex);
    while (!bell_->pending && bell_->rung.WaitUntil(bell_->mutex, deadline)) {
    }
    bell_->pending = false;
  }
}

TimePoint ThreadSupervisor::NextDeadline() const {
  TimePoint next = std::chrono::steady_clock::now() + kWatchMax;
  MutexLock lock(mutex_);
  for (const Group& group : groups_) next = std::min(next, group.deadline);
  if (owned_ && !groups_.empty()) {
    next = std::min(next, std::chrono::steady_clock::now() + kOwnedLook);
  }
  return next;
}

std::vector<ThreadSupervisor::Group> ThreadSupervisor::Reap() {
  std::vector<Entry> ended, late;
  std::vector<Group> over;
  {
    MutexLock lock(mutex_);
    const TimePoint now = std::chrono::steady_clock::now();
    const bool owned = !owned_ || owned_();
    for (Group& group : groups_) {
      std::vector<Entry> waiting;
      for (Entry& entry : group.entries) {
        if (!owned) entry.runner->CutShort();
        (entry.runner->ended()   ? ended
         : now >= group.deadline ? late
                                 : waiting)
            .push_back(std::move(entry));
      }
      group.entries = std::move(waiting);
    }
    const auto running = std::stable_partition(groups_.begin(), groups_.end(),
                                               [](const Group& g) { return !g.entries.empty(); });
    over.assign(std::make_move_iterator(running), std::make_move_iterator(groups_.end()));
    groups_.erase(running, groups_.end());
  }
  for (Entry& entry : ended) pthread_join(entry.thread, nullptr);
  for (Entry& entry : late) {
    LogError("task", "Graceful stop of task ", entry.runner->spec().id.ToString(),
             " failed: it did not end within task.shutdown.graceful.timeout.ms=",
             graceful_timeout_.count(), "; it is abandoned");
    pthread_detach(entry.thread);
    entry.runner->Abandon();
  }
  return over;
}

}  // namespace sluice::task

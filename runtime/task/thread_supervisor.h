// The supervisor with a thread per task. A watcher thread of its own ends what is to stop: it waits
// for the tasks, joins them, and abandons those that are late. Telling a plugin to stop may take
// long, so that is left to a thread per Stop.
#ifndef SLUICE_RUNTIME_TASK_THREAD_SUPERVISOR_H_
#define SLUICE_RUNTIME_TASK_THREAD_SUPERVISOR_H_

#include <pthread.h>

#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/task/runner.h"
#include "runtime/task/supervisor.h"

namespace sluice::task {

class ThreadSupervisor : public Supervisor {
 public:
  ThreadSupervisor(TaskFactory factory, TaskListener& listener, milliseconds graceful_timeout,
                   std::function<bool()> owned = {});
  ~ThreadSupervisor() override;

  void Start(TaskSpec spec) override;
  void Pause(const TaskId& id) override;
  void Resume(const TaskId& id) override;
  void Stop(const std::vector<TaskId>& ids, std::function<void()> done) override;
  std::vector<TaskId> Running() const override;
  void StopAll() override;

 private:
  struct Entry {
    std::shared_ptr<Runner> runner;
    pthread_t thread;
  };
  struct Group {  // of one Stop
    std::vector<Entry> entries;
    TimePoint deadline;
    std::function<void()> done;
  };
  // What task threads touch when they end; they may outlive the supervisor.
  struct Bell {
    Mutex mutex;
    CondVar rung;
    bool pending ABSL_GUARDED_BY(mutex) = false;
    void Ring() {
      MutexLock lock(mutex);
      pending = true;
      rung.NotifyAll();
    }
  };
  struct ThreadStart {
    std::shared_ptr<Runner> runner;
    std::shared_ptr<Bell> bell;
  };

  static void* ThreadMain(void* start);
  void Watch();
  // Joins what has ended and abandons what is late; answers the groups that are over. What is not
  // owned any more is cut short.
  std::vector<Group> Reap();
  TimePoint NextDeadline() const;

  const TaskFactory factory_;
  TaskListener& listener_;
  const milliseconds graceful_timeout_;
  const std::function<bool()> owned_;
  const std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();

  mutable Mutex mutex_;
  std::map<TaskId, Entry> tasks_ ABSL_GUARDED_BY(mutex_);
  std::vector<Group> groups_ ABSL_GUARDED_BY(mutex_);
  int stops_ ABSL_GUARDED_BY(mutex_) = 0;  // whose `done` has not returned yet
  CondVar no_stops_;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_all_ ABSL_GUARDED_BY(mutex_) = false;  // nothing is started any more

  std::thread watcher_;  // last
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_THREAD_SUPERVISOR_H_

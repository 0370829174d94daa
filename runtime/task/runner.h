// A task's thread: makes the task, turns it until it fails or is to stop, and tells of its states.
// Exceptions end here.
#ifndef SLUICE_RUNTIME_TASK_RUNNER_H_
#define SLUICE_RUNTIME_TASK_RUNNER_H_

#include <functional>
#include <memory>
#include <string>

#include "runtime/base/mutex.h"
#include "runtime/task/control.h"
#include "runtime/task/supervisor.h"
#include "runtime/task/task.h"

namespace sluice::task {

// Makes the task of a spec, on its thread: with configuration resolved and Kafka clients made.
// Errors fail the task.
using TaskFactory = std::function<StatusOr<std::unique_ptr<Task>>(
    const TaskSpec& spec, std::shared_ptr<Control> control,
    std::function<void(const std::string& topic)> on_topic_used)>;

// One task of the supervisor's, shared with the task's thread, which an abandoned task may outlive
// the supervisor in.
class Runner {
 public:
  // `owned`: see Control.
  Runner(TaskSpec spec, TaskFactory factory, TaskListener& listener, std::function<bool()> owned)
      : spec_(std::move(spec)),
        factory_(std::move(factory)),
        listener_(listener),
        control_(std::make_shared<Control>(std::move(owned))) {
    control_->SetPaused(spec_.paused);
  }

  // The whole life of the task, on its own thread.
  void Run();

  // Any thread.
  const TaskSpec& spec() const { return spec_; }
  void Pause() { control_->SetPaused(true); }
  void Resume() { control_->SetPaused(false); }
  // Marks the stop, at once; the plugin is told by the second, which may wait for it.
  void MarkStop() { control_->RequestStop(); }
  void TellStop();
  // No more news of it but UNASSIGNED, which this tells; no more commits.
  void Abandon();
  // Another worker may have it: it ends without waiting for what it has sent, and commits nothing.
  // It must be stopping already.
  void CutShort();
  bool ended() const;

 private:
  void Report(State state, std::string trace = {});
  Status Turn();
  Status TurnUntilStopped();
  bool WaitWhilePaused();

  const TaskSpec spec_;
  const TaskFactory factory_;
  TaskListener& listener_;
  const std::shared_ptr<Control> control_;

  Mutex task_mutex_;
  std::unique_ptr<Task> task_;  // guarded for TellStop against its making and end
  mutable Mutex mutex_;
  bool abandoned_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_RUNNER_H_

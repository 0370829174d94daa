#include "runtime/task/runner.h"

#include <exception>
#include <utility>

#include "runtime/base/log.h"

namespace sluice::task {
namespace {

// `operation` answers Status; what it throws becomes one. Plugins don't throw, but libraries under
// us might.
template <typename Operation>
Status Contained(Operation&& operation) {
  try {
    return operation();
  } catch (const std::exception& thrown) {
    return ConnectError(StrCat("An exception ended the task: ", thrown.what()));
  } catch (...) {
    return ConnectError("An exception of an unknown type ended the task");
  }
}

}  // namespace

void Runner::Report(State state, std::string trace) {
  MutexLock lock(mutex_);
  if (!abandoned_) listener_.OnTaskState(spec_.id, spec_.attempt, state, std::move(trace));
}

void Runner::Run() {
  LogContext context(spec_.id.connector + "|task-" + std::to_string(spec_.id.task));
  Status ended_by = Contained([this] { return Turn(); });
  const Status closed = Contained([this] {
    std::unique_ptr<Task> task;
    if (task_ != nullptr) task_->Stop();
    {
      MutexLock lock(task_mutex_);
      task = std::move(task_);
    }
    return OkStatus();
  });
  if (!closed.ok()) LogError("task", "Closing the task failed: ", Describe(closed));
  if (ended_by.ok() || (IsStopped(ended_by) && control_->stop_requested())) {
    Report(State::kUnassigned);
  } else {
    LogError("task", "Task ", spec_.id.ToString(),
             " threw an uncaught and unrecoverable exception. It is stopped and will not recover "
             "until it is restarted.\n",
             StackTrace(ended_by));
    Report(State::kFailed, StackTrace(ended_by));
  }
  MutexLock lock(mutex_);
  ended_ = true;
}

Status Runner::Turn() {
  if (!WaitWhilePaused()) return OkStatus();
  StatusOr<std::unique_ptr<Task>> made =
      factory_(spec_, control_, [this](const std::string& topic) {
        MutexLock lock(mutex_);
        if (!abandoned_) listener_.OnTopicUsed(spec_.id, topic);
      });
  if (!made.ok()) return made.status();
  {
    MutexLock lock(task_mutex_);
    task_ = *std::move(made);
  }
  if (control_->stop_requested()) return OkStatus();
  SLUICE_RETURN_IF_ERROR(task_->Start());
  return TurnUntilStopped();
}

Status Runner::TurnUntilStopped() {
  bool resting = false;
  Report(State::kRunning);
  while (!control_->stop_requested()) {
    SLUICE_RETURN_IF_ERROR(task_->RunOnce());
    if (task_->resting() != resting) {
      resting = task_->resting();
      Report(resting ? State::kPaused : State::kRunning);
    }
  }
  return OkStatus();
}

// A task that comes up paused is made when it is resumed. False: stop.
bool Runner::WaitWhilePaused() {
  if (control_->paused()) Report(State::kPaused);
  while (control_->paused() && !control_->stop_requested()) control_->Wait(milliseconds(60000));
  return !control_->stop_requested();
}

void Runner::TellStop() {
  MutexLock lock(task_mutex_);
  if (task_ != nullptr) task_->RequestStop();
}

void Runner::Abandon() {
  control_->Abandon();
  MutexLock lock(mutex_);
  if (std::exchange(abandoned_, true) || ended_) return;
  listener_.OnTaskState(spec_.id, spec_.attempt, State::kUnassigned, {});
}

void Runner::CutShort() {
  if (!control_->abandoned()) control_->Abandon();
}

bool Runner::ended() const {
  MutexLock lock(mutex_);
  return ended_;
}

}  // namespace sluice::task

// Marks, while it lives, a call of a sink's plugin that may wait for long. A stop that comes
// meanwhile is told to the plugin at once; at any other time the plugin is flushed and its
// partitions are closed first. Of sink_task only.
#ifndef SLUICE_RUNTIME_TASK_WAITING_CALL_H_
#define SLUICE_RUNTIME_TASK_WAITING_CALL_H_

#include "runtime/task/sink_task.h"

namespace sluice::task {

class SinkTask::WaitingCall {
 public:
  explicit WaitingCall(SinkTask& task) : task_(task) {
    MutexLock lock(task_.outside_mutex_);
    task_.in_waiting_call_ = true;
  }
  ~WaitingCall() {
    MutexLock lock(task_.outside_mutex_);
    task_.in_waiting_call_ = false;
  }
  WaitingCall(const WaitingCall&) = delete;
  WaitingCall& operator=(const WaitingCall&) = delete;

 private:
  SinkTask& task_;
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_WAITING_CALL_H_

// One running task, source or sink, as its thread drives it:
//   Start, RunOnce until it fails or stop is asked for, Stop, destructor
// All on the task's thread, but for RequestStop.
#ifndef SLUICE_RUNTIME_TASK_TASK_H_
#define SLUICE_RUNTIME_TASK_TASK_H_

#include "runtime/base/status.h"

namespace sluice::task {

class Task {
 public:
  virtual ~Task() = default;
  // Makes the plugin and starts it. An error fails the task; Stop follows all the same.
  virtual Status Start() = 0;
  // One turn; waits about a second at most, unless the plugin does. An error fails the task.
  virtual Status RunOnce() = 0;
  // Commits what may be committed, unless the task is abandoned, and closes everything; also after
  // a failure, or without Start. The second time it does nothing.
  virtual void Stop() = 0;
  // Any thread, any time before the destructor: ends what waits, in the plugin and here. The
  // control has been told.
  virtual void RequestStop() = 0;
  // Whether the last turn saw that the task is paused.
  virtual bool resting() const = 0;
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_TASK_H_

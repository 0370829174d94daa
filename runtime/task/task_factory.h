// Makes tasks of their specs: resolves configuration, chooses converters and transforms, and
// prepares Kafka clients. The one place where a task's parts are put together. Called on each
// task's own thread; thread-safe.
#ifndef SLUICE_RUNTIME_TASK_TASK_FACTORY_H_
#define SLUICE_RUNTIME_TASK_TASK_FACTORY_H_

#include "runtime/task/runner.h"
#include "runtime/task/supervisor.h"

namespace sluice::task {

// What `options` points to outlives the tasks.
TaskFactory NewTaskFactory(SupervisorOptions options);

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_TASK_FACTORY_H_

// A task's dead letter queue, from its connector's configuration. For task_factory.cc; on the
// task's thread.
#ifndef SLUICE_RUNTIME_TASK_DEAD_LETTERS_H_
#define SLUICE_RUNTIME_TASK_DEAD_LETTERS_H_

#include <memory>

#include "runtime/base/clock.h"
#include "runtime/config/client_config.h"
#include "runtime/config/config_def.h"
#include "runtime/config/connector_config.h"
#include "runtime/errors/reporter.h"
#include "runtime/metrics/registry.h"
#include "runtime/task/supervisor.h"

namespace sluice::task {

struct DeadLetterClients {
  config::ClientProperties producer, admin;
  metrics::Registry* registry = nullptr;  // where their metrics are shown; may be null
  config::ConfigList internal_topics;     // where no letter may go
};

// Makes the topic, if there is one for all letters. Errors: it cannot be made, or the connector
// consumes it. `clock` and `waiter` outlive the reporter.
StatusOr<std::unique_ptr<errors::Reporter>> NewDeadLetters(
    const config::ConnectorConfig& connector, const TaskId& id,
    std::shared_ptr<const DeadLetterClients> clients, Clock& clock, Waiter& waiter);

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_DEAD_LETTERS_H_

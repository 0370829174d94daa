// Writes the statuses of this worker's connectors and tasks (as the peer's KafkaStatusBackingStore
// has them), and removes those of what is gone. Herder's thread.
#ifndef SLUICE_RUNTIME_HERDER_STATUS_WRITER_H_
#define SLUICE_RUNTIME_HERDER_STATUS_WRITER_H_

#include <optional>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/cluster/membership.h"
#include "runtime/storage/cluster_config.h"
#include "runtime/storage/status_store.h"

namespace sluice::herder {

class StatusWriter {
 public:
  StatusWriter(storage::StatusStore& store, const cluster::Membership& membership,
               std::string worker_id, Clock& clock)
      : store_(store), membership_(membership), worker_id_(std::move(worker_id)), clock_(clock) {}

  // Of what runs here, or did: nothing is written once the group may have given it to others. A
  // worker that wakes from a freeze would else call UNASSIGNED what another has long started.
  void Connector(const std::string& name, storage::State state, std::string trace,
                 std::optional<std::string> version);
  void Task(const storage::TaskId& task, storage::State state, std::string trace,
            std::optional<std::string> version);
  // Once per connector and topic (KIP-558).
  void Topic(const storage::TaskId& task, const std::string& topic);

  void RemoveConnector(const std::string& name);  // with its topics
  void RemoveTask(const storage::TaskId& task) { store_.DeleteTask(task); }
  void RemoveTopics(const std::string& connector);
  // Everything that `config` does not have.
  void RemoveStrangers(const storage::ClusterConfig& config);

 private:
  storage::PartStatus Make(storage::State state, std::string trace,
                           std::optional<std::string> version) const;

  storage::StatusStore& store_;
  const cluster::Membership& membership_;
  const std::string worker_id_;
  Clock& clock_;
};

// One above every generation in the store: that of a worker which is alone.
int NextGeneration(const storage::StatusStore& store);

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_STATUS_WRITER_H_

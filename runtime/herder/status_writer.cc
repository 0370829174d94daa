#include "runtime/herder/status_writer.h"

#include <algorithm>
#include <utility>

#include "runtime/base/secrets.h"

namespace sluice::herder {
namespace {

using storage::State;
using Write = storage::StatusStore::Write;

// What is written without being asked for yields to another worker's newer status.
Write KindOf(State state) {
  return state == State::kFailed || state == State::kUnassigned ? Write::kSafe : Write::kNormal;
}

}  // namespace

storage::PartStatus StatusWriter::Make(State state, std::string trace,
                                       std::optional<std::string> version) const {
  storage::PartStatus status;
  status.state = state;
  if (!trace.empty()) status.trace = WithoutSecrets(std::move(trace));
  status.worker_id = worker_id_;
  status.generation = membership_.generation();
  if (state != State::kUnassigned && state != State::kRestarting) {
    status.version = std::move(version);
  }
  return status;
}

void StatusWriter::Connector(const std::string& name, State state, std::string trace,
                             std::optional<std::string> version) {
  if (!membership_.Holds()) return;
  store_.PutConnector(name, Make(state, std::move(trace), std::move(version)), KindOf(state));
}

void StatusWriter::Task(const storage::TaskId& task, State state, std::string trace,
                        std::optional<std::string> version) {
  if (!membership_.Holds()) return;
  store_.PutTask(task, Make(state, std::move(trace), std::move(version)), KindOf(state));
}

void StatusWriter::Topic(const storage::TaskId& task, const std::string& topic) {
  if (store_.FindTopic(task.connector, topic)) return;
  store_.PutTopic({.topic = topic, .task = task, .discovered_ms = clock_.WallMillis()});
}

void StatusWriter::RemoveTopics(const std::string& connector) {
  for (const storage::TopicStatus& topic : store_.Topics(connector)) {
    store_.DeleteTopic(connector, topic.topic);
  }
}

void StatusWriter::RemoveConnector(const std::string& name) {
  RemoveTopics(name);
  for (const auto& [task, status] : store_.Tasks(name)) store_.DeleteTask({name, task});
  store_.DeleteConnector(name);
}

void StatusWriter::RemoveStrangers(const storage::ClusterConfig& config) {
  for (const std::string& name : store_.Connectors()) {
    if (!config.Contains(name)) {
      RemoveConnector(name);
      continue;
    }
    if (config.Inconsistent(name)) continue;  // its tasks are only not known for now
    const int count = config.TaskCount(name);
    for (const auto& [task, status] : store_.Tasks(name)) {
      if (task >= count) store_.DeleteTask({name, task});
    }
  }
}

int NextGeneration(const storage::StatusStore& store) {
  int highest = 0;
  for (const std::string& name : store.Connectors()) {
    if (const auto status = store.Connector(name)) highest = std::max(highest, status->generation);
    for (const auto& [task, status] : store.Tasks(name)) {
      highest = std::max(highest, status.generation);
    }
  }
  return highest + 1;
}

}  // namespace sluice::herder

// What state every connector and task is in, and which topics they use: the status topic
// (KafkaStatusStore), or memory in standalone mode. Everybody writes the statuses of what runs on
// his worker and sees those of all.
//
// Thread-safe; nothing blocks but Start, Stop and Flush. A write is sent at once, and sent again if
// the broker was not there, until a newer write of the same key replaces it; it shows in the
// readers' answers once it has been read back from the topic.
#ifndef SLUICE_RUNTIME_STORAGE_STATUS_STORE_H_
#define SLUICE_RUNTIME_STORAGE_STATUS_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/storage/ids.h"

namespace sluice::storage {

enum class State { kUnassigned, kRunning, kPaused, kFailed, kRestarting, kStopped };
std::string_view StateName(State state);  // UNASSIGNED, ...
std::optional<State> ParseState(std::string_view name);

// Of a connector or of a task.
struct PartStatus {
  State state = State::kUnassigned;
  std::optional<std::string> trace;
  std::string worker_id;  // host:port
  int generation = 0;     // the group's, of the writer at that time
  std::optional<std::string> version;
  friend bool operator==(const PartStatus&, const PartStatus&) = default;
};

// A topic that a connector uses.
struct TopicStatus {
  std::string topic;
  TaskId task;
  int64_t discovered_ms = 0;
  friend bool operator==(const TopicStatus&, const TopicStatus&) = default;
};

// A worker that has left its group, and said when it would be back. Sluice only: Java's readers
// pass over this key.
struct Leave {
  int generation = 0;  // its last one
  milliseconds back_within{0};
  TimePoint read{};  // when this store read it
};

class StatusStore {
 public:
  virtual ~StatusStore() = default;
  virtual Status Start(milliseconds timeout) = 0;
  // Waits a moment for what is still being sent.
  virtual void Stop() = 0;

  // A safe write (a failure, a clean shutdown) yields to a status that another worker wrote in a
  // later generation.
  enum class Write { kNormal, kSafe };
  virtual void PutConnector(const std::string& connector, const PartStatus& status,
                            Write kind = Write::kNormal) = 0;
  virtual void PutTask(const TaskId& task, const PartStatus& status,
                       Write kind = Write::kNormal) = 0;
  virtual void DeleteConnector(const std::string& connector) = 0;
  virtual void DeleteTask(const TaskId& task) = 0;
  // Once per task and topic is enough; callers ask FindTopic first.
  virtual void PutTopic(const TopicStatus& topic) = 0;
  virtual void DeleteTopic(const std::string& connector, const std::string& topic) = 0;
  // For the leader, before the worker `worker_id` (host:port) leaves; and once it is back.
  virtual void PutLeaving(const std::string& worker_id, int generation,
                          milliseconds back_within) = 0;
  virtual void DeleteLeaving(const std::string& worker_id) = 0;
  // Waits until what was written before has been acknowledged. Error: TimeoutException.
  virtual Status Flush(milliseconds timeout) = 0;

  virtual std::optional<PartStatus> Connector(std::string_view connector) const = 0;
  virtual std::optional<PartStatus> Task(const TaskId& task) const = 0;
  virtual std::map<int, PartStatus> Tasks(std::string_view connector) const = 0;  // by number
  virtual std::vector<std::string> Connectors() const = 0;  // with a status, of its own or a task's
  virtual std::optional<TopicStatus> FindTopic(std::string_view connector,
                                               std::string_view topic) const = 0;
  virtual std::vector<TopicStatus> Topics(std::string_view connector) const = 0;
  // `done` when everything has been read that was in the topic when this was called.
  virtual void Refresh(milliseconds timeout, Done done) = 0;
  // By worker id. One that has written a status in a later generation since is not among them.
  virtual std::map<std::string, Leave> Leaving() const = 0;
};

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_STATUS_STORE_H_

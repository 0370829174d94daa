// The status store over a log: the status topic in a group of workers, memory in standalone mode.
// See status_store.h for the contract; the records are those of the peer's KafkaStatusBackingStore.
#ifndef SLUICE_RUNTIME_STORAGE_LOG_STATUS_STORE_H_
#define SLUICE_RUNTIME_STORAGE_LOG_STATUS_STORE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/storage/status_store.h"
#include "runtime/storage/topic_log.h"

namespace sluice::storage {

class LogStatusStore : public StatusStore {
 public:
  explicit LogStatusStore(std::unique_ptr<TopicLog> log, const Clock& clock = Clock::System());
  ~LogStatusStore() override;

  Status Start(milliseconds timeout) override;
  void Stop() override;
  void PutConnector(const std::string& connector, const PartStatus& status, Write kind) override;
  void PutTask(const TaskId& task, const PartStatus& status, Write kind) override;
  void DeleteConnector(const std::string& connector) override;
  void DeleteTask(const TaskId& task) override;
  void PutTopic(const TopicStatus& topic) override;
  void DeleteTopic(const std::string& connector, const std::string& topic) override;
  void PutLeaving(const std::string& worker_id, int generation, milliseconds back_within) override;
  void DeleteLeaving(const std::string& worker_id) override;
  Status Flush(milliseconds timeout) override;

  std::optional<PartStatus> Connector(std::string_view connector) const override;
  std::optional<PartStatus> Task(const TaskId& task) const override;
  std::map<int, PartStatus> Tasks(std::string_view connector) const override;
  std::vector<std::string> Connectors() const override;
  std::optional<TopicStatus> FindTopic(std::string_view connector,
                                       std::string_view topic) const override;
  std::vector<TopicStatus> Topics(std::string_view connector) const override;
  void Refresh(milliseconds timeout, Done done) override;
  std::map<std::string, Leave> Leaving() const override;

 private:
  // The newest write of a key that is not acknowledged yet.
  struct Pending {
    uint64_t number = 0;
    int attempts = 0;
    std::optional<std::string> value;
  };
  struct Entry {
    std::optional<PartStatus> status;
    std::map<int, PartStatus> tasks;
    std::map<std::string, TopicStatus, std::less<>> topics;
  };

  void Put(std::string key, std::optional<std::string> value);
  void Send(const std::string& key, uint64_t number, const std::optional<std::string>& value);
  void OnSent(const std::string& key, uint64_t number, const Status& status);
  void OnRecord(const LogRecord& record);
  void OnTopicRecord(std::string_view key, const LogRecord& record)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnLeavingRecord(std::string_view key, const LogRecord& record)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Has it written a status after that generation?
  bool HasReturned(const std::string& worker_id, int generation) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const Entry* Find(std::string_view connector) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Forget(std::string_view connector) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::unique_ptr<TopicLog> log_;
  const Clock& clock_;
  mutable Mutex mutex_;
  CondVar sent_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t next_number_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Pending> pending_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Entry, std::less<>> entries_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Leave> leaving_ ABSL_GUARDED_BY(mutex_);  // by worker id
};

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_LOG_STATUS_STORE_H_

// The config store over a log: the config topic in a group of workers, memory in standalone mode.
// See config_store.h for the contract, config_state.h for what records mean.
//
// Operations on one connector run one after the other, those on different ones side by side: the
// log writes together what waits together, and looks for its end once for all that ask. A step of
// an operation begins when every record of the step before is acknowledged, so no commit can
// overtake a task's record, whatever the producer does with a batch; and whether this worker still
// leads is asked before each.
#ifndef SLUICE_RUNTIME_STORAGE_LOG_CONFIG_STORE_H_
#define SLUICE_RUNTIME_STORAGE_LOG_CONFIG_STORE_H_

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/storage/config_state.h"
#include "runtime/storage/config_store.h"
#include "runtime/storage/topic_log.h"

namespace sluice::storage {

class LogConfigStore : public ConfigStore {
 public:
  explicit LogConfigStore(std::unique_ptr<TopicLog> log, Clock& clock = Clock::System());
  ~LogConfigStore() override;

  Status Start(ConfigListener& listener, milliseconds timeout) override;
  void Stop() override;
  void SetTerm(Term term) override { term_ = std::move(term); }
  void TakeBack() override { log_->TakeBack(); }
  std::shared_ptr<const ClusterConfig> Snapshot() const override;
  void Refresh(milliseconds timeout, Done done) override;
  void PutConnector(const std::string& connector, const config::ConfigMap& config,
                    std::optional<TargetState> initial, Done done) override;
  void RemoveConnector(const std::string& connector, Done done) override;
  void PutTaskConfigs(const std::string& connector, std::vector<config::ConfigMap> configs,
                      Done done) override;
  void PutTargetState(const std::string& connector, TargetState state, Done done) override;
  void PutRestart(const RestartRequest& request, Done done) override;
  void PutLoggerLevel(const std::string& logger, const std::string& level, Done done) override;
  void PutSessionKey(const SessionKey& key, Done done) override;
  void PutTaskCount(const std::string& connector, int tasks, Done done) override;

 private:
  using Record = std::pair<std::string, std::optional<std::string>>;
  // Records to be written together; none: read to the end.
  using Step = std::vector<Record>;
  enum class Writer { kLeader, kAny };
  struct Operation {
    std::string failure;  // what to say when a step fails
    Writer writer;
    std::vector<Step> steps;
    Done done;
    TimePoint deadline;
    int64_t term = 0;  // that it was begun in
    size_t next = 0;
  };
  static constexpr size_t kOperationsMax = 1000;

  void OnRecord(const LogRecord& record);
  // `lane`: operations of one never overlap.
  void Enqueue(const std::string& lane, Writer writer, std::string failure, std::vector<Step> steps,
               Done done);
  int64_t TermNow() const { return term_ ? term_() : 1; }
  void RunFront(const std::string& lane);
  void StepDone(const std::string& lane, const Status& status);

  const std::unique_ptr<TopicLog> log_;
  Clock& clock_;
  ConfigListener* listener_ = nullptr;  // these two are set before the log starts
  Term term_;

  mutable Mutex mutex_;
  ConfigState state_ ABSL_GUARDED_BY(mutex_);
  mutable std::shared_ptr<const ClusterConfig> snapshot_ ABSL_GUARDED_BY(mutex_);
  bool started_ ABSL_GUARDED_BY(mutex_) = false;
  // By lane. The front runs, and only StepDone takes it out.
  std::map<std::string, std::deque<Operation>> operations_ ABSL_GUARDED_BY(mutex_);
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;  // in all lanes, at most kOperationsMax
};

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_LOG_CONFIG_STORE_H_

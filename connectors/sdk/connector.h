// The part of a connector that makes task configurations; a source's and a sink's are alike. Derive
// from SourceConnector or SinkConnector, name the task's class and describe yourself. The default
// hands the configuration to tasks.max tasks.
//
//   class TickerConnector : public SourceConnector {
//    public:
//     using Task = TickerTask;
//     static ClassInfo Describe();
//   };
//
// Besides, a connector may have these static functions, which are called on any thread, several at
// a time:
//   static void Validate(const Config& config, Problems& problems);              checks across keys
//   static std::vector<std::string> Recommend(std::string_view key, const Config& config);
//   static bool ExactlyOnce(const Config& config);                               sources
//   static bool DefinesTransactionBoundaries(const Config& config);              sources
//
// Calls on one object never overlap, but for Stop, which may come from another thread during Start
// or TaskConfigs.
#ifndef SLUICE_CONNECTORS_SDK_CONNECTOR_H_
#define SLUICE_CONNECTORS_SDK_CONNECTOR_H_

#include <string>
#include <utility>
#include <vector>

#include "connectors/sdk/boundary.h"
#include "connectors/sdk/config.h"
#include "connectors/sdk/logger.h"
#include "connectors/sdk/value.h"

namespace sluice::sdk {

// What the worker, and its users, know of a class.
struct ClassInfo {
  std::string name = {};  // for connector.class; the Java original's where there is one
  std::string doc = {};   // a sentence
  ConfigDef keys = {};
  std::string version = {};     // "": the plugin's
  std::string task_class = {};  // stored as task.class; "": the name with Task for Connector
  std::vector<std::string> aliases =
      {};                   // the simple name, and it without Connector, need not be given
  bool put_atomic = false;  // sinks: a Put that throws has had no effect
};

struct OffsetChange {
  Value partition;
  Value offset;  // null: reset
};

class Connector {
 public:
  virtual ~Connector() = default;

  virtual void Start(const Config&) {}
  // One configuration for each task, at most `max`. Configurations hold text, as users write it.
  virtual std::vector<Config::Map> TaskConfigs(int max) {
    return std::vector<Config::Map>(static_cast<size_t>(max), config().given());
  }
  // A user wants these offsets stored, of a connector that is stopped; this object was not started.
  // True: there is nothing else to change. Throw to refuse. Not overridden: offsets cannot be
  // altered. Integers are int64. A sink's partitions are {"kafka_topic", "kafka_partition"}, its
  // offsets {"kafka_offset"} or null.
  virtual bool AlterOffsets(const Config&, const std::vector<OffsetChange>&) { return true; }
  virtual void Stop() {}

 protected:
  const Config& config() const { return config_; }  // from Start on
  const Logger& log() const { return log_; }
  // The stored offset of `partition`, a map, or nullptr. Borrowed until this call returns to the
  // worker.
  const Value* StoredOffset(const Value& partition) const {
    sluice_error error;
    const Value* offsets = nullptr;
    internal::ThrowIfFailed(
        host_->stored_offset(host_->context, &partition, 1, &offsets, internal::Prepare(error)),
        error, "Reading a stored offset");
    return IsNull(offsets[0]) ? nullptr : &offsets[0];
  }
  // From any thread: ask for TaskConfigs again; say that the connector has failed.
  void RequestReconfiguration() const { host_->request_reconfiguration(host_->context); }
  void RaiseError(std::string_view text) const {
    sluice_error error;
    internal::PutError(internal::Prepare(error), SLUICE_FAILED,
                       "org.apache.kafka.connect.errors.ConnectException", text);
    host_->raise_error(host_->context, &error);
  }
  // The configuration once more, with config providers asked anew.
  Config ResolvedConfig() const {
    sluice_error error;
    sluice_config config{};
    internal::ThrowIfFailed(host_->config(host_->context, &config, internal::Prepare(error)), error,
                            "Resolving the configuration");
    return Config(config, table_);
  }

 private:
  template <typename T>
  friend class ConnectorCalls;
  const sluice_connector_host* host_ = nullptr;
  const ConfigTable* table_ = nullptr;
  Logger log_;
  Config config_;
};

class SourceConnector : public Connector {};
class SinkConnector : public Connector {};

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_CONNECTOR_H_

#include "runtime/task/task_factory.h"

#include <functional>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/config/client_config.h"
#include "runtime/config/connector_config.h"
#include "runtime/config/internal_topics.h"
#include "runtime/errors/error_handler.h"
#include "runtime/errors/log_reporter.h"
#include "runtime/kafka/admin.h"
#include "runtime/kafka/consumer.h"
#include "runtime/kafka/lazy_producer.h"
#include "runtime/kafka/producer.h"
#include "runtime/storage/stores.h"
#include "runtime/task/dead_letters.h"
#include "runtime/task/plain_outbox.h"
#include "runtime/task/sink_task.h"
#include "runtime/task/source_task.h"
#include "runtime/task/thread_supervisor.h"
#include "runtime/transform/transform.h"

namespace sluice::task {
namespace {

using config::ConnectorConfig;
using config::ConnectorKind;
using config::TaskClient;

constexpr milliseconds kOffsetsTimeout{60000};
// The task tries again, and serves acks and a stop meanwhile.
constexpr milliseconds kTopicTimeout{1000};
constexpr size_t kInFlightBytes = 16 << 20;
constexpr size_t kRetainedBytes = 16 << 20;

// A source connector's part of the offset store.
class StoreWriter : public OffsetWriter {
 public:
  StoreWriter(std::shared_ptr<storage::OffsetStore> store, std::string connector,
              milliseconds timeout)
      : store_(std::move(store)), connector_(std::move(connector)), timeout_(timeout) {}

  void Write(const OffsetSet& offsets, std::function<void(Status)> done) override {
    std::vector<storage::OffsetWrite> writes;
    for (size_t i = 0; i < offsets.partitions.size(); ++i) {
      writes.push_back({offsets.partitions[i], offsets.offsets[i]});
    }
    store_->Write(connector_, writes, timeout_, std::move(done));
  }

 private:
  const std::shared_ptr<storage::OffsetStore> store_;
  const std::string connector_;
  const milliseconds timeout_;
};

// A plain outbox and what it writes to.
class OwningOutbox : public PlainOutbox {
 public:
  OwningOutbox(std::unique_ptr<OffsetWriter> writer, PlainOutboxOptions options,
               std::unique_ptr<kafka::Producer> producer, OffsetTracker& tracker,
               OutboxListener& listener, metrics::TaskMetrics& metrics)
      : PlainOutbox(options, std::move(producer), tracker, *writer, listener, metrics),
        writer_(std::move(writer)) {}

 private:
  const std::unique_ptr<OffsetWriter> writer_;
};

// One spec's way to a task.
class Assembly {
 public:
  Assembly(const SupervisorOptions& options, const TaskSpec& spec, std::shared_ptr<Control> control,
           std::function<void(const std::string&)> on_topic_used)
      : options_(options),
        spec_(spec),
        control_(std::move(control)),
        on_topic_used_(std::move(on_topic_used)) {}

  StatusOr<std::unique_ptr<Task>> Make() {
    const bool source = spec_.plugin.kind == plugin::ClassKind::kSource;
    SLUICE_ASSIGN_OR_RETURN(const config::ConfigMap resolved,
                            options_.worker->providers->Resolve(spec_.connector_config));
    SLUICE_ASSIGN_OR_RETURN(
        ConnectorConfig connector,
        ConnectorConfig::FromMap(source ? ConnectorKind::kSource : ConnectorKind::kSink, resolved,
                                 *options_.worker));
    connector_ = std::make_shared<const ConnectorConfig>(std::move(connector));
    SLUICE_ASSIGN_OR_RETURN(task_config_, options_.worker->providers->Resolve(spec_.task_config));
    for (const std::string& warning : connector_->warnings) LogWarn("task", warning);
    return source ? MakeSource() : MakeSink();
  }

 private:
  template <typename Parts>
  Status AddShared(Parts& parts) {
    parts.task_config = task_config_;
    parts.resolve_config = [worker = options_.worker, raw = spec_.task_config] {
      return worker->providers->Resolve(raw);
    };
    SLUICE_ASSIGN_OR_RETURN(
        parts.key_converter,
        convert::NewConverter(connector_->key_converter.class_name,
                              connector_->key_converter.settings, convert::Role::kKey));
    SLUICE_ASSIGN_OR_RETURN(
        parts.value_converter,
        convert::NewConverter(connector_->value_converter.class_name,
                              connector_->value_converter.settings, convert::Role::kValue));
    SLUICE_ASSIGN_OR_RETURN(parts.header_converter,
                            convert::NewHeaderConverter(connector_->header_converter.class_name,
                                                        connector_->header_converter.settings));
    SLUICE_ASSIGN_OR_RETURN(
        parts.chain, transform::Chain::FromConfig(connector_->transforms, connector_->predicates));
    if (spec_.metrics != nullptr) spec_.metrics->SetClasses(Classes(parts));
    parts.metrics = spec_.metrics;
    if (parts.chain->empty()) parts.chain.reset();
    if (options_.worker->topic_tracking_enable) parts.on_topic_used = on_topic_used_;
    parts.control = control_;
    parts.clock = options_.clock;
    return OkStatus();
  }

  template <typename Parts>
  metrics::TaskClasses Classes(const Parts& parts) const {
    const plugin::ClassInfo& plugin = spec_.plugin;
    const auto built_in = [&](std::string_view name) {
      return metrics::ClassVersion{std::string(name), options_.version};
    };
    metrics::TaskClasses classes;
    classes.connector = {plugin.name, plugin.version};
    classes.task = {plugin.task_class, plugin.version};
    classes.key_converter = built_in(parts.key_converter->class_name());
    classes.value_converter = built_in(parts.value_converter->class_name());
    classes.header_converter = built_in(parts.header_converter->class_name());
    for (const config::TransformSpec& transform : connector_->transforms) {
      const auto found = transform::FindTransform(transform.type);
      if (found.ok()) classes.transforms.emplace_back(transform.alias, built_in((*found)->name));
    }
    for (const config::PredicateSpec& predicate : connector_->predicates) {
      const auto found = transform::FindPredicate(predicate.type);
      if (found.ok()) classes.predicates.emplace_back(predicate.alias, built_in((*found)->name));
    }
    return classes;
  }

  // A part of the task's metrics, which keeps them alive.
  std::shared_ptr<metrics::ErrorCounts> ErrorCounts() const {
    if (spec_.metrics == nullptr) return nullptr;
    return {spec_.metrics, &spec_.metrics->errors()};
  }

  StatusOr<config::ClientProperties> Properties(TaskClient client) {
    config::ClientBudget budget;
    SLUICE_ASSIGN_OR_RETURN(
        config::ClientProperties properties,
        config::TaskClientProperties(*options_.worker, *connector_, client, spec_.id.task, budget));
    if (!properties.ignored.empty()) {
      LogInfo("task", properties.client_id,
              ": settings without effect here: ", StrJoin(properties.ignored, ", "));
    }
    return properties;
  }

  // Called when the task starts.
  using MakeHandler = std::function<StatusOr<std::unique_ptr<errors::ErrorHandler>>(Waiter&)>;
  StatusOr<MakeHandler> MakeErrors() {
    std::shared_ptr<DeadLetterClients> clients;
    if (!Trim(connector_->errors.dlq_topic).empty()) {
      SLUICE_ASSIGN_OR_RETURN(config::ClientProperties producer,
                              Properties(TaskClient::kDlqProducer));
      SLUICE_ASSIGN_OR_RETURN(config::ClientProperties admin, Properties(TaskClient::kDlqAdmin));
      clients = std::make_shared<DeadLetterClients>(
          DeadLetterClients{std::move(producer), std::move(admin), options_.metrics,
                            config::InternalTopics(connector_->config, options_.worker)});
    }
    return MakeHandler([connector = connector_, clock = options_.clock, id = spec_.id, clients,
                        counts = ErrorCounts()](
                           Waiter& waiter) -> StatusOr<std::unique_ptr<errors::ErrorHandler>> {
      std::vector<std::unique_ptr<errors::Reporter>> reporters;
      if (connector->errors.log_enable) {
        reporters.push_back(std::make_unique<errors::LogReporter>(
            id.ToString(), connector->errors.log_include_messages));
      }
      if (clients != nullptr) {
        SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<errors::Reporter> letters,
                                NewDeadLetters(*connector, id, clients, *clock, waiter));
        reporters.push_back(std::move(letters));
      }
      return std::make_unique<errors::ErrorHandler>(connector->errors, *clock, waiter,
                                                    std::move(reporters), counts);
    });
  }

  StatusOr<std::unique_ptr<Task>> MakeSource() {
    SourceTaskParts parts;
    SLUICE_RETURN_IF_ERROR(AddShared(parts));
    parts.make_plugin = [registry = options_.registry,
                         info = spec_.plugin](plugin::SourceHost& host) {
      return registry->NewSourceTask(info, host);
    };
    SLUICE_ASSIGN_OR_RETURN(parts.make_errors, MakeErrors());
    SLUICE_ASSIGN_OR_RETURN(config::ClientProperties producer,
                            Properties(TaskClient::kSourceProducer));
    SLUICE_ASSIGN_OR_RETURN(const std::shared_ptr<storage::OffsetStore> offsets,
                            storage::OpenConnectorOffsets(*options_.worker, *connector_,
                                                          *options_.offsets, kOffsetsTimeout));
    parts.make_outbox = [options = options_, offsets, name = spec_.id.connector, control = control_,
                         producer = std::move(producer)](
                            OffsetTracker& tracker, OutboxListener& listener,
                            metrics::TaskMetrics& metrics) -> StatusOr<std::unique_ptr<Outbox>> {
      SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<kafka::Producer> client,
                              kafka::NewLazyProducer(producer, options.metrics));
      PlainOutboxOptions plain;
      plain.flush_interval = options.worker->offset_flush_interval;
      plain.flush_timeout = options.worker->offset_flush_timeout;
      plain.control = control.get();
      plain.clock = options.clock;
      plain.sleeper = control.get();
      return std::make_unique<OwningOutbox>(
          std::make_unique<StoreWriter>(offsets, name, plain.flush_timeout), plain,
          std::move(client), tracker, listener, metrics);
    };
    parts.stored_offsets = [store = offsets, name = spec_.id.connector](
                               const sluice_value* partitions, size_t count, abi::Arena& arena) {
      return store->Read(name, std::vector<sluice_value>(partitions, partitions + count), arena);
    };
    if (!connector_->topic_creation.empty()) {
      SLUICE_ASSIGN_OR_RETURN(config::ClientProperties admin, Properties(TaskClient::kTopicAdmin));
      parts.topics = std::make_unique<TopicCreator>(
          [connector = connector_](std::string_view topic) { return connector->GroupOf(topic); },
          [admin = std::move(admin), registry = options_.metrics] {
            return kafka::NewAdmin(admin, registry);
          },
          kTopicTimeout);
    }
    parts.in_flight_bytes_max = kInFlightBytes;
    parts.report_timeout = options_.worker->offset_flush_timeout;
    return std::unique_ptr<Task>(std::make_unique<SourceTask>(std::move(parts)));
  }

  StatusOr<std::unique_ptr<Task>> MakeSink() {
    SinkTaskParts parts;
    SLUICE_RETURN_IF_ERROR(AddShared(parts));
    parts.topics = connector_->topics;
    parts.topics_regex = connector_->topics_regex;
    parts.make_plugin = [registry = options_.registry, info = spec_.plugin](
                            plugin::SinkHost& host) { return registry->NewSinkTask(info, host); };
    SLUICE_ASSIGN_OR_RETURN(config::ClientProperties consumer,
                            Properties(TaskClient::kSinkConsumer));
    parts.max_poll_records = static_cast<size_t>(consumer.max_poll_records);
    parts.make_consumer = [consumer = std::move(consumer),
                           registry = options_.metrics](kafka::RebalanceListener& listener) {
      return kafka::NewConsumer(consumer, &listener, registry);
    };
    SLUICE_ASSIGN_OR_RETURN(parts.make_errors, MakeErrors());
    parts.commit_interval = options_.worker->offset_flush_interval;
    parts.commit_timeout = options_.worker->offset_flush_timeout;
    parts.retained_bytes_max = kRetainedBytes;
    return std::unique_ptr<Task>(std::make_unique<SinkTask>(std::move(parts)));
  }

  const SupervisorOptions options_;
  const TaskSpec& spec_;
  const std::shared_ptr<Control> control_;
  const std::function<void(const std::string&)> on_topic_used_;
  std::shared_ptr<const ConnectorConfig> connector_;
  config::ConfigMap task_config_;
};

}  // namespace

TaskFactory NewTaskFactory(SupervisorOptions options) {
  return [options](const TaskSpec& spec, std::shared_ptr<Control> control,
                   std::function<void(const std::string&)> on_topic_used) {
    return Assembly(options, spec, std::move(control), std::move(on_topic_used)).Make();
  };
}

std::unique_ptr<Supervisor> NewSupervisor(SupervisorOptions options) {
  return std::make_unique<ThreadSupervisor>(NewTaskFactory(options), *options.listener,
                                            options.worker->task_shutdown_graceful_timeout,
                                            options.owned);
}

}  // namespace sluice::task

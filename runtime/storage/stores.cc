#include "runtime/storage/stores.h"

#include <set>
#include <string>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/client_config.h"
#include "runtime/storage/connector_offset_store.h"
#include "runtime/storage/file_topic_log.h"
#include "runtime/storage/kafka_topic_log.h"
#include "runtime/storage/log_config_store.h"
#include "runtime/storage/log_offset_store.h"
#include "runtime/storage/log_status_store.h"
#include "runtime/storage/memory_topic_log.h"

namespace sluice::storage {
namespace {

using config::WorkerClient;

StatusOr<std::unique_ptr<TopicLog>> MakeLog(const config::WorkerConfig& worker,
                                            KafkaTopicLogOptions options, WorkerClient consumer,
                                            WorkerClient producer) {
  SLUICE_ASSIGN_OR_RETURN(options.consumer, config::WorkerClientProperties(worker, consumer));
  SLUICE_ASSIGN_OR_RETURN(options.producer, config::WorkerClientProperties(worker, producer));
  return std::unique_ptr<TopicLog>(std::make_unique<KafkaTopicLog>(std::move(options)));
}

// Whether these are the worker's brokers: the same addresses, as text.
bool SameCluster(const config::WorkerConfig& worker, const config::ClientProperties& client) {
  const auto brokers = client.java.find("bootstrap.servers");
  const std::vector<std::string> theirs =
      SplitList(brokers == client.java.end() ? "" : brokers->second);
  return std::set<std::string>(theirs.begin(), theirs.end()) ==
         std::set<std::string>(worker.bootstrap_servers.begin(), worker.bootstrap_servers.end());
}

}  // namespace

StatusOr<std::shared_ptr<OffsetStore>> OpenConnectorOffsets(
    const config::WorkerConfig& worker, const config::ConnectorConfig& connector,
    OffsetStore& worker_store, milliseconds timeout) {
  using config::TaskClient;
  const std::shared_ptr<OffsetStore> workers(std::shared_ptr<OffsetStore>(), &worker_store);
  if (connector.offsets_topic.empty() || worker.mode == config::WorkerMode::kStandalone) {
    return workers;
  }
  KafkaTopicLogOptions options;
  SLUICE_ASSIGN_OR_RETURN(options.producer, config::TaskClientProperties(
                                                worker, connector, TaskClient::kOffsetProducer, 0));
  // Its own name for the worker's topic: there is one store, then.
  if (connector.offsets_topic == worker.offset_topic.name &&
      SameCluster(worker, options.producer)) {
    return workers;
  }
  SLUICE_ASSIGN_OR_RETURN(options.consumer, config::TaskClientProperties(
                                                worker, connector, TaskClient::kOffsetConsumer, 0));
  SLUICE_ASSIGN_OR_RETURN(
      const config::ClientProperties admin,
      config::TaskClientProperties(worker, connector, TaskClient::kWorkerAdmin, 0));
  SLUICE_ASSIGN_OR_RETURN(options.admin, kafka::NewAdmin(admin));
  options.topic = worker.offset_topic;
  options.topic.name = connector.offsets_topic;
  options.purpose = "source connector offsets";
  options.topic_key = "offsets.storage.topic";
  auto store = std::make_shared<ConnectorOffsetStore>(
      std::make_unique<LogOffsetStore>(std::make_unique<KafkaTopicLog>(std::move(options))),
      worker_store);
  SLUICE_RETURN_IF_ERROR(store->Start(timeout));
  return std::shared_ptr<OffsetStore>(std::move(store));
}

StatusOr<Stores> MakeStores(const config::WorkerConfig& worker, std::shared_ptr<kafka::Admin> admin,
                            metrics::Registry* registry, bool create_topics) {
  if (worker.mode == config::WorkerMode::kStandalone) {
    return Stores{
        std::make_unique<LogConfigStore>(std::make_unique<MemoryTopicLog>()),
        std::make_unique<LogOffsetStore>(std::make_unique<FileTopicLog>(worker.offset_file)),
        std::make_unique<LogStatusStore>(std::make_unique<MemoryTopicLog>())};
  }
  SLUICE_ASSIGN_OR_RETURN(auto config_log,
                          MakeLog(worker,
                                  {worker.config_topic,
                                   "connector configurations",
                                   "config.storage.topic",
                                   true,
                                   admin,
                                   {},
                                   {},
                                   registry,
                                   create_topics,
                                   true},
                                  WorkerClient::kConfigConsumer, WorkerClient::kConfigProducer));
  SLUICE_ASSIGN_OR_RETURN(auto offset_log,
                          MakeLog(worker,
                                  {worker.offset_topic,
                                   "source connector offsets",
                                   "offset.storage.topic",
                                   false,
                                   admin,
                                   {},
                                   {},
                                   registry,
                                   create_topics,
                                   false},
                                  WorkerClient::kOffsetConsumer, WorkerClient::kOffsetProducer));
  SLUICE_ASSIGN_OR_RETURN(auto status_log,
                          MakeLog(worker,
                                  {worker.status_topic,
                                   "connector and task statuses",
                                   "status.storage.topic",
                                   false,
                                   admin,
                                   {},
                                   {},
                                   registry,
                                   create_topics,
                                   false},
                                  WorkerClient::kStatusConsumer, WorkerClient::kStatusProducer));
  return Stores{std::make_unique<LogConfigStore>(std::move(config_log)),
                std::make_unique<LogOffsetStore>(std::move(offset_log)),
                std::make_unique<LogStatusStore>(std::move(status_log))};
}

}  // namespace sluice::storage

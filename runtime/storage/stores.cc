#include "runtime/storage/stores.h"

#include <utility>

#include "runtime/config/client_config.h"
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

}  // namespace

StatusOr<Stores> MakeStores(const config::WorkerConfig& worker, std::shared_ptr<kafka::Admin> admin,
                            metrics::Registry* registry) {
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
                                   registry},
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
                                   registry},
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
                                   registry},
                                  WorkerClient::kStatusConsumer, WorkerClient::kStatusProducer));
  return Stores{std::make_unique<LogConfigStore>(std::move(config_log)),
                std::make_unique<LogOffsetStore>(std::move(offset_log)),
                std::make_unique<LogStatusStore>(std::move(status_log))};
}

}  // namespace sluice::storage

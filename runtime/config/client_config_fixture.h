// For tests: the settings of a client, of the keys that a worker's file and a connector have beside
// the least that each needs.
#ifndef SLUICE_RUNTIME_CONFIG_CLIENT_CONFIG_FIXTURE_H_
#define SLUICE_RUNTIME_CONFIG_CLIENT_CONFIG_FIXTURE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/base/status.h"
#include "runtime/config/client_config.h"
#include "runtime/config/config_map.h"
#include "runtime/config/connector_config.h"
#include "runtime/config/worker_config.h"

namespace sluice::config {

using Properties = std::map<std::string, std::string>;

class ClientConfigFixture : public testing::Test {
 protected:
  WorkerConfig Worker() const {
    ConfigMap map{{"bootstrap.servers", "a:1,b:2"}, {"group.id", "g"},
                  {"key.converter", "K"},           {"value.converter", "V"},
                  {"config.storage.topic", "c"},    {"offset.storage.topic", "o"},
                  {"status.storage.topic", "s"}};
    map.Merge(worker_);
    auto worker = WorkerConfig::FromMap(map, WorkerMode::kDistributed);
    EXPECT_TRUE(worker.ok()) << worker.status();
    worker->allowed_token_urls = allowed_token_urls_;
    return *std::move(worker);
  }
  StatusOr<ClientProperties> Make(TaskClient client) const {
    ConfigMap map{{"name", "fs"}, {"connector.class", "C"}, {"topics", "t"}};
    map.Merge(connector_);
    const WorkerConfig worker = Worker();
    auto connector = ConnectorConfig::FromMap(ConnectorKind::kSink, map, worker);
    EXPECT_TRUE(connector.ok()) << connector.status();
    return TaskClientProperties(worker, *connector, client, 0);
  }
  Properties Rdkafka(TaskClient client) const {
    auto made = Make(client);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->rdkafka : Properties();
  }
  std::string Error(TaskClient client) const { return std::string(Message(Make(client).status())); }

  ConfigMap worker_, connector_;
  std::vector<std::string> allowed_token_urls_;
};

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CLIENT_CONFIG_FIXTURE_H_

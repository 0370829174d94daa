// The three stores as a distributed worker makes them, on a real broker whose address is in
// SLUICE_KAFKA: created, written, and there again after a restart.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/abi/views.h"
#include "runtime/base/clock.h"
#include "runtime/kafka/mock_cluster.h"
#include "runtime/storage/stores.h"
#include "runtime/storage/wait.h"

namespace sluice::storage {
namespace {

constexpr milliseconds kTimeout{30000};

struct Silent : ConfigListener {
  void OnConnectorConfig(const std::string&) override {}
  void OnConnectorRemoved(const std::string&) override {}
  void OnTaskConfigs(const std::vector<TaskId>&) override {}
  void OnTargetState(const std::string&) override {}
  void OnSessionKey(const SessionKey&) override {}
  void OnRestart(const RestartRequest&) override {}
  void OnLoggerLevel(const std::string&, const std::string&) override {}
};

class StoresTest : public testing::Test {
 protected:
  void SetUp() override {
    bootstrap_ = kafka::RealBootstrapServers();
    ASSERT_FALSE(bootstrap_.empty()) << "set SLUICE_KAFKA to the address of a broker";
    const std::string run = std::to_string(Clock::System().WallMillis());
    auto worker = config::WorkerConfig::FromMap(
        {{"bootstrap.servers", bootstrap_},
         {"group.id", "stores-" + run},
         {"key.converter", "org.apache.kafka.connect.storage.StringConverter"},
         {"value.converter", "org.apache.kafka.connect.storage.StringConverter"},
         {"config.storage.topic", "configs-" + run},
         {"offset.storage.topic", "offsets-" + run},
         {"status.storage.topic", "status-" + run},
         {"config.storage.replication.factor", "1"},
         {"offset.storage.replication.factor", "1"},
         {"status.storage.replication.factor", "1"}},
        config::WorkerMode::kDistributed);
    ASSERT_TRUE(worker.ok()) << worker.status();
    worker_ = *std::move(worker);
  }
  // Made and started, all three at once.
  Stores Start() {
    const auto properties =
        config::WorkerClientProperties(worker_, config::WorkerClient::kSharedAdmin);
    EXPECT_TRUE(properties.ok()) << properties.status();
    auto stores = MakeStores(worker_, *kafka::NewAdmin(*properties));
    EXPECT_TRUE(stores.ok()) << stores.status();
    Status started[3];
    std::thread config([&] { started[0] = stores->config->Start(listener_, kTimeout); });
    std::thread offsets([&] { started[1] = stores->offsets->Start(kTimeout); });
    started[2] = stores->status->Start(kTimeout);
    config.join();
    offsets.join();
    for (const Status& status : started) EXPECT_TRUE(status.ok()) << StackTrace(status);
    return *std::move(stores);
  }

  std::string bootstrap_;
  config::WorkerConfig worker_;
  Silent listener_;
};

TEST_F(StoresTest, WhatIsWrittenIsThereAfterARestart) {
  abi::Arena arena;
  const sluice_map_entry file{abi::String("filename"), abi::String("in.txt")};
  const sluice_map_entry position{abi::String("position"), abi::Int64(30)};
  const sluice_value partition = abi::Map(&file, 1), offset = abi::Map(&position, 1);
  const PartStatus running{State::kRunning, std::nullopt, "127.0.0.1:8083", 1, "1.0"};
  {
    Stores stores = Start();
    const Status put = WaitForDone(kTimeout, [&](Done done) {
      stores.config->PutConnector("fs", {{"name", "fs"}}, std::nullopt, std::move(done));
    });
    ASSERT_TRUE(put.ok()) << StackTrace(put);
    const Status tasks = WaitForDone(kTimeout, [&](Done done) {
      stores.config->PutTaskConfigs("fs", {{{"file", "in.txt"}}}, std::move(done));
    });
    ASSERT_TRUE(tasks.ok()) << StackTrace(tasks);
    EXPECT_EQ(stores.config->Snapshot()->Tasks("fs").size(), 1u);
    ASSERT_TRUE(WriteOffsetsAndWait(*stores.offsets, "fs", {{partition, offset}}, kTimeout).ok());
    stores.status->PutTask({"fs", 0}, running);
    ASSERT_TRUE(stores.status->Flush(kTimeout).ok());
    stores.config->Stop();
    stores.offsets->Stop();
    stores.status->Stop();
  }
  const TimePoint start = std::chrono::steady_clock::now();
  Stores stores = Start();
  RecordProperty("restart_ms", static_cast<int>(std::chrono::duration_cast<milliseconds>(
                                                    std::chrono::steady_clock::now() - start)
                                                    .count()));
  EXPECT_EQ(stores.config->Snapshot()->TaskConfig({"fs", 0})->Get("file"), "in.txt");
  const auto read = stores.offsets->Read("fs", {partition}, arena);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(abi::Find((*read)[0], "position")->as.int64, 30);
  EXPECT_EQ(stores.status->Task({"fs", 0}), running);
}

}  // namespace
}  // namespace sluice::storage

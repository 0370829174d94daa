#include "runtime/cluster/assignor_catalog.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "runtime/config/config_map.h"
#include "runtime/storage/cluster_config.h"
#include "runtime/storage/ids.h"

namespace sluice::cluster {
namespace {

class CatalogTest : public ::testing::Test {
 protected:
  storage::ConnectorEntry& Add(const std::string& name, int tasks, const std::string& weight = "") {
    auto values = std::make_shared<config::ConfigMap>();
    if (!weight.empty()) values->Set("task.weight", weight);
    auto entry = std::make_shared<storage::ConnectorEntry>();
    entry->config = std::move(values);
    entry->task_count = tasks;
    storage::ConnectorEntry& added = *entry;
    config_.entries[name] = std::move(entry);
    return added;
  }

  storage::ClusterConfig config_;
};

TEST_F(CatalogTest, NumbersGoByName) {
  Add("b", 1);
  Add("a", 2);
  Add("c", 0);
  const Catalog catalog(config_);
  EXPECT_EQ(catalog.connectors(), 3);
  EXPECT_EQ(catalog.tasks(), 3);
  EXPECT_EQ(catalog.connector(0).name, "a");
  EXPECT_EQ(catalog.task(1), (storage::TaskId{"a", 1}));
  EXPECT_EQ(catalog.task(2), (storage::TaskId{"b", 0}));
  EXPECT_EQ(catalog.connector_of(2), 1);
  EXPECT_EQ(catalog.Find("c"), 2);
  EXPECT_EQ(catalog.Find(storage::TaskId{"b", 0}), 2);
}

TEST_F(CatalogTest, WhatIsNotConfiguredHasNoNumber) {
  Add("a", 2);
  Add("deleted", 2).config = nullptr;
  const Catalog catalog(config_);
  EXPECT_EQ(catalog.Find("deleted"), Catalog::kNone);
  EXPECT_EQ(catalog.Find("none"), Catalog::kNone);
  for (const storage::TaskId& task :
       {storage::TaskId{"a", 2}, storage::TaskId{"a", -1}, storage::TaskId{"deleted", 0}}) {
    EXPECT_EQ(catalog.Find(task), Catalog::kNone);
  }
}

TEST_F(CatalogTest, AnInconsistentConnectorHasNoTasks) {
  Add("a", 2).inconsistent = true;
  Add("b", 1).task_count.reset();
  const Catalog catalog(config_);
  EXPECT_EQ(catalog.connectors(), 2);
  EXPECT_EQ(catalog.tasks(), 0);
}

TEST_F(CatalogTest, AWeightIsAWholeNumberFromOne) {
  for (const auto& [text, weight] : {std::pair{"", 1},
                                     {"7", 7},
                                     {" 7 ", 7},
                                     {"0", 1},
                                     {"-3", 1},
                                     {"2.5", 1},
                                     {"${file:/w:x}", 1},
                                     {"99999999999", 1'000'000}}) {
    Add("a", 1, text);
    EXPECT_EQ(Catalog(config_).connector(0).task_weight, weight) << text;
  }
}

}  // namespace
}  // namespace sluice::cluster

#include "runtime/metrics/worker_metrics.h"

#include <gtest/gtest.h>

namespace sluice::metrics {
namespace {

class WorkerMetricsTest : public testing::Test {
 protected:
  WorkerMetricsTest() { Make(true); }
  void Make(bool distributed) {
    worker_ = WorkerMetrics::Make({.registry = &registry_,
                                   .window = {},
                                   .clock = &clock_,
                                   .client_id = "connect-w:8083",
                                   .version = "4.3.1",
                                   .commit = "abc",
                                   .distributed = distributed});
  }
  bool Has(const std::string& line) {
    return ("\n" + registry_.Text()).find("\nkafka_connect_" + line + "\n") != std::string::npos;
  }

  FakeClock clock_;
  Registry registry_;
  std::shared_ptr<WorkerMetrics> worker_;
};

TEST_F(WorkerMetricsTest, ConnectorsComeAndGo) {
  worker_->AddConnector("c");
  EXPECT_TRUE(Has("worker_connector_count 1"));
  EXPECT_TRUE(Has("connector_status{connector=\"c\",status=\"unassigned\"} 1"));
  worker_->SetConnector("c", "running", {"a.B", "sink", "1.0"});
  worker_->SetConnector("c", "paused", {"a.B", "sink", "1.0"});
  worker_->SetConnector("c", "running", {"a.B", "sink", "1.0"});
  EXPECT_TRUE(Has("connector_connector_class{connector=\"c\",connector_class=\"a.B\"} 1"));
  EXPECT_TRUE(Has("connector_connector_type{connector=\"c\",connector_type=\"sink\"} 1"));
  EXPECT_TRUE(Has("connector_status{connector=\"c\",status=\"running\"} 1"));
  EXPECT_TRUE(Has("worker_connector_startup_attempts_total 1"));
  EXPECT_TRUE(Has("worker_connector_startup_success_total 1"));
  worker_->AddConnector("d");
  worker_->SetConnector("d", "failed", {});
  worker_->SetConnector("d", "failed", {});
  EXPECT_TRUE(Has("worker_connector_startup_failure_total 1"));
  EXPECT_TRUE(Has("worker_connector_startup_failure_percentage 0.5"));
  worker_->RemoveConnector("c");
  worker_->RemoveConnector("c");
  worker_->SetConnector("c", "running", {});
  EXPECT_TRUE(Has("worker_connector_count 1"));
  EXPECT_EQ(registry_.Text().find("connector=\"c\""), std::string::npos);
}

TEST_F(WorkerMetricsTest, TasksByConnectorAndState) {
  worker_->MoveTask("c", "", "unassigned");
  worker_->MoveTask("c", "", "unassigned");
  worker_->MoveTask("c", "unassigned", "running");
  worker_->MoveTask("d", "", "failed");
  worker_->TaskStarted(true);
  worker_->TaskStarted(false);
  EXPECT_TRUE(Has("worker_task_count 3"));
  EXPECT_TRUE(Has("worker_connector_total_task_count{connector=\"c\"} 2"));
  EXPECT_TRUE(Has("worker_connector_running_task_count{connector=\"c\"} 1"));
  EXPECT_TRUE(Has("worker_connector_unassigned_task_count{connector=\"c\"} 1"));
  EXPECT_TRUE(Has("worker_connector_failed_task_count{connector=\"d\"} 1"));
  EXPECT_TRUE(Has("worker_connector_failed_task_count{connector=\"c\"} 0"));
  EXPECT_TRUE(Has("worker_task_startup_attempts_total 2"));
  EXPECT_TRUE(Has("worker_task_startup_success_percentage 0.5"));
  worker_->MoveTask("c", "unassigned", "");
  worker_->MoveTask("c", "running", "");
  EXPECT_TRUE(Has("worker_task_count 1"));
  EXPECT_EQ(registry_.Text().find("connector=\"c\""), std::string::npos);
}

TEST_F(WorkerMetricsTest, RebalancesAreTimed) {
  GroupState group{"http://w:8083/", "SESSIONED", 7, true};
  worker_->SetGroup(group);
  EXPECT_TRUE(Has("worker_rebalance_rebalancing 1"));
  EXPECT_TRUE(Has("worker_rebalance_completed_rebalances_total 0"));
  clock_.Advance(milliseconds(30));
  worker_->SetGroup(group);
  group.rebalancing = false;
  worker_->SetGroup(group);
  group.rebalancing = true;
  worker_->SetGroup(group);
  clock_.Advance(milliseconds(10));
  group.rebalancing = false;
  worker_->SetGroup(group);
  clock_.Advance(milliseconds(5));
  EXPECT_TRUE(Has("worker_rebalance_rebalancing 0"));
  EXPECT_TRUE(Has("worker_rebalance_completed_rebalances_total 2"));
  EXPECT_TRUE(Has("worker_rebalance_rebalance_max_time_ms 30"));
  EXPECT_TRUE(Has("worker_rebalance_rebalance_avg_time_ms 20"));
  EXPECT_TRUE(Has("worker_rebalance_time_since_last_rebalance_ms 5"));
}

TEST_F(WorkerMetricsTest, AnswersOfTheCoordinator) {
  const auto has = [&](const std::string& name, const std::string& value) {
    return Has("coordinator_" + name + "{clientid=\"connect-w:8083\"} " + value);
  };
  EXPECT_TRUE(has("last_heartbeat_seconds_ago", "-1"));
  EXPECT_TRUE(has("join_total", "0"));
  worker_->GroupAnswered(GroupEvent::kHeartbeat, milliseconds(3));
  worker_->GroupAnswered(GroupEvent::kHeartbeat, milliseconds(5));
  worker_->GroupAnswered(GroupEvent::kJoin, milliseconds(10));
  worker_->GroupAnswered(GroupEvent::kSync, milliseconds(20));
  worker_->GroupAnswered(GroupEvent::kRebalance, milliseconds(40));
  worker_->GroupAnswered(GroupEvent::kRebalance, milliseconds(60));
  worker_->GroupAnswered(GroupEvent::kFailedRebalance, milliseconds(0));
  clock_.Advance(milliseconds(2500));
  EXPECT_TRUE(has("heartbeat_total", "2"));
  EXPECT_TRUE(has("heartbeat_response_time_max", "5"));
  EXPECT_TRUE(has("last_heartbeat_seconds_ago", "2"));
  EXPECT_TRUE(has("join_time_max", "10"));
  EXPECT_TRUE(has("sync_time_avg", "20"));
  EXPECT_TRUE(has("rebalance_latency_avg", "50"));
  EXPECT_TRUE(has("rebalance_latency_total", "100"));
  EXPECT_TRUE(has("rebalance_total", "2"));
  EXPECT_TRUE(has("failed_rebalance_total", "1"));
}

TEST_F(WorkerMetricsTest, TheGroupBeforeItsFirstRebalance) {
  worker_->SetGroup({"http://w:8083/", "SESSIONED", 7, false});
  worker_->SetAssigned(2, 5);
  EXPECT_TRUE(Has("worker_rebalance_leader_name{leader_name=\"http://w:8083/\"} 1"));
  EXPECT_TRUE(Has("worker_rebalance_connect_protocol{connect_protocol=\"SESSIONED\"} 1"));
  EXPECT_TRUE(Has("worker_rebalance_epoch 7"));
  EXPECT_TRUE(Has("worker_rebalance_rebalancing 0"));
  EXPECT_TRUE(Has("worker_rebalance_time_since_last_rebalance_ms +Inf"));
  EXPECT_TRUE(Has("coordinator_assigned_connectors{clientid=\"connect-w:8083\"} 2"));
  EXPECT_TRUE(Has("coordinator_assigned_tasks{clientid=\"connect-w:8083\"} 5"));
  EXPECT_TRUE(Has("version_info{clientid=\"connect-w:8083\",version=\"4.3.1\"} 1"));
  EXPECT_TRUE(Has("start_time_seconds{clientid=\"connect-w:8083\"} 1700001000"));
}

TEST_F(WorkerMetricsTest, StandaloneHasNoGroup) {
  worker_.reset();
  EXPECT_EQ(registry_.Text(), "");
  Make(false);
  EXPECT_TRUE(Has("worker_connector_count 0"));
  EXPECT_EQ(registry_.Text().find("rebalance"), std::string::npos);
}

}  // namespace
}  // namespace sluice::metrics

#include "runtime/metrics/task_metrics.h"

#include <gtest/gtest.h>

namespace sluice::metrics {
namespace {

class TaskMetricsTest : public testing::Test {
 protected:
  std::shared_ptr<TaskMetrics> Make(bool source) {
    auto made = TaskMetrics::Make(
        {.registry = &registry_, .window = {}, .clock = &clock_, .connector = "c", .task = 0});
    made->SetKind(source);
    return made;
  }
  // The value of a series by its name and, behind the connector and the task, its labels.
  std::string Value(const std::string& name, const std::string& labels = {}) {
    const std::string text = "\n" + registry_.Text();
    const std::string begin = "\nkafka_connect_" + name + "{connector=\"c\",task=\"0\"" +
                              (labels.empty() ? "" : "," + labels) + "} ";
    const size_t at = text.find(begin);
    if (at == text.npos) return "none";
    return text.substr(at + begin.size(), text.find('\n', at + 1) - at - begin.size());
  }

  FakeClock clock_;
  Registry registry_;
};

TEST_F(TaskMetricsTest, SourceCounts) {
  const auto task = Make(true);
  EXPECT_EQ(Value("source_task_source_record_poll_total"), "0");
  EXPECT_EQ(Value("source_task_poll_batch_max_time_ms"), "NaN");
  task->Polled(100, milliseconds(4), 100);
  task->Polled(50, milliseconds(8), 150);
  task->Acked({{5, 90}, {700, 30}}, 30);
  EXPECT_EQ(Value("source_task_source_record_poll_total"), "150");
  EXPECT_EQ(Value("source_task_source_record_poll_rate"), "5");
  EXPECT_EQ(Value("source_task_source_record_write_total"), "120");
  EXPECT_EQ(Value("source_task_poll_batch_max_time_ms"), "8");
  EXPECT_EQ(Value("source_task_poll_batch_avg_time_ms"), "6");
  EXPECT_EQ(Value("source_task_source_record_active_count"), "30");
  EXPECT_EQ(Value("source_task_source_record_active_count_max"), "150");
  EXPECT_EQ(Value("connector_task_batch_size_max"), "100");
  EXPECT_EQ(Value("connector_task_batch_size_avg"), "75");
  EXPECT_EQ(Value("source_task_end_to_end_latency_seconds_bucket", "le=\"0.005\""), "90");
  EXPECT_EQ(Value("source_task_end_to_end_latency_seconds_bucket", "le=\"1\""), "120");
  EXPECT_EQ(Value("connector_task_last_progress_timestamp_seconds"), "1700001000");
  clock_.Advance(milliseconds(60'000));  // windows forget, totals and values do not
  EXPECT_EQ(Value("source_task_source_record_poll_total"), "150");
  EXPECT_EQ(Value("source_task_source_record_poll_rate"), "0");
  EXPECT_EQ(Value("connector_task_batch_size_max"), "NaN");
  EXPECT_EQ(Value("source_task_source_record_active_count"), "30");
  EXPECT_EQ(Value("sink_task_partition_count"), "none");
}

TEST_F(TaskMetricsTest, SinkCounts) {
  const auto task = Make(false);
  task->Consumed(10);
  task->Put(8, milliseconds(3), {{12, 8}});
  task->Put(0, milliseconds(1), {});
  task->SetPosition({.partitions = 2, .active = 10, .lags = {{"t", 0, 3}, {"t", 1, 4}}});
  task->CommitSucceeded(milliseconds(20), 1);
  task->CommitFailed();
  task->CommitOvertaken();
  task->PutRetried();
  task->Dropped(2);
  EXPECT_EQ(Value("sink_task_sink_record_read_total"), "10");
  EXPECT_EQ(Value("sink_task_sink_record_send_total"), "8");
  EXPECT_EQ(Value("connector_task_batch_size_avg"), "4");  // an empty put is a batch of 0
  EXPECT_EQ(Value("sink_task_put_batch_avg_time_ms"), "2");
  EXPECT_EQ(Value("sink_task_partition_count"), "2");
  EXPECT_EQ(Value("sink_task_sink_record_active_count"), "10");
  EXPECT_EQ(Value("sink_task_sink_record_lag"), "7");
  EXPECT_EQ(Value("sink_task_sink_record_lag_max"), "4");
  EXPECT_EQ(Value("sink_task_partition_lag", "topic=\"t\",partition=\"1\""), "4");
  EXPECT_EQ(Value("sink_task_offset_commit_completion_total"), "1");
  EXPECT_EQ(Value("sink_task_offset_commit_skip_total"), "1");
  EXPECT_EQ(Value("sink_task_offset_commit_seq_no"), "1");
  EXPECT_EQ(Value("connector_task_offset_commit_max_time_ms"), "20");
  EXPECT_EQ(Value("connector_task_offset_commit_success_percentage"), "0.5");
  EXPECT_EQ(Value("sink_task_put_retries_total"), "1");
  EXPECT_EQ(Value("connector_task_records_dropped_total"), "2");
  EXPECT_EQ(Value("sink_task_end_to_end_latency_seconds_count"), "8");
}

TEST_F(TaskMetricsTest, StatesAndRatios) {
  const auto task = Make(false);
  EXPECT_EQ(Value("connector_task_running_ratio"), "0");
  task->SetState("unassigned");
  clock_.Advance(milliseconds(1000));
  task->SetState("running");
  clock_.Advance(milliseconds(2000));
  EXPECT_EQ(Value("connector_task_status", "status=\"running\""), "1");
  task->SetState("paused");
  clock_.Advance(milliseconds(1000));
  EXPECT_EQ(Value("connector_task_running_ratio"), "0.5");
  EXPECT_EQ(Value("connector_task_pause_ratio"), "0.25");
  task->SetState("failed");
  EXPECT_EQ(Value("connector_task_status", "status=\"paused\""), "none");
  EXPECT_EQ(Value("connector_task_status", "status=\"failed\""), "1");
}

TEST_F(TaskMetricsTest, ErrorsClassesAndPlugin) {
  const auto task = Make(true);
  task->errors().failures = 3;
  task->errors().dead_letters = 2;
  task->errors().dead_letters_written = 1;
  TaskClasses classes;
  classes.connector = {"a.B", "1.0"};
  classes.key_converter = {"K", ""};
  classes.transforms = {{"one", {"T", "2"}}, {"two", {"U", "2"}}};
  task->SetClasses(std::move(classes));
  task->plugin().Record("n", PluginMetrics::Kind::kSet, 5);
  EXPECT_EQ(Value("task_error_total_record_failures"), "3");
  EXPECT_EQ(Value("task_error_deadletterqueue_produce_requests"), "2");
  EXPECT_EQ(Value("task_error_dead_letters_total"), "1");
  EXPECT_EQ(Value("connector_task_connector_class", "connector_class=\"a.B\""), "1");
  EXPECT_EQ(Value("connector_task_connector_type", "connector_type=\"source\""), "1");
  EXPECT_EQ(Value("connector_task_key_converter_class", "key_converter_class=\"K\""), "1");
  EXPECT_EQ(Value("connector_transform_transform_class", "transform=\"two\",transform_class=\"U\""),
            "1");
  EXPECT_EQ(Value("plugins_n"), "5");
}

TEST_F(TaskMetricsTest, GoneWhenItIsRemovedEvenIfSomebodyHoldsIt) {
  const auto task = Make(true);
  const auto other = TaskMetrics::Make(
      {.registry = &registry_, .window = {}, .clock = &clock_, .connector = "d", .task = 0});
  task->Remove();
  task->Polled(1, milliseconds(1), 1);
  const std::string text = registry_.Text();
  EXPECT_EQ(text.find("connector=\"c\""), text.npos);
  EXPECT_NE(text.find("connector=\"d\""), text.npos);
}

}  // namespace
}  // namespace sluice::metrics

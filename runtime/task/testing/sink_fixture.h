// A sink task among fakes, with verbs: what arrives, what the plugin answers, what came of it.
#ifndef SLUICE_RUNTIME_TASK_TESTING_SINK_FIXTURE_H_
#define SLUICE_RUNTIME_TASK_TESTING_SINK_FIXTURE_H_

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/task/sink_task.h"
#include "runtime/task/testing/fake_consumer.h"
#include "runtime/task/testing/fakes.h"

namespace sluice::task::testing {

using Strings = std::vector<std::string>;
using Tp = kafka::TopicPartition;

class SinkTaskTest : public ::testing::Test {
 protected:
  using Put = SinkScript::Put;

  SinkTaskTest() { counts->SetKind(false); }
  std::string Metric(const std::string& name) { return MetricOf(registry, name); }
  void TearDown() override {  // before what hooks refer to is gone
    sink.on_put = nullptr;
    sink.on_flush = nullptr;
    sink.on_revoked = nullptr;
    sink.on_close = nullptr;
    consumer.on_commit = nullptr;
    consumer.on_commit_begun = nullptr;
    consumer.on_poll = nullptr;
    task.reset();
  }

  void Make() {
    SinkTaskParts parts;
    parts.resolve_config = [] { return config::ConfigMap(); };
    parts.topics = {"t"};
    parts.make_plugin =
        [this](plugin::SinkHost& host) -> StatusOr<std::unique_ptr<plugin::SinkPlugin>> {
      sink.host = &host;
      return std::unique_ptr<plugin::SinkPlugin>(std::make_unique<FakeSink>(sink));
    };
    parts.make_consumer =
        [this](kafka::RebalanceListener& listener) -> StatusOr<std::unique_ptr<kafka::Consumer>> {
      rebalance_listener = &listener;
      return std::unique_ptr<kafka::Consumer>(std::make_unique<BorrowedConsumer>(consumer));
    };
    parts.key_converter = std::make_unique<TextConverter>();
    parts.value_converter =
        value_converter != nullptr ? std::move(value_converter) : std::make_unique<TextConverter>();
    parts.header_converter = std::make_unique<TextHeaderConverter>();
    parts.make_errors = [this](Waiter& waiter) -> StatusOr<std::unique_ptr<errors::ErrorHandler>> {
      std::vector<std::unique_ptr<errors::Reporter>> reporters;
      reporters.push_back(std::make_unique<FakeReporter>(reports));
      return std::make_unique<errors::ErrorHandler>(settings, clock, waiter, std::move(reporters));
    };
    parts.on_topic_used = [this](const std::string& topic) { topics.push_back(topic); };
    parts.max_poll_records = max_poll_records;
    parts.retained_bytes_max = retained_bytes_max;
    parts.control = control;
    parts.metrics = counts;
    parts.clock = &clock;
    parts.sleeper = &waiter;
    task = std::make_unique<SinkTask>(std::move(parts));
  }
  // Starts the task and gives it partitions.
  void StartTask(std::set<Tp> owned = {{"t", 0}}) {
    Make();
    ASSERT_TRUE(task->Start().ok());
    consumer.Rebalance(std::move(owned));
  }
  void Arrive(const Strings& values, int32_t partition = 0) {
    for (const std::string& value : values) consumer.Append({"t", partition}, value);
  }
  Status Turn(int times = 1) {
    for (int i = 0; i < times; ++i) SLUICE_RETURN_IF_ERROR(task->RunOnce());
    return OkStatus();
  }
  // Turns until an asynchronous commit has been begun and answered.
  Status CommitNow() {
    sink.host->RequestCommit();
    return Turn(2);
  }
  int64_t Committed(int32_t partition = 0) const {
    const auto found = consumer.committed.find({"t", partition});
    return found == consumer.committed.end() ? -1 : found->second;
  }
  sluice_topic_partition Abi(int32_t partition, int64_t offset) const {
    return {abi::Str("t"), partition, 0, offset};
  }
  static Put Answer(sluice_code code, std::string_view why) {
    return {code, code == SLUICE_RETRY ? RetriableError(why) : DataError(why)};
  }
  static Put Ok() { return {SLUICE_OK, OkStatus()}; }
  // A sink that refuses a whole batch if it holds a value that begins with `bad!`, as a transaction
  // would.
  void RefuseBatchesWithBad() {
    sink.put_atomic = true;
    sink.on_put = [](const sluice_batch*, const Strings& values) {
      for (const std::string& value : values) {
        if (value.starts_with("x")) return Answer(SLUICE_BAD_RECORD, "refused " + value);
      }
      return Ok();
    };
  }

  FakeClock clock;
  TurningWaiter waiter{clock};
  std::shared_ptr<Control> control = std::make_shared<Control>();
  SinkScript sink;
  kafka::RebalanceListener* rebalance_listener = nullptr;
  FakeConsumer consumer{clock, rebalance_listener};
  ReportLog reports;
  config::ErrorSettings settings;
  std::unique_ptr<convert::Converter> value_converter;  // null: text
  Strings topics;
  size_t max_poll_records = 500;
  size_t retained_bytes_max = 16 << 20;
  metrics::Registry registry;
  std::shared_ptr<metrics::TaskMetrics> counts = metrics::TaskMetrics::Make(
      {.registry = &registry, .window = {}, .clock = &clock, .connector = "c", .task = 0});
  std::unique_ptr<SinkTask> task;  // last
};

}  // namespace sluice::task::testing

#endif  // SLUICE_RUNTIME_TASK_TESTING_SINK_FIXTURE_H_

// A source task among fakes, with verbs: what is polled, how sends and commits end, what came of
// it.
#ifndef SLUICE_RUNTIME_TASK_TESTING_SOURCE_FIXTURE_H_
#define SLUICE_RUNTIME_TASK_TESTING_SOURCE_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/kafka/fakes.h"
#include "runtime/task/plain_outbox.h"
#include "runtime/task/source_task.h"
#include "runtime/task/testing/fakes.h"

namespace sluice::task::testing {

using Record = SourceScript::Record;

class SourceTaskTest : public ::testing::Test {
 protected:
  SourceTaskTest() {
    producer.auto_ack = true;
    counts->SetKind(true);
  }
  std::string Metric(const std::string& name) { return MetricOf(registry, name); }

  void TearDown() override {  // before what hooks refer to is gone
    producer.on_send = producer.on_ack = nullptr;
    task.reset();
  }

  void Make() {
    SourceTaskParts parts;
    parts.resolve_config = [] { return config::ConfigMap(); };
    parts.make_plugin =
        [this](plugin::SourceHost& host) -> StatusOr<std::unique_ptr<plugin::SourcePlugin>> {
      source_host = &host;
      return std::unique_ptr<plugin::SourcePlugin>(std::make_unique<FakeSource>(script, clock));
    };
    parts.key_converter = std::make_unique<TextConverter>();
    parts.value_converter = std::make_unique<TextConverter>();
    parts.header_converter = std::make_unique<TextHeaderConverter>();
    parts.make_errors = [this](Waiter& waiter) {
      std::vector<std::unique_ptr<errors::Reporter>> reporters;
      reporters.push_back(std::make_unique<FakeReporter>(reports));
      return std::make_unique<errors::ErrorHandler>(settings, clock, waiter, std::move(reporters));
    };
    parts.make_outbox = [this](OffsetTracker& tracker, OutboxListener& listener,
                               metrics::TaskMetrics& metrics) -> StatusOr<std::unique_ptr<Outbox>> {
      PlainOutboxOptions options;
      options.control = control.get();
      options.clock = &clock;
      options.sleeper = &waiter;
      return std::unique_ptr<Outbox>(std::make_unique<PlainOutbox>(
          options, std::make_unique<kafka::BorrowedProducer>(producer), tracker, writer, listener,
          metrics));
    };
    parts.stored_offsets = [](const sluice_value*, size_t count, abi::Arena&) {
      return StatusOr<std::vector<sluice_value>>(std::vector<sluice_value>(count));
    };
    if (creation) {
      parts.topics = std::make_unique<TopicCreator>(
          [this](std::string_view) { return &group; },
          [this]() -> StatusOr<std::unique_ptr<kafka::Admin>> {
            return std::unique_ptr<kafka::Admin>(std::make_unique<BorrowedAdmin>(admin));
          },
          milliseconds(1000));
    }
    parts.on_topic_used = [this](const std::string& topic) { topics.push_back(topic); };
    parts.in_flight_bytes_max = budget;
    parts.control = control;
    parts.metrics = counts;
    parts.clock = &clock;
    parts.sleeper = &waiter;
    task = std::make_unique<SourceTask>(std::move(parts));
  }
  void StartTask() {
    Make();
    ASSERT_TRUE(task->Start().ok());
  }
  void Queue(std::vector<std::string> values) {
    std::vector<Record> batch;
    for (std::string& value : values) batch.push_back({std::move(value), "p", ++offset});
    script.batches.push_back(std::move(batch));
  }
  Status Turn(int times = 1) {
    for (int i = 0; i < times; ++i) SLUICE_RETURN_IF_ERROR(task->RunOnce());
    return OkStatus();
  }
  std::vector<std::string> Sent() const {
    std::vector<std::string> values;
    for (const auto& record : producer.sent) values.push_back(record.value.value_or("null"));
    return values;
  }
  void PassFlushInterval() { clock.Advance(milliseconds(60000)); }

  class BorrowedAdmin : public kafka::FakeAdmin {
   public:
    explicit BorrowedAdmin(kafka::FakeAdmin& admin) : admin_(admin) {}
    StatusOr<std::optional<kafka::TopicInfo>> DescribeTopic(std::string_view topic,
                                                            milliseconds timeout) override {
      return admin_.DescribeTopic(topic, timeout);
    }
    Status CreateTopic(const kafka::NewTopic& topic, milliseconds timeout) override {
      return admin_.CreateTopic(topic, timeout);
    }

   private:
    kafka::FakeAdmin& admin_;
  };

  FakeClock clock;
  TurningWaiter waiter{clock};
  std::shared_ptr<Control> control = std::make_shared<Control>();
  SourceScript script;
  OffsetLog offsets;
  FakeOffsetWriter writer{offsets};
  kafka::FakeProducer producer;
  ReportLog reports;
  config::ErrorSettings settings;
  kafka::FakeAdmin admin;
  config::TopicCreationGroup group;
  bool creation = false;
  size_t budget = 16 << 20;
  std::vector<std::string> topics;
  plugin::SourceHost* source_host = nullptr;
  int64_t offset = 0;
  metrics::Registry registry;
  std::shared_ptr<metrics::TaskMetrics> counts = metrics::TaskMetrics::Make(
      {.registry = &registry, .window = {}, .clock = &clock, .connector = "c", .task = 0});
  std::unique_ptr<SourceTask> task;  // last
};

}  // namespace sluice::task::testing

#endif  // SLUICE_RUNTIME_TASK_TESTING_SOURCE_FIXTURE_H_

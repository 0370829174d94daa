// A dead letter queue over a fake producer, for its tests: what fails, and what is made of it.
#ifndef SLUICE_RUNTIME_ERRORS_DLQ_FIXTURE_H_
#define SLUICE_RUNTIME_ERRORS_DLQ_FIXTURE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/errors/dlq_reporter.h"
#include "runtime/kafka/fakes.h"

namespace sluice::errors {

// Turns the clock, and acknowledges as the test wants while somebody waits.
class TestWaiter : public Waiter {
 public:
  explicit TestWaiter(FakeClock& clock) : clock_(clock) {}
  bool Wait(milliseconds time) override {
    ++waits;
    clock_.Advance(time);
    if (on_wait) on_wait();
    return !stop;
  }
  int waits = 0;
  bool stop = false;
  std::function<void()> on_wait;

 private:
  FakeClock& clock_;
};

inline record::Bytes Raw(std::string_view text) { return {text.data(), text.size()}; }

class DlqTest : public ::testing::Test {
 protected:
  DlqTest() {
    SetTopic("dead");
    options_.format.connector = "jdbc";
    options_.format.task = 2;
    options_.format.write_record = [](const sluice_record& record, bool short_form,
                                      std::string& out) {
      const std::string_view value = abi::Text(record.value);
      StrAppend(out, short_form ? "short " : "record ",
                value.substr(0, short_form ? 5 : value.npos));
    };
    options_.format.write_map = [](const sluice_value* map, std::string& out) {
      out.append(map == nullptr ? "null" : abi::Text(*map));
    };
    consumed_.topic = "orders";
    consumed_.partition = 3;
    consumed_.offset = 17;
    consumed_.timestamp = 1700000000123;
    consumed_.key = Raw("key");
    consumed_.value = Raw("{broken");
  }
  void SetTopic(std::string_view text) { options_.topic = *config::DlqTopic::Parse(text, "jdbc"); }
  DlqReporter& Make() {
    DlqOutside outside;
    outside.make_producer = [this]() -> StatusOr<std::unique_ptr<kafka::Producer>> {
      ++producers_made_;
      if (!make_error_.ok()) return make_error_;
      return std::make_unique<kafka::BorrowedProducer>(producer_);
    };
    outside.make_topic = [this](const std::string& topic, Waiter&) {
      topics_made_.push_back(topic);
      return topic_error_;
    };
    outside.check_topic = [](std::string_view topic) {
      return topic == "orders" ? ConnectError(StrCat(topic, " is consumed")) : OkStatus();
    };
    reporter_.emplace(options_, std::move(outside), clock_, waiter_);
    reporter_->Attach(counts_);
    return *reporter_;
  }
  Failure Fail(Status error = DataError("Unexpected character")) {
    return {Stage::kValueConverter, "org.apache.kafka.connect.json.JsonConverter", std::move(error),
            1, Subject{&consumed_, nullptr}};
  }

  FakeClock clock_;
  TestWaiter waiter_{clock_};
  kafka::FakeProducer producer_;
  Status make_error_, topic_error_;
  std::vector<std::string> topics_made_;
  int producers_made_ = 0;
  metrics::ErrorCounts counts_;
  DlqOptions options_;
  ConsumedRecord consumed_;
  std::optional<DlqReporter> reporter_;
};

}  // namespace sluice::errors

#endif  // SLUICE_RUNTIME_ERRORS_DLQ_FIXTURE_H_

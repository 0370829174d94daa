// A subscription by a regular expression in Java's sense: the names of all topics are matched here,
// because librdkafka's own expressions are others. For this folder's files only; the consumer's
// thread.
#ifndef SLUICE_RUNTIME_KAFKA_PATTERN_SUBSCRIPTION_H_
#define SLUICE_RUNTIME_KAFKA_PATTERN_SUBSCRIPTION_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/java_regex.h"
#include "runtime/base/status.h"

struct rd_kafka_s;

namespace sluice::kafka {

class PatternSubscription {
 public:
  // Looks for new topics every `interval` (metadata.max.age.ms). Error: no regular expression.
  static StatusOr<PatternSubscription> Make(std::string_view java_regex, milliseconds interval,
                                            bool exclude_internal);
  bool due(TimePoint now) const { return now >= next_; }
  // Asks the brokers. The topics to subscribe to if they are others than the last time. Brokers
  // that do not answer are asked again soon. Error: the expression takes too long.
  StatusOr<std::optional<std::vector<std::string>>> Refresh(rd_kafka_s* client, TimePoint now);

 private:
  PatternSubscription(JavaRegex regex, milliseconds interval, bool exclude_internal)
      : regex_(std::move(regex)), interval_(interval), exclude_internal_(exclude_internal) {}

  JavaRegex regex_;
  milliseconds interval_;
  bool exclude_internal_;
  TimePoint next_{};
  std::vector<std::string> topics_;
};

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_PATTERN_SUBSCRIPTION_H_

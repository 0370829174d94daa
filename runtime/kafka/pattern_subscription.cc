#include "runtime/kafka/pattern_subscription.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "runtime/base/log.h"

namespace sluice::kafka {
namespace {

constexpr int kMetadataWaitMs = 2000;
constexpr milliseconds kRetry{1000};
constexpr milliseconds kRetryUnmatched{30000};  // nothing to consume yet: look more often

bool IsInternal(std::string_view topic) {
  return topic == "__consumer_offsets" || topic == "__transaction_state" ||
         topic == "__share_group_state";
}

}  // namespace

StatusOr<PatternSubscription> PatternSubscription::Make(std::string_view java_regex,
                                                        milliseconds interval,
                                                        bool exclude_internal) {
  SLUICE_ASSIGN_OR_RETURN(JavaRegex regex, JavaRegex::Compile(java_regex));
  return PatternSubscription(std::move(regex), interval, exclude_internal);
}

StatusOr<std::optional<std::vector<std::string>>> PatternSubscription::Refresh(rd_kafka_s* client,
                                                                               TimePoint now) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t code =
      rd_kafka_metadata(client, 1, nullptr, &metadata, kMetadataWaitMs);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    LogWarn("kafka", "Could not list topics to match ", regex_.pattern(), ": ",
            rd_kafka_err2str(code), ". Trying again");
    next_ = now + kRetry;
    return std::nullopt;
  }
  const std::unique_ptr<const rd_kafka_metadata_t, decltype(&rd_kafka_metadata_destroy)> owner(
      metadata, rd_kafka_metadata_destroy);
  std::vector<std::string> topics;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    if (exclude_internal_ && IsInternal(topic.topic)) continue;
    SLUICE_ASSIGN_OR_RETURN(const bool matches, regex_.Matches(topic.topic));
    if (matches) topics.emplace_back(topic.topic);
  }
  std::sort(topics.begin(), topics.end());
  next_ = now + (topics.empty() ? std::min(interval_, kRetryUnmatched) : interval_);
  if (topics == topics_) return std::nullopt;
  topics_ = topics;
  return std::optional(std::move(topics));
}

}  // namespace sluice::kafka

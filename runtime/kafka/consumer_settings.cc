#include "runtime/kafka/consumer_settings.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "runtime/base/text.h"

namespace sluice::kafka {
namespace {

int64_t ResetOffset(const config::ClientProperties& properties) {
  const auto found = properties.rdkafka.find("auto.offset.reset");
  std::string_view policy = "latest";
  if (found != properties.rdkafka.end()) policy = found->second;
  if (policy == "earliest" || policy == "smallest" || policy == "beginning") {
    return RD_KAFKA_OFFSET_BEGINNING;
  }
  if (policy == "latest" || policy == "largest" || policy == "end") return RD_KAFKA_OFFSET_END;
  return RD_KAFKA_OFFSET_INVALID;  // librdkafka looks, finds nothing and says so
}

milliseconds MetadataInterval(const config::ClientProperties& properties) {
  const auto found = properties.rdkafka.find("topic.metadata.refresh.interval.ms");
  const auto number = found == properties.rdkafka.end() ? std::nullopt : ParseInt64(found->second);
  return milliseconds(number.value_or(300'000) > 0 ? number.value_or(300'000) : 300'000);
}

bool ExcludeInternal(const config::ClientProperties& properties) {
  const auto found = properties.java.find("exclude.internal.topics");
  return found == properties.java.end() || !EqualsIgnoreCase(found->second, "false");
}

}  // namespace

ConsumerSettings ReadConsumerSettings(const config::ClientProperties& properties) {
  return {static_cast<size_t>(std::max(1, properties.max_poll_records)),
          MetadataInterval(properties), ExcludeInternal(properties), ResetOffset(properties)};
}

}  // namespace sluice::kafka

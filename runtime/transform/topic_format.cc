#include "runtime/transform/topic_format.h"

#include <utility>

namespace sluice::transform {

TopicFormat::TopicFormat(std::string_view format, record::JavaDateFormat timestamp)
    : timestamp_(std::move(timestamp)) {
  constexpr std::string_view kTopic = "${topic}", kTimestamp = "${timestamp}";
  for (size_t at = 0; at < format.size();) {
    const std::string_view rest = format.substr(at);
    if (rest.starts_with(kTopic)) {
      parts_.push_back({What::kTopic, {}});
      at += kTopic.size();
    } else if (rest.starts_with(kTimestamp)) {
      parts_.push_back({What::kTimestamp, {}});
      at += kTimestamp.size();
    } else {
      if (parts_.empty() || parts_.back().what != What::kText) parts_.push_back({What::kText, {}});
      parts_.back().text.push_back(format[at++]);
    }
  }
}

void TopicFormat::Append(std::string& out, std::string_view topic, int64_t timestamp) const {
  for (const Part& part : parts_) {
    if (part.what == What::kText) out.append(part.text);
    if (part.what == What::kTopic) out.append(topic);
    if (part.what == What::kTimestamp) timestamp_.Append(out, timestamp);
  }
}

}  // namespace sluice::transform

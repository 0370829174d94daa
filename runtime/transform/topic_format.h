// A new name for a topic, as the routers' topic.format writes it: ${topic} and ${timestamp} stand
// for what the record has. Compiled once; immutable, any thread.
#ifndef SLUICE_RUNTIME_TRANSFORM_TOPIC_FORMAT_H_
#define SLUICE_RUNTIME_TRANSFORM_TOPIC_FORMAT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/record/java_date_format.h"

namespace sluice::transform {

class TopicFormat {
 public:
  TopicFormat(std::string_view format, record::JavaDateFormat timestamp);
  void Append(std::string& out, std::string_view topic, int64_t timestamp) const;

 private:
  enum class What { kText, kTopic, kTimestamp };
  struct Part {
    What what;
    std::string text;
  };

  std::vector<Part> parts_;
  record::JavaDateFormat timestamp_;
};

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_TOPIC_FORMAT_H_

// TimestampRouter: the topic's new name has the record's time in it.
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/clock.h"
#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/java_date_format.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/topic_format.h"

namespace sluice::transform {
namespace {

using record::JavaDateFormat;

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.TimestampRouter";

config::ConfigKey TextKey(std::string_view name, std::string_view otherwise,
                          std::string_view documentation) {
  config::ConfigKey key;
  key.name = std::string(name);
  key.default_value = std::string(otherwise);
  key.importance = config::Importance::kHigh;
  key.documentation = std::string(documentation);
  return key;
}

const config::ConfigDef& Definition() {
  static const auto* const definition = new config::ConfigDef(
      {TextKey("topic.format", "${topic}-${timestamp}",
               "The new name: ${topic} and ${timestamp} stand for what the record has."),
       TextKey("timestamp.format", "yyyyMMdd",
               "How the time is written, as java.text.SimpleDateFormat has it, in UTC.")});
  return *definition;
}

class TimestampRouter : public Transform {
 public:
  explicit TimestampRouter(TopicFormat format) : format_(std::move(format)) {}
  std::string_view class_name() const override { return kName; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    if (record.timestamp == SLUICE_NO_TIMESTAMP) return NoTimestamp(record);
    if (record.topic.data == nullptr) {
      return ExceptionError(absl::StatusCode::kInvalidArgument, "java.lang.NullPointerException",
                            "TimestampRouter needs a record with a topic, and this one has none");
    }
    scratch_.clear();
    format_.Append(scratch_, abi::View(record.topic), record.timestamp);
    record.topic = abi::Str(memory.arena().Copy(scratch_));
    return true;
  }

 private:
  // Java's text goes on with the whole record; what it holds is nothing for a log.
  static Status NoTimestamp(const sluice_record& record) {
    std::string text = StrCat("Timestamp missing on record: topic='", abi::View(record.topic), "'");
    if (record.original_offset != SLUICE_NO_OFFSET) {
      StrAppend(text, ", originalTopic='", abi::View(record.original_topic),
                "', originalKafkaPartition=", record.original_partition,
                ", originalKafkaOffset=", record.original_offset);
    }
    return DataError(text);
  }

  const TopicFormat format_;
  std::string scratch_;
};

StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  const std::string& pattern = parsed.Text("timestamp.format");
  auto format = JavaDateFormat::Compile(pattern, Clock::System().WallMillis());
  if (!format.ok()) {  // at the first record in Java
    return ConfigError(StrCat("Invalid value ", pattern,
                              " for configuration timestamp.format: ", Message(format.status())));
  }
  return std::make_unique<TimestampRouter>(
      TopicFormat(parsed.Text("topic.format"), *std::move(format)));
}

}  // namespace

void AddTimestampRouter(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kName), &Definition(), &Make});
}

}  // namespace sluice::transform

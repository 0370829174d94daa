// Confluent's MessageTimestampRouter: the topic's new name has a time in it that a field tells.
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/java_date_format.h"
#include "runtime/record/value.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/topic_format.h"

namespace sluice::transform {
namespace {

using config::ConfigType;
using config::Importance;
using record::JavaDateFormat;

constexpr std::string_view kName = "io.confluent.connect.transforms.MessageTimestampRouter";

const config::ConfigDef& Definition() {
  static const auto* const definition = new config::ConfigDef(
      {OptionalKey("topic.format", ConfigType::kString, "${topic}-${timestamp}", Importance::kHigh,
                   "The new name: ${topic} and ${timestamp} stand for what the record has."),
       RequiredKey("message.timestamp.format", ConfigType::kString, Importance::kHigh,
                   "How the fields write the time, as java.text.SimpleDateFormat has it, in UTC."),
       RequiredKey("topic.timestamp.format", ConfigType::kString, Importance::kHigh,
                   "How the new name writes it, as java.text.SimpleDateFormat has it, in UTC."),
       RequiredKey("message.timestamp.keys", ConfigType::kList, Importance::kHigh,
                   "Fields that may have the time; the first one that the record has counts.")});
  return *definition;
}

class MessageTimestampRouter : public Transform {
 public:
  MessageTimestampRouter(config::ConfigList keys, JavaDateFormat message, TopicFormat topic)
      : keys_(std::move(keys)), message_(std::move(message)), topic_(std::move(topic)) {}
  std::string_view class_name() const override { return kName; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    SLUICE_RETURN_IF_ERROR(RequireMap(record.value, "message timestamp routing"));
    const sluice_value* found = nullptr;
    for (size_t i = 0; i < keys_.size() && found == nullptr; ++i) {
      found = abi::Find(record.value, keys_[i]);
    }
    if (found == nullptr || found->kind == SLUICE_NULL) {
      return RecordError(
          StrCat("No timestamp in the fields ", StrJoin(keys_, ", "), " of the message"), record);
    }
    SLUICE_ASSIGN_OR_RETURN(const int64_t timestamp, Millis(*found, record));
    scratch_.clear();
    topic_.Append(scratch_, abi::View(record.topic), timestamp);
    record.topic = abi::Str(memory.arena().Copy(scratch_));
    return true;
  }

 private:
  StatusOr<int64_t> Millis(const sluice_value& found, const sluice_record& record) const {
    if (record::IsDateKind(found.kind)) return record::DateMillis(found);
    if (found.kind == SLUICE_INT64) return found.as.int64;
    if (found.kind == SLUICE_STRING) {
      if (const auto parsed = message_.Parse(abi::Text(found))) return *parsed;
    }
    return RecordError(StrCat("The message's timestamp is not of the format '", message_.pattern(),
                              "', but a ", record::JavaClassName(found)),
                       record);
  }

  const config::ConfigList keys_;
  const JavaDateFormat message_;
  const TopicFormat topic_;
  std::string scratch_;
};

StatusOr<JavaDateFormat> Format(std::string_view key, const config::ParsedConfig& parsed) {
  const std::string& pattern = parsed.Text(key);
  auto format = JavaDateFormat::Compile(pattern, Clock::System().WallMillis());
  if (format.ok()) return format;
  return ConfigError(StrCat("Invalid value ", pattern, " for configuration ", key, ": ",
                            Message(format.status())));
}

StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  SLUICE_ASSIGN_OR_RETURN(JavaDateFormat message, Format("message.timestamp.format", parsed));
  SLUICE_ASSIGN_OR_RETURN(JavaDateFormat topic, Format("topic.timestamp.format", parsed));
  return std::make_unique<MessageTimestampRouter>(
      parsed.List("message.timestamp.keys"), std::move(message),
      TopicFormat(parsed.Text("topic.format"), std::move(topic)));
}

}  // namespace

void AddMessageTimestampRouter(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kName), &Definition(), &Make});
}

}  // namespace sluice::transform

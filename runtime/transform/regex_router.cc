// RegexRouter: renames the topic of records whose topic matches a pattern.
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/java_regex.h"
#include "runtime/config/config_def.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/topic_memo.h"

namespace sluice::transform {
namespace {

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.RegexRouter";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey regex;
    regex.name = "regex";
    regex.required = true;
    regex.validator = config::Validator::Regex();
    regex.importance = config::Importance::kHigh;
    regex.documentation = "The pattern that the whole topic name must match.";
    config::ConfigKey replacement;
    replacement.name = "replacement";
    replacement.required = true;
    replacement.importance = config::Importance::kHigh;
    replacement.documentation = "The new name: $1 and ${name} are the pattern's groups.";
    return new config::ConfigDef({regex, replacement});
  }();
  return *definition;
}

class RegexRouter : public Transform {
 public:
  RegexRouter(JavaRegex regex, std::string replacement)
      : regex_(std::move(regex)), replacement_(std::move(replacement)) {}
  std::string_view class_name() const override { return kName; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    if (record.topic.data == nullptr) {
      return ExceptionError(absl::StatusCode::kInvalidArgument, "java.lang.NullPointerException",
                            "RegexRouter needs a record with a topic, and this one has none");
    }
    const std::string* routed = memo_.Find(abi::View(record.topic));
    if (routed == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(std::string made, Route(abi::View(record.topic)));
      routed = memo_.Put(abi::View(record.topic), std::move(made));
    }
    // The name is copied: the memo may forget it while the record is still on its way.
    if (*routed != abi::View(record.topic)) record.topic = abi::Str(memory.arena().Copy(*routed));
    return true;
  }

 private:
  StatusOr<std::string> Route(std::string_view topic) const {
    SLUICE_ASSIGN_OR_RETURN(const bool matches, regex_.Matches(topic));
    if (!matches) return std::string(topic);
    std::string routed;
    SLUICE_RETURN_IF_ERROR(regex_.ReplaceFirst(topic, replacement_, routed));
    return routed;
  }

  const JavaRegex regex_;
  const std::string replacement_;
  TopicMemo<std::string> memo_;
};

StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  StatusOr<JavaRegex> regex = JavaRegex::Compile(parsed.Text("regex"));
  if (!regex.ok()) return Wrap(regex.status(), kConfigException, Message(regex.status()));
  return std::make_unique<RegexRouter>(*std::move(regex), parsed.Text("replacement"));
}

}  // namespace

void AddRegexRouter(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kName), &Definition(), &Make});
}

}  // namespace sluice::transform

// The predicates that may guard a transform: HasHeaderKey, RecordIsTombstone, TopicNameMatches.
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/java_regex.h"
#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/topic_memo.h"

namespace sluice::transform {
namespace {

constexpr std::string_view kHasHeaderKey =
    "org.apache.kafka.connect.transforms.predicates.HasHeaderKey";
constexpr std::string_view kRecordIsTombstone =
    "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone";
constexpr std::string_view kTopicNameMatches =
    "org.apache.kafka.connect.transforms.predicates.TopicNameMatches";

config::ConfigKey RequiredKey(std::string_view name, config::Validator validator,
                              std::string_view doc) {
  config::ConfigKey key;
  key.name = std::string(name);
  key.required = true;
  key.validator = std::move(validator);
  key.documentation = std::string(doc);
  return key;
}

class HasHeaderKey : public Predicate {
 public:
  explicit HasHeaderKey(std::string name) : name_(std::move(name)) {}
  std::string_view class_name() const override { return kHasHeaderKey; }
  StatusOr<bool> Test(const sluice_record& record) override {
    for (size_t i = 0; i < record.header_count; ++i) {
      if (abi::View(record.headers[i].key) == name_) return true;
    }
    return false;
  }

 private:
  const std::string name_;
};

class RecordIsTombstone : public Predicate {
 public:
  std::string_view class_name() const override { return kRecordIsTombstone; }
  StatusOr<bool> Test(const sluice_record& record) override {
    return record.value.kind == SLUICE_NULL;
  }
};

class TopicNameMatches : public Predicate {
 public:
  explicit TopicNameMatches(JavaRegex pattern) : pattern_(std::move(pattern)) {}
  std::string_view class_name() const override { return kTopicNameMatches; }
  StatusOr<bool> Test(const sluice_record& record) override {
    if (record.topic.data == nullptr) return false;
    const std::string_view topic = abi::View(record.topic);
    const Answer* known = memo_.Find(topic);
    if (known == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(const bool matches, pattern_.Matches(topic));
      known = memo_.Put(topic, {matches});
    }
    return known->matches;
  }

 private:
  struct Answer {
    bool matches;
  };
  const JavaRegex pattern_;
  TopicMemo<Answer> memo_;
};

const config::ConfigDef& HasHeaderKeyDefinition() {
  static const auto* const definition = new config::ConfigDef(
      {RequiredKey("name", config::Validator::NonEmpty(), "The key that a header must have.")});
  return *definition;
}

const config::ConfigDef& RecordIsTombstoneDefinition() {
  static const auto* const definition = new config::ConfigDef;
  return *definition;
}

// Not empty and a pattern: one validator for both.
const config::ConfigDef& TopicNameMatchesDefinition() {
  static const auto* const definition = new config::ConfigDef({RequiredKey(
      "pattern", config::Validator::Custom([](std::string_view text) -> std::optional<std::string> {
        if (Trim(text).empty()) return "String must be non-empty";
        StatusOr<JavaRegex> regex = JavaRegex::Compile(text);
        if (regex.ok()) return std::nullopt;
        return StrCat("Invalid regex: ", Message(regex.status()));
      }),
      "The pattern that the whole topic name must match.")});
  return *definition;
}

StatusOr<std::unique_ptr<Predicate>> MakeHasHeaderKey(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed,
                          HasHeaderKeyDefinition().Parse(settings));
  return std::make_unique<HasHeaderKey>(parsed.Text("name"));
}
StatusOr<std::unique_ptr<Predicate>> MakeRecordIsTombstone(const config::ConfigMap&) {
  return std::make_unique<RecordIsTombstone>();
}
StatusOr<std::unique_ptr<Predicate>> MakeTopicNameMatches(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed,
                          TopicNameMatchesDefinition().Parse(settings));
  SLUICE_ASSIGN_OR_RETURN(JavaRegex pattern, JavaRegex::Compile(parsed.Text("pattern")));
  return std::make_unique<TopicNameMatches>(std::move(pattern));
}

}  // namespace

void AddPredicates(std::vector<PredicateClass>& classes) {
  classes.push_back({std::string(kHasHeaderKey), &HasHeaderKeyDefinition(), &MakeHasHeaderKey});
  classes.push_back(
      {std::string(kRecordIsTombstone), &RecordIsTombstoneDefinition(), &MakeRecordIsTombstone});
  classes.push_back(
      {std::string(kTopicNameMatches), &TopicNameMatchesDefinition(), &MakeTopicNameMatches});
}

}  // namespace sluice::transform

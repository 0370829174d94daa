#include "runtime/config/topic_creation.h"

#include <limits>
#include <set>
#include <utility>

#include "runtime/base/java_regex.h"
#include "runtime/base/text.h"

namespace sluice::config {
namespace {

constexpr std::string_view kPrefix = "topic.creation.";
constexpr std::string_view kDefault = "default";

// A count of partitions or replicas: at least 1, or -1.
StatusOr<int> Count(const std::string& key, const ConfigMap& config, ConfigType type,
                    std::optional<int> otherwise) {
  const std::string* text = config.Find(key);
  if (text == nullptr) {
    if (otherwise) return *otherwise;
    return ConfigError(
        StrCat("Missing required configuration \"", key, "\" which has no default value."));
  }
  SLUICE_ASSIGN_OR_RETURN(const ParsedValue value, ParseConfigValue(key, *text, type));
  const int64_t count = std::get<int64_t>(value);
  if (count < 1 && count != -1) {
    return ConfigError(
        StrCat("Invalid value ", count, " for configuration ", key, ": ",
               type == ConfigType::kShort ? "Replication factor" : "Number of partitions",
               " must be positive",
               type == ConfigType::kShort
                   ? " and not larger than the number of brokers in the Kafka cluster"
                   : "",
               ", or -1 to use the broker's default"));
  }
  return static_cast<int>(count);
}

StatusOr<ConfigList> Patterns(const std::string& key, const ConfigMap& config) {
  const ConfigList patterns = SplitList(config.Get(key));
  for (const std::string& pattern : patterns) {
    const auto regex = JavaRegex::Compile(pattern);
    if (!regex.ok()) {
      return ConfigError(StrCat("Invalid value ", pattern, " for configuration ", key,
                                ": Invalid regex: ", Message(regex.status())));
    }
  }
  return patterns;
}

StatusOr<TopicCreationGroup> ParseGroup(const std::string& name, const ConfigMap& config,
                                        const TopicCreationGroup* otherwise) {
  const std::string prefix = StrCat(kPrefix, name, ".");
  TopicCreationGroup group;
  group.name = name;
  const auto base = [&](int TopicCreationGroup::*member) -> std::optional<int> {
    if (otherwise == nullptr) return std::nullopt;
    return otherwise->*member;
  };
  SLUICE_ASSIGN_OR_RETURN(group.replication_factor,
                          Count(prefix + "replication.factor", config, ConfigType::kShort,
                                base(&TopicCreationGroup::replication_factor)));
  SLUICE_ASSIGN_OR_RETURN(group.partitions, Count(prefix + "partitions", config, ConfigType::kInt,
                                                  base(&TopicCreationGroup::partitions)));
  if (otherwise == nullptr) {
    group.include = {".*"};
  } else {
    SLUICE_ASSIGN_OR_RETURN(group.include, Patterns(prefix + "include", config));
    SLUICE_ASSIGN_OR_RETURN(group.exclude, Patterns(prefix + "exclude", config));
  }
  const std::set<std::string_view> own = {"include", "exclude", "replication.factor", "partitions"};
  for (const auto& [key, value] : config.WithPrefix(prefix)) {
    if (!own.contains(key)) group.settings.Set(key, value);
  }
  return group;
}

bool MatchesAny(const ConfigList& patterns, std::string_view topic) {
  for (const std::string& pattern : patterns) {
    const auto regex = JavaRegex::Compile(pattern);
    if (!regex.ok()) continue;  // refused when parsed
    const auto matches = regex->Matches(topic);
    if (matches.ok() && *matches) return true;
  }
  return false;
}

}  // namespace

StatusOr<std::vector<TopicCreationGroup>> ParseTopicCreation(const ConfigMap& config,
                                                             std::vector<std::string>& warnings) {
  std::vector<TopicCreationGroup> groups;
  if (config.WithPrefix(kPrefix).empty()) return groups;
  SLUICE_ASSIGN_OR_RETURN(TopicCreationGroup fallback,
                          ParseGroup(std::string(kDefault), config, nullptr));
  for (const std::string& name : SplitList(config.Get("topic.creation.groups"))) {
    if (name == kDefault) {
      warnings.push_back("topic.creation.groups names 'default', which is always there");
      continue;
    }
    SLUICE_ASSIGN_OR_RETURN(TopicCreationGroup group, ParseGroup(name, config, &fallback));
    groups.push_back(std::move(group));
  }
  groups.push_back(std::move(fallback));
  return groups;
}

const TopicCreationGroup* FindTopicCreationGroup(const std::vector<TopicCreationGroup>& groups,
                                                 std::string_view topic) {
  for (const TopicCreationGroup& group : groups) {
    if (group.name == kDefault) return &group;
    if (MatchesAny(group.include, topic) && !MatchesAny(group.exclude, topic)) return &group;
  }
  return nullptr;
}

}  // namespace sluice::config

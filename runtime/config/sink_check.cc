// Cross checks between the keys of a sink connector.
#include <algorithm>

#include "runtime/base/java_regex.h"
#include "runtime/base/text.h"
#include "runtime/config/connector_config.h"

namespace sluice::config {
namespace {

constexpr char kTopics[] = "topics";
constexpr char kRegex[] = "topics.regex";
constexpr char kDlq[] = "errors.deadletterqueue.topic.name";

// The dead letter queue must not feed itself.
void CheckDlq(const ConfigMap& config, const ConfigList& topics, std::string_view regex,
              ConfigErrors& errors) {
  const std::string dlq(Trim(config.Get(kDlq)));
  if (dlq.empty()) return;
  if (std::find(topics.begin(), topics.end(), dlq) != topics.end()) {
    errors.emplace_back(kTopics, StrCat("The DLQ topic '", dlq,
                                        "' may not be included in the list of topics ('topics=[",
                                        StrJoin(topics, ", "), "]') consumed by the connector"));
  }
  if (regex.empty()) return;
  const auto compiled = JavaRegex::Compile(regex);
  if (!compiled.ok()) return;  // its own validator says so
  const auto matches = compiled->Matches(dlq);
  if (matches.ok() && *matches) {
    errors.emplace_back(kRegex, StrCat("The DLQ topic '", dlq,
                                       "' may not be matched by the regex for the topics "
                                       "('topics.regex=",
                                       regex, "') consumed by the connector"));
  }
}

// A sink that consumed with the workers' own group would never get an assignment.
void CheckGroup(const ConfigMap& config, const WorkerConfig& worker, ConfigErrors& errors) {
  constexpr char kGroup[] = "consumer.override.group.id";
  if (worker.mode != WorkerMode::kDistributed) return;
  if (const std::string* group = config.Find(kGroup)) {
    if (*group == worker.group_id) {
      errors.emplace_back(kGroup, StrCat("Consumer group ", *group,
                                         " conflicts with Connect worker group ", worker.group_id));
    }
    return;
  }
  const std::string name(Trim(config.Get("name")));
  if (StrCat("connect-", name) == worker.group_id) {
    errors.emplace_back("name", StrCat("Consumer group for sink connector named ", name,
                                       " conflicts with Connect worker group ", worker.group_id));
  }
}

}  // namespace

ConfigErrors CheckSink(const ConfigMap& config, const WorkerConfig* worker) {
  ConfigErrors errors;
  const ConfigList topics = SplitList(config.Get(kTopics));
  const std::string_view regex = Trim(config.Get(kRegex));
  const char* text = nullptr;
  if (!topics.empty() && !regex.empty()) {
    text = "topics and topics.regex are mutually exclusive options, but both are set.";
  } else if (topics.empty() && regex.empty()) {
    text = "Must configure one of topics or topics.regex";
  }
  if (text != nullptr) {
    errors.emplace_back(kTopics, text);
    errors.emplace_back(kRegex, text);
  }
  CheckDlq(config, topics, regex, errors);
  if (worker != nullptr) CheckGroup(config, *worker, errors);
  return errors;
}

}  // namespace sluice::config

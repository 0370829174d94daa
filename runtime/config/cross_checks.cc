// Cross checks between the keys of a connector.
#include <algorithm>
#include <optional>
#include <set>

#include "runtime/base/java_regex.h"
#include "runtime/base/text.h"
#include "runtime/config/connector_config.h"
#include "runtime/config/dlq_topic.h"
#include "runtime/config/internal_topics.h"

namespace sluice::config {
namespace {

constexpr char kTopics[] = "topics";
constexpr char kRegex[] = "topics.regex";

// Names that the topic of letters may have, as far as they can be known: for each topic and stage.
std::set<std::string> Names(const DlqTopic& dlq, const ConfigList& topics) {
  std::set<std::string> names;
  for (const std::string& topic : topics) {
    for (std::string_view stage : SinkStages()) names.insert(dlq.Name(topic, stage));
  }
  return names;
}

// A topic that `regex` surely matches, if it is plain text with .* or .+ in it; else nothing.
ConfigList Sample(std::string_view regex) {
  std::string topic;
  for (size_t i = 0; i < regex.size(); ++i) {
    const char c = regex[i];
    const char next = i + 1 < regex.size() ? regex[i + 1] : '\0';
    if (c == '.' && (next == '*' || next == '+')) {
      topic.push_back('x');
      ++i;
    } else if (c == '\\' && (next == '.' || next == '-')) {
      topic.push_back(next);
      ++i;
    } else if (std::string_view("\\[](){}*+?|^$").find(c) == std::string_view::npos) {
      topic.push_back(c);
    } else {
      return {};
    }
  }
  return {topic};
}

// The first of the names that is an internal topic is an error.
bool CheckInternal(const DlqTopic& dlq, const std::set<std::string>& names, const ConfigMap& config,
                   const WorkerConfig* worker, ConfigErrors& errors) {
  const ConfigList internal = InternalTopics(config, worker);
  for (const std::string& name : names) {
    const Status status = CheckNotInternal(dlq, name, internal);
    if (status.ok()) continue;
    errors.emplace_back(kDlqTopicKey, Message(status));
    return false;
  }
  return true;
}

// What a source and a sink have alike; the parsed name, if there is a queue and nothing is wrong.
std::optional<DlqTopic> CheckName(const ConfigMap& config, const WorkerConfig* worker,
                                  ConfigErrors& errors) {
  const std::string_view text = Trim(config.Get(kDlqTopicKey));
  if (text.empty()) return std::nullopt;
  StatusOr<DlqTopic> dlq = DlqTopic::Parse(text, Trim(config.Get("name")));
  if (!dlq.ok()) {
    errors.emplace_back(kDlqTopicKey, Message(dlq.status()));
    return std::nullopt;
  }
  if (dlq->fixed() && !CheckInternal(*dlq, {dlq->Name("", "")}, config, worker, errors)) {
    return std::nullopt;
  }
  return *std::move(dlq);
}

// The dead letter queue must not feed itself. What cannot be known here, as the regex's topics
// cannot, is checked for each topic of letters before the first one is written to it.
void CheckDlq(const ConfigMap& config, const WorkerConfig* worker, const ConfigList& topics,
              std::string_view regex, ConfigErrors& errors) {
  const std::optional<DlqTopic> dlq = CheckName(config, worker, errors);
  if (!dlq) return;
  const std::set<std::string> names = Names(*dlq, topics);
  if (!dlq->fixed() && !CheckInternal(*dlq, names, config, worker, errors)) return;
  for (const std::string& name : names) {
    if (std::find(topics.begin(), topics.end(), name) == topics.end()) continue;
    errors.emplace_back(kTopics, StrCat("The DLQ topic '", name,
                                        "' may not be included in the list of topics ('topics=[",
                                        StrJoin(topics, ", "), "]') consumed by the connector"));
    break;
  }
  if (regex.empty()) return;
  const auto compiled = JavaRegex::Compile(regex);
  if (!compiled.ok()) return;  // its own validator says so
  const auto consumed = [&](const std::string& topic) {
    const auto matches = compiled->Matches(topic);
    return matches.ok() && *matches;
  };
  ConfigList sample = dlq->by_topic() ? Sample(regex) : ConfigList{""};
  if (dlq->by_topic() && !sample.empty() && !consumed(sample.front())) sample.clear();
  for (const std::string& name : Names(*dlq, sample)) {
    if (!consumed(name)) continue;
    errors.emplace_back(kRegex, StrCat("The DLQ topic '", name,
                                       "' may not be matched by the regex for the topics "
                                       "('topics.regex=",
                                       regex, "') consumed by the connector"));
    break;
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
  CheckDlq(config, worker, topics, regex, errors);
  if (worker != nullptr) CheckGroup(config, *worker, errors);
  return errors;
}

ConfigErrors CheckSource(const ConfigMap& config, const WorkerConfig* worker) {
  ConfigErrors errors;
  CheckName(config, worker, errors);
  return errors;
}

}  // namespace sluice::config

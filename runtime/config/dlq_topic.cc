#include "runtime/config/dlq_topic.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::config {
namespace {

constexpr size_t kTopicNameMax = 249;

bool IsTopicChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

Status Invalid(std::string_view value, std::string_view why) {
  return ConfigError(
      StrCat("Invalid value ", value, " for configuration ", kDlqTopicKey, ": ", why));
}

}  // namespace

StatusOr<DlqTopic> DlqTopic::Parse(std::string_view text, std::string_view connector) {
  DlqTopic parsed;
  const auto add = [&](std::string_view literal) {
    if (literal.empty()) return;
    if (parsed.pieces_.empty() || parsed.pieces_.back().kind != Piece::kText) {
      parsed.pieces_.push_back({Piece::kText, ""});
    }
    parsed.pieces_.back().text.append(literal);
  };
  for (size_t at = 0; at < text.size();) {
    const size_t open = text.find("${", at);
    add(text.substr(at, open - at));
    if (open == text.npos) break;
    const size_t close = text.find('}', open);
    if (close == text.npos) return Invalid(text, "there is no } for a ${");
    const std::string_view name = text.substr(open + 2, close - open - 2);
    at = close + 1;
    if (name == "connector") {
      std::string cleaned(connector);
      std::replace_if(
          cleaned.begin(), cleaned.end(), [](char c) { return !IsTopicChar(c); }, '_');
      add(cleaned);
    } else if (name == "topic") {
      parsed.by_topic_ = true;
      parsed.pieces_.push_back({Piece::kTopic, ""});
    } else if (name == "stage") {
      parsed.by_stage_ = true;
      parsed.pieces_.push_back({Piece::kStage, ""});
    } else {
      return Invalid(text, StrCat("there is no variable ${", name,
                                  "}; there are ${topic}, ${connector} and ${stage}"));
    }
  }
  // The shortest names that it can make.
  const Status valid = CheckTopicName(parsed.Name("t", "TASK_PUT"));
  if (!valid.ok()) return Invalid(text, Message(valid));
  return parsed;
}

void DlqTopic::AppendName(std::string& out, std::string_view topic, std::string_view stage) const {
  for (const Piece& piece : pieces_) {
    out.append(piece.kind == Piece::kText    ? std::string_view(piece.text)
               : piece.kind == Piece::kTopic ? topic
                                             : stage);
  }
}

std::string DlqTopic::Name(std::string_view topic, std::string_view stage) const {
  std::string name;
  AppendName(name, topic, stage);
  return name;
}

std::span<const std::string_view> SinkStages() {
  static constexpr std::string_view kStages[] = {"KEY_CONVERTER", "VALUE_CONVERTER",
                                                 "HEADER_CONVERTER", "TRANSFORMATION", "TASK_PUT"};
  return kStages;
}

Status CheckNotInternal(const DlqTopic& dlq, std::string_view name,
                        std::span<const std::string> storage) {
  static constexpr std::string_view kOfKafka[] = {"__consumer_offsets", "__transaction_state",
                                                  "__share_group_state", "__cluster_metadata"};
  const auto refused = [&](std::string_view why) {
    return ConfigError(StrCat("The DLQ topic '", name, "' may not ", why));
  };
  if (std::find(storage.begin(), storage.end(), name) != storage.end()) {
    return refused("be an internal topic of the worker");
  }
  if (std::find(std::begin(kOfKafka), std::end(kOfKafka), name) != std::end(kOfKafka)) {
    return refused("be an internal topic of Kafka");
  }
  if (!dlq.fixed() && name.starts_with("__")) {
    return refused("begin with __, as internal topics do; set other text before the variable");
  }
  return OkStatus();
}

Status CheckTopicName(std::string_view topic) {
  if (topic.empty() || topic == "." || topic == "..") {
    return ConfigError(StrCat("'", topic, "' cannot be the name of a topic"));
  }
  if (topic.size() > kTopicNameMax) {
    return ConfigError(
        StrCat("a topic's name has at most ", kTopicNameMax, " characters, not ", topic.size()));
  }
  const auto bad = std::find_if_not(topic.begin(), topic.end(), IsTopicChar);
  if (bad == topic.end()) return OkStatus();
  return ConfigError(StrCat("a topic's name is made of letters, digits, '.', '_' and '-'; '",
                            std::string_view(&*bad, 1), "' is none of them"));
}

ConfigDef DeadLetterDefinition() {
  const auto key = [](std::string name, ConfigType type, std::string otherwise, int order,
                      std::string display_name, std::string doc) {
    return ConfigKey{.name = "errors.deadletterqueue." + name,
                     .type = type,
                     .default_value = std::move(otherwise),
                     .importance = Importance::kMedium,
                     .documentation = std::move(doc),
                     .group = "Error Handling",
                     .order_in_group = order,
                     .width = Width::kMedium,
                     .display_name = std::move(display_name)};
  };
  ConfigDef def;
  def.Add(key("topic.name", ConfigType::kString, "", 6, "Dead Letter Queue Topic Name",
              "The topic that failed records are written to; ${topic}, ${connector} and ${stage} "
              "in it stand for where they failed. Empty: none."));
  def.Add(key("topic.replication.factor", ConfigType::kShort, "3", 7,
              "Dead Letter Queue Topic Replication Factor",
              "Its replication factor when it has to be created."));
  def.Add(key("context.headers.enable", ConfigType::kBoolean, "false", 8,
              "Enable Error Context Headers",
              "Whether dead letters carry __connect.errors.* headers that say what went wrong."));
  return def;
}

}  // namespace sluice::config

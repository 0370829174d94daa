// The framework's keys of a connector, in the peer's order.
#include "runtime/config/connector_config.h"
#include "runtime/config/dlq_topic.h"

namespace sluice::config {
namespace {

using enum ConfigType;
constexpr Importance kHi = Importance::kHigh, kMid = Importance::kMedium, kLo = Importance::kLow;

// Where a form shows a key.
struct Place {
  std::string group;
  int order;
  Width width;
  std::string display_name;
};

ConfigKey Key(std::string name, ConfigType type, std::optional<std::string> otherwise,
              Importance importance, Place place, std::string doc, Validator validator = {}) {
  return {.name = std::move(name),
          .type = type,
          .default_value = std::move(otherwise),
          .validator = std::move(validator),
          .importance = importance,
          .documentation = std::move(doc),
          .group = std::move(place.group),
          .order_in_group = place.order,
          .width = place.width,
          .display_name = std::move(place.display_name)};
}

ConfigKey Required(ConfigKey key) {
  key.required = true;
  key.default_value.reset();
  return key;
}

void AddConverters(ConfigDef& def, const WorkerConfig* worker) {
  const auto add = [&](const std::string& name, const std::string& what, int order,
                       std::optional<std::string> otherwise) {
    def.Add(Key(
        name, kClass, std::move(otherwise), kLo, {"Common", order, Width::kShort, what + " class"},
        what + ": turns Connect's values into bytes and back. Without it the worker's is used, "
               "with the worker's settings."));
    def.Add(Key(name + ".plugin.version", kString, std::nullopt, kLo,
                {"Common", order + 1, Width::kShort, what + " version"},
                "Which version of it: 1.2.3, or a range."));
  };
  const auto of = [&](std::string WorkerConfig::*member) -> std::optional<std::string> {
    if (worker == nullptr || (worker->*member).empty()) return std::nullopt;
    return worker->*member;
  };
  add("key.converter", "Key converter", 6, of(&WorkerConfig::key_converter));
  add("value.converter", "Value converter", 8, of(&WorkerConfig::value_converter));
  add("header.converter", "Header converter", 10, of(&WorkerConfig::header_converter));
}

void AddErrorKeys(ConfigDef& def) {
  const char* group = "Error Handling";
  def.Add(Key(
      "errors.retry.timeout", kLong, "0", kMid,
      {group, 1, Width::kMedium, "Retry Timeout for Errors"},
      "How long a failed operation is tried again, in milliseconds. 0: not at all; -1: for ever."));
  def.Add(Key("errors.retry.delay.max.ms", kLong, "60000", kMid,
              {group, 2, Width::kMedium, "Maximum Delay Between Retries for Errors"},
              "The longest wait between two tries."));
  def.Add(Key("errors.tolerance", kString, "none", kMid,
              {group, 3, Width::kShort, "Error Tolerance"},
              "none: a bad record fails the task. all: it is skipped, and reported where that is "
              "asked for.",
              Validator::OneOf({"none", "all"})));
  def.Add(Key("errors.log.enable", kBoolean, "false", kMid, {group, 4, Width::kShort, "Log Errors"},
              "Whether each failed operation is written to the worker's log."));
  def.Add(
      Key("errors.log.include.messages", kBoolean, "false", kMid,
          {group, 5, Width::kShort, "Log Error Details"},
          "Whether that log names the record: topic, partition and offset, or the source record."));
}

void AddSourceKeys(ConfigDef& def) {
  def.Add(
      Key("topic.creation.groups", kList, "", kLo,
          {"Topic Creation", 1, Width::kLong, "Topic Creation Groups"},
          "Names of groups of settings for topics that the connector creates, first match first.",
          Validator::Unique()));
  const char* group = "Exactly Once Support";
  def.Add(Key("exactly.once.support", kString, "requested", kMid,
              {group, 2, Width::kShort, "Exactly once support"},
              "required: refuse to run unless worker and connector can deliver exactly once.",
              Validator::OneOfIgnoreCase({"required", "requested"})));
  def.Add(
      Key("transaction.boundary", kString, "poll", kMid,
          {group, 3, Width::kShort, "Transaction Boundary"},
          "What one transaction holds: one poll, an interval of time, or what the connector says.",
          Validator::OneOfIgnoreCase({"interval", "poll", "connector"})));
  ConfigKey interval = Key("transaction.boundary.interval.ms", kLong, std::nullopt, kLo,
                           {group, 4, Width::kShort, "Transaction boundary interval"},
                           "With interval: its length. Without it offset.flush.interval.ms counts.",
                           Validator::AtLeast(0));
  def.Add(std::move(interval));
  def.Add(Key("offsets.storage.topic", kString, std::nullopt, kLo,
              {"offsets.topic", 1, Width::kLong, "Offsets topic"},
              "A topic of its own for this connector's source offsets.", Validator::NonEmpty()));
}

void AddSinkKeys(ConfigDef& def) {
  Validator topics = Validator::List(true);
  def.Add(Key("topics", kList, "", kHi, {"Common", 4, Width::kLong, "Topics"},
              "The topics to consume, comma-separated.", std::move(topics)));
  def.Add(Key("topics.regex", kString, "", kHi, {"Common", 4, Width::kLong, "Topics regex"},
              "A regular expression; topics whose whole name matches are consumed.",
              Validator::Regex()));
  const ConfigDef letters = DeadLetterDefinition();
  for (const ConfigKey& key : letters.keys()) def.Add(key);
}

}  // namespace

ConfigDef ConnectorConfig::Definition(ConnectorKind kind, const WorkerConfig* worker) {
  ConfigDef def;
  def.Add(Required(Key("name", kString, {}, kHi, {"Common", 1, Width::kMedium, "Connector name"},
                       "The connector's name, unique in the cluster.", Validator::Name())));
  def.Add(Required(
      Key("connector.class", kString, {}, kHi, {"Common", 2, Width::kLong, "Connector class"},
          "Class of the connector: full name, simple name, or that without Connector.")));
  def.Add(Key("connector.plugin.version", kString, std::nullopt, kMid,
              {"Common", 3, Width::kMedium, "Connector version"},
              "Which version of it: 1.2.3, or a range."));
  def.Add(Key("tasks.max", kInt, "1", kHi, {"Common", 4, Width::kShort, "Tasks max"},
              "How many tasks the connector may have at most.", Validator::AtLeast(1)));
  def.Add(Key("tasks.max.enforce", kBoolean, "true", kLo,
              {"Common", 5, Width::kShort, "Enforce tasks max"},
              "Deprecated. Whether more tasks than tasks.max are an error, not only a warning."));
  AddConverters(def, worker);
  def.Add(Key("transforms", kList, "", kLo, {"Transforms", 12, Width::kLong, "Transforms"},
              "Aliases of the transforms that records go through, in this order.",
              Validator::Unique()));
  def.Add(Key("predicates", kList, "", kLo, {"Predicates", 13, Width::kLong, "Predicates"},
              "Aliases of the predicates that transforms may be bound to.", Validator::Unique()));
  def.Add(Key("config.action.reload", kString, "restart", kLo,
              {"Common", 14, Width::kMedium, "Reload Action"},
              "What happens when an external value changes: restart, or none.",
              Validator::OneOf({"none", "restart"})));
  AddErrorKeys(def);
  if (kind == ConnectorKind::kSource) {
    AddSourceKeys(def);
  } else {
    AddSinkKeys(def);
  }
  return def;
}

}  // namespace sluice::config

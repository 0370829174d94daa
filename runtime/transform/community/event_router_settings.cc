#include "runtime/transform/community/event_router_settings.h"

#include <optional>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/transform/community/community.h"

namespace sluice::transform {
namespace {

using config::ConfigKey;
using config::ConfigType;
using config::Importance;

constexpr std::string_view kPlacements = "table.fields.additional.placement";

std::optional<Placement> PlacementOf(std::string_view name) {
  if (EqualsIgnoreCase(name, "header")) return Placement::kHeader;
  if (EqualsIgnoreCase(name, "envelope")) return Placement::kEnvelope;
  if (EqualsIgnoreCase(name, "partition")) return Placement::kPartition;
  return std::nullopt;
}

// The fields, or what is wrong with the text.
std::optional<std::string> ParsePlacements(std::string_view text,
                                           std::vector<AdditionalField>& fields) {
  if (text.empty()) return std::nullopt;
  for (const std::string_view mapping : Split(text, ',')) {
    const std::vector<std::string_view> parts = Split(mapping, ':');
    if (parts.size() != 2 && parts.size() != 3) {
      return StrCat("A comma-separated list of valid String pairs or trios is expected but got: [",
                    text, "]");
    }
    const std::string_view name = Trim(parts[0]);
    const std::optional<Placement> placement = PlacementOf(Trim(parts[1]));
    if (!placement) {
      return StrCat("'", Trim(parts[1]), "' is no placement of '", name,
                    "': header, envelope or partition is expected");
    }
    fields.push_back(
        {*placement, std::string(name), std::string(parts.size() == 3 ? Trim(parts[2]) : name)});
  }
  return std::nullopt;
}

// A column of the outbox table.
ConfigKey Column(std::string_view name, std::optional<std::string_view> otherwise,
                 std::string_view what) {
  return OptionalKey(name, ConfigType::kString, otherwise, Importance::kLow,
                     StrCat("The column with ", what, "."));
}

void AddTableKeys(std::vector<ConfigKey>& keys) {
  ConfigKey placement =
      OptionalKey(kPlacements, ConfigType::kString, std::nullopt, Importance::kHigh,
                  "Columns that go elsewhere: name:header, name:envelope:alias, name:partition.");
  placement.validator =
      config::Validator::Custom([](std::string_view text) -> std::optional<std::string> {
        std::vector<AdditionalField> fields;
        return ParsePlacements(text, fields);
      });
  ConfigKey invalid =
      OptionalKey("table.op.invalid.behavior", ConfigType::kString, "warn", Importance::kMedium,
                  "What an update of the outbox table does: warn and error log it "
                  "and drop it, fatal refuses it.");
  invalid.validator = config::Validator::OneOfIgnoreCase({"warn", "error", "fatal"});
  ConfigKey nulls = OptionalKey("table.json.payload.null.behavior", ConfigType::kString, "ignore",
                                Importance::kMedium,
                                "What nulls in an expanded payload are: ignore leaves them out, "
                                "optional_bytes keeps them.");
  nulls.validator = config::Validator::OneOfIgnoreCase({"ignore", "optional_bytes"});
  for (ConfigKey key :
       {Column("table.field.event.id", "id", "the event's id, which becomes a header"),
        Column("table.field.event.key", "aggregateid", "the record's key"),
        Column("table.field.event.type", "type", "the event's type"),
        Column("table.field.event.payload", "payload", "the record's value"),
        Column("table.field.event.timestamp", std::nullopt,
               "the record's timestamp; without, it is when Debezium read the row"),
        placement,
        OptionalKey("table.fields.additional.error.on.missing", ConfigType::kBoolean, "true",
                    Importance::kMedium, "Whether a row without such a column is refused."),
        Column("table.field.event.schema.version", std::nullopt, "the version of the schema"),
        invalid,
        OptionalKey("table.expand.json.payload", ConfigType::kBoolean, "false", Importance::kMedium,
                    "Whether a payload that is a text of JSON becomes data, with a schema inferred "
                    "from it."),
        nulls}) {
    key.group = "Table";
    keys.push_back(std::move(key));
  }
}

void AddRouterKeys(std::vector<ConfigKey>& keys) {
  ConfigKey regex =
      OptionalKey("route.topic.regex", ConfigType::kString, "(?<routedByValue>.*)",
                  Importance::kLow, "The pattern that the routing column's text must match.");
  regex.validator = config::Validator::Regex();
  for (ConfigKey key :
       {OptionalKey("route.by.field", ConfigType::kString, "aggregatetype", Importance::kHigh,
                    "The column that the topic's name is made of."),
        regex,
        OptionalKey("route.topic.replacement", ConfigType::kString, "outbox.event.${routedByValue}",
                    Importance::kHigh,
                    "The topic's name; ${routedByValue} stands for the column's text."),
        OptionalKey("route.tombstone.on.empty.payload", ConfigType::kBoolean, "false",
                    Importance::kHigh, "Whether an empty payload makes a tombstone.")}) {
    key.group = "Router";
    keys.push_back(std::move(key));
  }
}

}  // namespace

const config::ConfigDef& EventRouterDefinition() {
  static const config::ConfigDef* const definition = [] {
    std::vector<ConfigKey> keys;
    AddTableKeys(keys);
    AddRouterKeys(keys);
    return new config::ConfigDef(std::move(keys));
  }();
  return *definition;
}

StatusOr<EventRouterSettings> ParseEventRouterSettings(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed,
                          EventRouterDefinition().Parse(settings));
  SLUICE_ASSIGN_OR_RETURN(JavaRegex regex, JavaRegex::Compile(parsed.Text("route.topic.regex")));
  std::vector<AdditionalField> additional;
  ParsePlacements(parsed.Text(kPlacements), additional);  // has been checked
  const std::string invalid = ToLower(parsed.Text("table.op.invalid.behavior"));
  return EventRouterSettings{
      .id = parsed.Text("table.field.event.id"),
      .key = parsed.Text("table.field.event.key"),
      .payload = parsed.Text("table.field.event.payload"),
      .timestamp = parsed.Text("table.field.event.timestamp"),
      .schema_version = parsed.Text("table.field.event.schema.version"),
      .route_by = parsed.Text("route.by.field"),
      .additional = std::move(additional),
      .error_on_missing = parsed.Bool("table.fields.additional.error.on.missing"),
      .tombstone = parsed.Bool("route.tombstone.on.empty.payload"),
      .expand = parsed.Bool("table.expand.json.payload"),
      .null_as_bytes =
          EqualsIgnoreCase(parsed.Text("table.json.payload.null.behavior"), "optional_bytes"),
      .topic_regex = std::move(regex),
      .topic_replacement = parsed.Text("route.topic.replacement"),
      .invalid = invalid == "fatal"   ? InvalidOperation::kFatal
                 : invalid == "error" ? InvalidOperation::kError
                                      : InvalidOperation::kWarn};
}

}  // namespace sluice::transform

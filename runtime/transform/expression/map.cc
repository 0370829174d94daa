// Map: fields of the key or value, the topic, the timestamp and headers from expressions over the
// record as it came.
#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"
#include "runtime/transform/expression/classes.h"
#include "runtime/transform/expression/result_type.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/key_and_value.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "dev.sluice.transforms.Map";
constexpr std::string_view kPurpose = "mapping of fields";
constexpr std::string_view kField = "field.", kHeader = "header.";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey exclude, keep;
    exclude.name = "exclude";
    exclude.type = config::ConfigType::kList;
    exclude.default_value = "";
    exclude.documentation = "Fields to leave out; expressions see them all the same.";
    keep.name = "keep.fields";
    keep.type = config::ConfigType::kBoolean;
    keep.default_value = "true";
    keep.documentation =
        "Whether fields that are not named stay. New ones are field.NAME=EXPRESSION, new headers "
        "header.NAME=EXPRESSION.";
    return new config::ConfigDef(
        {exclude, keep, ExpressionKey("topic", "The record's new topic; null leaves it as it is."),
         ExpressionKey("timestamp",
                       "Its new timestamp, in milliseconds or a logical one; null "
                       "leaves it as it is.")});
  }();
  return *definition;
}

struct Settings {
  std::vector<NamedExpression> fields, headers;
  std::optional<Expression> topic, timestamp;
  config::ConfigList exclude;
  bool keep;
};

class Map : public FieldTransform {
 public:
  Map(Side side, Settings settings)
      : FieldTransform(kName, side),
        settings_(std::move(settings)),
        changes_fields_(!settings_.fields.empty() || !settings_.exclude.empty() ||
                        !settings_.keep) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    sluice_record mapped = record;
    if (changes_fields_ && value(record).kind != SLUICE_NULL) {
      SLUICE_RETURN_IF_ERROR(schema(record) == nullptr ? MapSchemaless(record, mapped, memory)
                                                       : MapStruct(record, mapped, memory));
    }
    SLUICE_RETURN_IF_ERROR(MapTopic(record, mapped, memory));
    SLUICE_RETURN_IF_ERROR(MapTimestamp(record, mapped, memory));
    SLUICE_RETURN_IF_ERROR(MapHeaders(record, mapped, memory));
    record = mapped;
    return true;
  }

 private:
  // Of each field that comes out: a field that was there, or an expression.
  struct Source {
    uint32_t index;
    bool computed;
  };
  struct Plan {
    const sluice_schema* other = nullptr;  // the key's, for a value's; kept by `kept`
    SchemaRef kept, schema;
    std::vector<Source> sources;
  };

  int FieldOf(std::string_view name) const {
    for (size_t i = 0; i < settings_.fields.size(); ++i) {
      if (settings_.fields[i].name == name) return static_cast<int>(i);
    }
    return -1;
  }
  bool Keeps(std::string_view name) const {
    return settings_.keep && std::find(settings_.exclude.begin(), settings_.exclude.end(), name) ==
                                 settings_.exclude.end();
  }

  Status MapSchemaless(sluice_record& record, sluice_record& mapped, BatchMemory& memory) const {
    const sluice_value& from = value(record);
    SLUICE_RETURN_IF_ERROR(RequireMap(from, kPurpose));
    auto* entries = memory.arena().NewArray<sluice_map_entry>(from.size + settings_.fields.size());
    size_t count = 0;
    for (uint32_t i = 0; i < from.size; ++i) {
      const sluice_map_entry& entry = from.as.entries[i];
      if (entry.key.kind == SLUICE_STRING) {
        const std::string_view name = abi::Text(entry.key);
        if (!Keeps(name) && !(settings_.keep && FieldOf(name) >= 0)) continue;
      } else if (!settings_.keep) {
        continue;
      }
      entries[count++] = entry;
    }
    for (const NamedExpression& field : settings_.fields) {
      const size_t at = FindEntry(entries, count, field.name);
      if (at == count) entries[count++].key = abi::String(field.name);
      SLUICE_ASSIGN_OR_RETURN(entries[at].value, Evaluate(field, kField, record, memory));
    }
    value(mapped) = abi::Map(entries, count);
    return OkStatus();
  }

  Status MapStruct(sluice_record& record, sluice_record& mapped, BatchMemory& memory) {
    SLUICE_RETURN_IF_ERROR(RequireStruct(value(record), kPurpose));
    const sluice_struct& from = *value(record).as.structure;
    const sluice_schema* other =
        &schema(record) == &record.value_schema ? record.key_schema : record.value_schema;
    const Plan* plan = cache_.Find(*from.schema);
    if (plan == nullptr || !abi::SameSchema(plan->other, other)) {
      SLUICE_ASSIGN_OR_RETURN(Plan made, MakePlan(record, *from.schema, other));
      plan = cache_.Put(*from.schema, std::move(made));
    }
    auto* values = memory.arena().NewArray<sluice_value>(plan->sources.size());
    for (size_t i = 0; i < plan->sources.size(); ++i) {
      const Source& source = plan->sources[i];
      if (!source.computed) {
        values[i] = from.values[source.index];
        continue;
      }
      SLUICE_ASSIGN_OR_RETURN(const sluice_value result,
                              Evaluate(settings_.fields[source.index], kField, record, memory));
      const sluice_schema& field = *plan->schema->fields[i].schema;
      values[i] = AsResult(result, field, memory.arena());
      SLUICE_RETURN_IF_ERROR(
          record::ValidateField(settings_.fields[source.index].name, field, values[i]));
    }
    schema(mapped) = memory.Keep(plan->schema);
    value(mapped) = memory.arena().NewStruct(plan->schema.get(), values);
    return OkStatus();
  }

  StatusOr<Plan> MakePlan(const sluice_record& record, const sluice_schema& from,
                          const sluice_schema* other) const {
    Plan plan;
    plan.other = other;
    if (other != nullptr) plan.kept = SchemaRef(other);
    SchemaBuilder builder = StructLike(from);
    const auto compute = [&](size_t index) -> Status {
      const NamedExpression& field = settings_.fields[index];
      auto result = ResultSchema(field.expression, record.key_schema, record.value_schema);
      if (!result.ok()) {
        return DataError(StrCat(kField, field.name, ": ", Message(result.status())));
      }
      builder.Field(field.name, *std::move(result));
      plan.sources.push_back({static_cast<uint32_t>(index), true});
      return OkStatus();
    };
    for (uint32_t i = 0; i < from.field_count && settings_.keep; ++i) {
      const std::string_view name = abi::View(from.fields[i].name);
      if (const int computed = FieldOf(name); computed >= 0) {
        SLUICE_RETURN_IF_ERROR(compute(static_cast<size_t>(computed)));
      } else if (Keeps(name)) {
        builder.Field(name, SchemaRef(from.fields[i].schema));
        plan.sources.push_back({i, false});
      }
    }
    for (size_t i = 0; i < settings_.fields.size(); ++i) {
      if (!builder.HasField(settings_.fields[i].name)) SLUICE_RETURN_IF_ERROR(compute(i));
    }
    plan.schema = builder.Build();
    return plan;
  }

  // Errors say which setting they are about.
  static StatusOr<sluice_value> Evaluate(const NamedExpression& named, std::string_view prefix,
                                         const sluice_record& record, BatchMemory& memory) {
    StatusOr<sluice_value> result = named.expression.Evaluate(record, memory.arena());
    if (result.ok()) return result;
    return DataError(StrCat(prefix, named.name, ": ", Message(result.status())));
  }

  Status MapTopic(const sluice_record& record, sluice_record& mapped, BatchMemory& memory) const {
    if (!settings_.topic) return OkStatus();
    SLUICE_ASSIGN_OR_RETURN(const sluice_value topic,
                            settings_.topic->Evaluate(record, memory.arena()));
    if (topic.kind == SLUICE_NULL) return OkStatus();
    if (topic.kind != SLUICE_STRING || topic.size == 0) {
      return DataError(
          StrCat("topic: '", settings_.topic->text(), "' must be a text that is not empty, found ",
                 topic.kind == SLUICE_STRING ? "an empty one" : record::JavaClassName(topic)));
    }
    mapped.topic = abi::Str(abi::Text(topic));
    return OkStatus();
  }

  Status MapTimestamp(const sluice_record& record, sluice_record& mapped,
                      BatchMemory& memory) const {
    if (!settings_.timestamp) return OkStatus();
    SLUICE_ASSIGN_OR_RETURN(const sluice_value time,
                            settings_.timestamp->Evaluate(record, memory.arena()));
    if (time.kind == SLUICE_NULL) return OkStatus();
    if (record::IsDateKind(time.kind)) {
      mapped.timestamp = record::DateMillis(time);
    } else if (time.kind == SLUICE_INT64) {
      mapped.timestamp = time.as.int64;
    } else {
      return DataError(StrCat("timestamp: '", settings_.timestamp->text(),
                              "' must be an int64 or a logical timestamp, found ",
                              record::JavaClassName(time)));
    }
    return OkStatus();
  }

  Status MapHeaders(const sluice_record& record, sluice_record& mapped, BatchMemory& memory) const {
    if (settings_.headers.empty()) return OkStatus();
    sluice_header* added = AppendHeaders(mapped, settings_.headers.size(), memory);
    for (const NamedExpression& header : settings_.headers) {
      SLUICE_ASSIGN_OR_RETURN(const sluice_value result, Evaluate(header, kHeader, record, memory));
      const sluice_schema* schema = nullptr;
      if (result.kind == SLUICE_STRUCT) {
        schema = result.as.structure->schema;
      } else if (result.kind != SLUICE_NULL) {
        schema = record::RequiredSchema(result.kind);
      }
      *added++ = {abi::Str(header.name), schema, result};
    }
    return OkStatus();
  }

  const Settings settings_;
  const bool changes_fields_;
  SchemaCache<Plan> cache_;
};

constexpr char kNothing[] =
    "Map needs something to do: field.NAME, header.NAME, topic or timestamp with an expression, or "
    "exclude";

SettingErrors Check(const config::ConfigMap& settings) {
  SettingErrors errors = CheckAll(settings, kField);
  for (auto& error : CheckAll(settings, kHeader)) errors.push_back(std::move(error));
  if (settings.WithPrefix(kField).empty() && settings.WithPrefix(kHeader).empty() &&
      !settings.Contains("topic") && !settings.Contains("timestamp") &&
      SplitList(settings.Get("exclude")).empty()) {
    errors.emplace_back("type", kNothing);
  }
  return errors;
}

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  Settings typed;
  SLUICE_ASSIGN_OR_RETURN(typed.fields, CompileAll(settings, kField));
  SLUICE_ASSIGN_OR_RETURN(typed.headers, CompileAll(settings, kHeader));
  if (const auto text = parsed.OptionalText("topic")) {
    SLUICE_ASSIGN_OR_RETURN(typed.topic, CompileSetting("topic", *text));
  }
  if (const auto text = parsed.OptionalText("timestamp")) {
    SLUICE_ASSIGN_OR_RETURN(typed.timestamp, CompileSetting("timestamp", *text));
  }
  typed.exclude = parsed.List("exclude");
  typed.keep = parsed.Bool("keep.fields");
  if (typed.fields.empty() && typed.headers.empty() && typed.exclude.empty() && !typed.topic &&
      !typed.timestamp) {
    return ConfigError(kNothing);
  }
  return std::make_unique<Map>(side, std::move(typed));
}

}  // namespace

void AddMap(std::vector<TransformClass>& classes) {
  classes.push_back({StrCat(kName, "$Key"), &Definition(), &Make<Side::kKey>, &Check});
  classes.push_back({StrCat(kName, "$Value"), &Definition(), &Make<Side::kValue>, &Check});
}

}  // namespace sluice::transform

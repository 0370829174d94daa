// Debezium's ByLogicalTableRouter: change events of several tables go to one topic; their keys get
// one more field that tells the tables apart.
#include <algorithm>
#include <utility>

#include "runtime/base/java_regex.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/schema.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/community/envelope.h"
#include "runtime/transform/schema_cache.h"
#include "runtime/transform/topic_memo.h"

namespace sluice::transform {
namespace {

using config::ConfigType;
using config::Importance;
using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "io.debezium.transforms.ByLogicalTableRouter";
constexpr std::string_view kPurpose = "Updating schema";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey topic = RequiredKey("topic.regex", ConfigType::kString, Importance::kLow,
                                          "The pattern that the whole topic name must match.");
    topic.validator = config::Validator::Regex();
    config::ConfigKey field =
        OptionalKey("key.field.regex", ConfigType::kString, std::nullopt, Importance::kLow,
                    "The pattern that takes the table's identifier from the topic's name. "
                    "Without: all of the name.");
    field.validator = config::Validator::Regex();
    config::ConfigKey names =
        OptionalKey("schema.name.adjustment.mode", ConfigType::kString, "none", Importance::kLow,
                    "How names of schemas are made from the topic's: none, avro, avro_unicode.");
    names.validator = config::Validator::OneOfIgnoreCase({"none", "avro", "avro_unicode"});
    return new config::ConfigDef(
        {topic,
         RequiredKey("topic.replacement", ConfigType::kString, Importance::kLow,
                     "The new topic name; $1, ${name} stand for groups of topic.regex."),
         OptionalKey("key.enforce.uniqueness", ConfigType::kBoolean, "true", Importance::kLow,
                     "Whether the key gets a field that tells the tables apart."),
         field,
         OptionalKey("key.field.name", ConfigType::kString, "__dbz__physicalTableIdentifier",
                     Importance::kLow, "Name of that field."),
         OptionalKey("key.field.replacement", ConfigType::kString, std::nullopt, Importance::kLow,
                     "The identifier; $1, ${name} stand for groups of key.field.regex."),
         names,
         OptionalKey("logical.table.cache.size", ConfigType::kInt, "16", Importance::kLow,
                     "Accepted; here 16 schemas and topics are always remembered.")});
  }();
  return *definition;
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

enum class Names { kNone, kAvro, kAvroUnicode };

// A name as Avro allows it; what it does not allow becomes _, or _u and four hexadecimal digits.
std::string Adjust(std::string name, Names mode) {
  if (mode == Names::kNone) return name;
  const bool unicode = mode == Names::kAvroUnicode;
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (IsLetter(c) || (c == '_' && !unicode) || (i > 0 && (IsDigit(c) || c == '.'))) {
      out.push_back(c);
    } else if (unicode) {
      static constexpr char kDigits[] = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      StrAppend(out, "_u00", kDigits[byte >> 4], kDigits[byte & 15]);
    } else {
      out.push_back('_');
      if (i == 0 && IsDigit(c)) out.push_back(c);
    }
  }
  return out;
}

// Version, doc, parameters, optional and fields, but neither name nor default.
SchemaBuilder WithoutName(const sluice_schema& from) {
  return SchemaBuilder::Like(from).NoName().NoDefault();
}

struct Settings {
  JavaRegex topic_regex;
  std::string topic_replacement;
  bool enforce_uniqueness;
  std::optional<JavaRegex> field_regex;
  std::string field_replacement, field_name;
  Names names;
};

class ByLogicalTableRouter : public Transform {
 public:
  explicit ByLogicalTableRouter(Settings settings) : settings_(std::move(settings)) {}
  std::string_view class_name() const override { return kName; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    if (record.topic.data == nullptr) {
      return NullPointer("ByLogicalTableRouter needs a record with a topic, and this one has none");
    }
    const std::string_view topic = abi::View(record.topic);
    const Route* route = routes_.Find(topic);
    if (route == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(Route made, MakeRoute(topic));
      route = routes_.Put(topic, std::move(made));
    }
    if (route->topic.empty()) return true;
    sluice_record routed = record;
    routed.topic = abi::Str(memory.arena().Copy(route->topic));
    SLUICE_RETURN_IF_ERROR(UpdateKey(*route, routed, memory));
    if (record.value.kind != SLUICE_NULL && IsEnvelope(record.value_schema)) {
      SLUICE_RETURN_IF_ERROR(UpdateEnvelope(*route, routed, memory));
    }
    record = routed;
    return true;
  }

 private:
  struct Route {
    std::string topic;       // empty: stays as it is
    std::string identifier;  // of the table
  };
  struct KeyPlan {
    std::string topic;
    SchemaRef schema;
  };
  struct EnvelopePlan {
    std::string topic;
    SchemaRef value, envelope;
    uint32_t before;
  };

  StatusOr<Route> MakeRoute(std::string_view topic) const {
    Route route;
    SLUICE_ASSIGN_OR_RETURN(const bool matches, settings_.topic_regex.Matches(topic));
    if (!matches) return route;
    SLUICE_RETURN_IF_ERROR(
        settings_.topic_regex.ReplaceFirst(topic, settings_.topic_replacement, route.topic));
    if (route.topic.empty()) {
      LogWarn("transform", "ByLogicalTableRouter: topic.replacement makes an empty name of topic '",
              topic, "'; its records pass as they are");
    }
    bool replace = false;
    if (settings_.field_regex) {
      SLUICE_ASSIGN_OR_RETURN(replace, settings_.field_regex->Matches(topic));
    }
    if (!replace) {
      route.identifier = std::string(topic);
      return route;
    }
    SLUICE_RETURN_IF_ERROR(
        settings_.field_regex->ReplaceFirst(topic, settings_.field_replacement, route.identifier));
    return route;
  }

  Status UpdateKey(const Route& route, sluice_record& record, BatchMemory& memory) {
    if (record.key.kind == SLUICE_NULL) {  // a table without a primary key
      record.key_schema = nullptr;
      return OkStatus();
    }
    SLUICE_RETURN_IF_ERROR(RequireStruct(record.key, kPurpose));
    const sluice_struct& from = *record.key.as.structure;
    const KeyPlan* plan = keys_.Find(*from.schema);
    if (plan == nullptr || plan->topic != route.topic) {
      SchemaBuilder builder = WithoutName(*from.schema);
      builder.Name(Adjust(StrCat(route.topic, ".Key"), settings_.names));
      if (settings_.enforce_uniqueness) {
        if (builder.HasField(settings_.field_name)) return DuplicateField(settings_.field_name);
        builder.Field(settings_.field_name, SchemaRef(record::RequiredSchema(SLUICE_STRING)));
      }
      plan = keys_.Put(*from.schema, {route.topic, builder.Build()});
    }
    auto* values = memory.arena().NewArray<sluice_value>(plan->schema->field_count);
    SLUICE_RETURN_IF_ERROR(CopyFields(from, values));
    if (settings_.enforce_uniqueness) {
      values[from.schema->field_count] = memory.arena().CopyString(route.identifier);
    }
    record.key_schema = memory.Keep(plan->schema);
    record.key = memory.arena().NewStruct(plan->schema.get(), values);
    return OkStatus();
  }

  StatusOr<EnvelopePlan> MakePlan(const sluice_schema& envelope, const std::string& topic) const {
    const int before = abi::FieldIndex(envelope, kBefore);
    if (before < 0) return NullPointer("ByLogicalTableRouter finds no field 'before'");
    const sluice_schema& value = *envelope.fields[before].schema;
    SLUICE_RETURN_IF_ERROR(RequireFields(value));
    EnvelopePlan plan{topic, {}, {}, static_cast<uint32_t>(before)};
    plan.value = WithoutName(value).Name(Adjust(StrCat(topic, ".Value"), settings_.names)).Build();
    SchemaBuilder builder = WithoutName(envelope).ClearFields();
    for (uint32_t i = 0; i < envelope.field_count; ++i) {
      const std::string_view name = abi::View(envelope.fields[i].name);
      const bool row = name == kBefore || name == kAfter;
      builder.Field(name, row ? plan.value : SchemaRef(envelope.fields[i].schema));
    }
    plan.envelope = builder.Name(Adjust(StrCat(topic, kEnvelopeSuffix), settings_.names)).Build();
    return plan;
  }

  Status UpdateEnvelope(const Route& route, sluice_record& record, BatchMemory& memory) {
    SLUICE_RETURN_IF_ERROR(RequireStruct(record.value, kPurpose));
    const sluice_struct& from = *record.value.as.structure;
    const EnvelopePlan* plan = envelopes_.Find(*from.schema);
    if (plan == nullptr || plan->topic != route.topic) {
      SLUICE_ASSIGN_OR_RETURN(EnvelopePlan made, MakePlan(*from.schema, route.topic));
      plan = envelopes_.Put(*from.schema, std::move(made));
    }
    auto* values = memory.arena().NewArray<sluice_value>(from.schema->field_count);
    SLUICE_RETURN_IF_ERROR(CopyFields(from, values));
    const sluice_schema* old_row = from.schema->fields[plan->before].schema;
    for (uint32_t i = 0; i < from.schema->field_count; ++i) {
      const std::string_view name = abi::View(from.schema->fields[i].name);
      if ((name != kBefore && name != kAfter) || values[i].kind == SLUICE_NULL) continue;
      SLUICE_RETURN_IF_ERROR(RequireStruct(values[i], kPurpose));
      const sluice_struct& row = *values[i].as.structure;
      if (row.schema->field_count != old_row->field_count) {
        return DataError(StrCat("The rows before and after have different fields in topic '",
                                abi::View(record.topic), "'"));
      }
      auto* fields = memory.arena().NewArray<sluice_value>(row.schema->field_count);
      SLUICE_RETURN_IF_ERROR(CopyFields(row, fields));
      values[i] = memory.arena().NewStruct(plan->value.get(), fields);
    }
    memory.Keep(plan->value);
    record.value_schema = memory.Keep(plan->envelope);
    record.value = memory.arena().NewStruct(plan->envelope.get(), values);
    return OkStatus();
  }

  // Nulls read as their defaults.
  static Status CopyFields(const sluice_struct& from, sluice_value* values) {
    for (uint32_t i = 0; i < from.schema->field_count; ++i) {
      const sluice_field& field = from.schema->fields[i];
      values[i] = FieldValue(from, i, true);
      if (IsMissing(*field.schema, values[i])) {
        return NullInRequiredField(abi::View(field.name), *field.schema);
      }
    }
    return OkStatus();
  }

  const Settings settings_;
  TopicMemo<Route> routes_;
  SchemaCache<KeyPlan> keys_;
  SchemaCache<EnvelopePlan> envelopes_;
};

StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  SLUICE_ASSIGN_OR_RETURN(JavaRegex topic, JavaRegex::Compile(parsed.Text("topic.regex")));
  std::optional<JavaRegex> field;
  if (const std::string& regex = parsed.Text("key.field.regex"); !Trim(regex).empty()) {
    if (Trim(parsed.Text("key.field.replacement")).empty()) {
      return ConfigError(
          "Invalid value null for configuration key.field.replacement: key.field.replacement must "
          "be non-empty if key.field.regex is set.");
    }
    SLUICE_ASSIGN_OR_RETURN(field, JavaRegex::Compile(regex));
  }
  const std::string names = ToLower(parsed.Text("schema.name.adjustment.mode"));
  return std::make_unique<ByLogicalTableRouter>(Settings{
      std::move(topic), parsed.Text("topic.replacement"), parsed.Bool("key.enforce.uniqueness"),
      std::move(field), parsed.Text("key.field.replacement"), parsed.Text("key.field.name"),
      names == "avro"           ? Names::kAvro
      : names == "avro_unicode" ? Names::kAvroUnicode
                                : Names::kNone});
}

}  // namespace

void AddByLogicalTableRouter(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kName), &Definition(), &Make});
}

}  // namespace sluice::transform

// Debezium's outbox EventRouter: the row that was put into an outbox table becomes a record of its
// own, routed by one of its columns.
#include <algorithm>
#include <utility>

#include "runtime/base/java_regex.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/community/envelope.h"
#include "runtime/transform/community/event_router_settings.h"
#include "runtime/transform/community/expanded_json.h"
#include "runtime/transform/schema_cache.h"
#include "runtime/transform/topic_memo.h"

namespace sluice::transform {
namespace {

using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "io.debezium.transforms.outbox.EventRouter";
constexpr std::string_view kPayload = "payload", kProcessed = "ts_ms";

Status NotAField(std::string_view name) {
  return DataError(StrCat(name, " is not a valid field name"));
}
Status NoField(std::string_view what, std::string_view name) {
  return ConnectError(StrCat("Unable to find ", what, " field ", name, " in event"));
}

// Struct.get: a null reads as its default.
StatusOr<const sluice_value*> Get(const sluice_struct& from, std::string_view name) {
  const sluice_value* found = NamedField(from, name);
  if (found == nullptr) return NotAField(name);
  return found;
}

// Struct.getString and the like: of that type, and without its default.
StatusOr<const sluice_value*> GetTyped(const sluice_struct& from, std::string_view name,
                                       sluice_kind type) {
  const int index = abi::FieldIndex(*from.schema, name);
  if (index < 0) return NotAField(name);
  if (from.schema->fields[index].schema->type != type) {
    return DataError(StrCat("Field '", name, "' is not of type ", record::TypeName(type)));
  }
  return &from.values[index];
}

class EventRouter : public Transform {
 public:
  explicit EventRouter(EventRouterSettings settings)
      : settings_(std::move(settings)),
        envelope_(std::any_of(
            settings_.additional.begin(), settings_.additional.end(),
            [](const AdditionalField& field) { return field.placement == Placement::kEnvelope; })) {
  }
  std::string_view class_name() const override { return kName; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    if (record.value.kind == SLUICE_NULL) return false;
    if (!IsEnvelope(record.value_schema)) return true;
    SLUICE_RETURN_IF_ERROR(RequireStruct(record.value, "Detect Debezium Operation"));
    const sluice_struct& event = *record.value.as.structure;
    SLUICE_ASSIGN_OR_RETURN(const sluice_value* operation,
                            GetTyped(event, kOperation, SLUICE_STRING));
    if (operation->kind == SLUICE_NULL) return NullPointer("EventRouter finds no operation");
    if (abi::Text(*operation) == "d") return false;
    if (abi::Text(*operation) == "u") return Unexpected(record);
    const int after = abi::FieldIndex(*event.schema, kAfter);
    if (after < 0) {
      return ExceptionError(absl::StatusCode::kInvalidArgument,
                            "java.lang.IllegalArgumentException", "Unknown field: after");
    }
    const sluice_value& row = FieldValue(event, static_cast<uint32_t>(after), true);
    SLUICE_RETURN_IF_ERROR(RequireStruct(row, "Read Outbox Event"));
    sluice_record routed = record;
    SLUICE_RETURN_IF_ERROR(Route(event, *row.as.structure, routed, memory));
    record = routed;
    return true;
  }

 private:
  struct ValuePlan {
    sluice_fingerprint row;
    std::string topic;
    std::optional<int64_t> version;
    SchemaRef schema;
  };
  // What is in the record: the payload column, maybe expanded.
  struct Payload {
    SchemaRef schema;
    sluice_value value;
  };
  struct Topic {
    std::string name;
  };

  StatusOr<bool> Unexpected(const sluice_record& record) const {
    if (settings_.invalid == InvalidOperation::kFatal) {
      return ExceptionError(absl::StatusCode::kFailedPrecondition,
                            "java.lang.IllegalStateException",
                            "Unexpected update message received, fail.");
    }
    Log(settings_.invalid == InvalidOperation::kWarn ? LogLevel::kWarn : LogLevel::kError,
        "transform", "EventRouter ignores an unexpected update in topic '", abi::View(record.topic),
        "'");
    return false;
  }

  Status Route(const sluice_struct& event, const sluice_struct& row, sluice_record& record,
               BatchMemory& memory) {
    const int payload_index = abi::FieldIndex(*row.schema, settings_.payload);
    if (payload_index < 0) return NoField("payload", settings_.payload);
    SLUICE_ASSIGN_OR_RETURN(record.timestamp, Timestamp(event, row));
    SLUICE_ASSIGN_OR_RETURN(const sluice_value* id, Get(row, settings_.id));
    const auto payload_at = static_cast<uint32_t>(payload_index);
    Payload payload{SchemaRef(row.schema->fields[payload_at].schema),
                    FieldValue(row, payload_at, true)};
    sluice_header* headers = AppendHeaders(record, 1 + CountHeaders(row), memory);
    *headers++ = {abi::Str("id"), SchemaOf(row, settings_.id), *id};
    if (settings_.expand) Expand(payload, memory);

    SLUICE_ASSIGN_OR_RETURN(const sluice_value* route,
                            GetTyped(row, settings_.route_by, SLUICE_STRING));
    const bool empty = IsEmpty(payload.value);
    SLUICE_RETURN_IF_ERROR(AddFields(row, headers, record));
    if (envelope_) {
      SLUICE_RETURN_IF_ERROR(PutInEnvelope(row, *route, payload, record, memory));
    } else {
      record.value_schema = memory.Keep(payload.schema);
      record.value = payload.value;
    }
    if (empty && settings_.tombstone) {
      record.value_schema = nullptr;
      record.value = abi::Null();
    }
    SLUICE_ASSIGN_OR_RETURN(const sluice_value* key, Get(row, settings_.key));
    record.key_schema = SchemaOf(row, settings_.key);
    record.key = *key;
    return SetTopic(*route, record, memory);
  }

  StatusOr<int64_t> Processed(const sluice_struct& event) const {
    SLUICE_ASSIGN_OR_RETURN(const sluice_value* time, GetTyped(event, kProcessed, SLUICE_INT64));
    return time->kind == SLUICE_NULL ? SLUICE_NO_TIMESTAMP : time->as.int64;
  }

  StatusOr<int64_t> Timestamp(const sluice_struct& event, const sluice_struct& row) const {
    if (settings_.timestamp.empty()) return Processed(event);
    const int index = abi::FieldIndex(*row.schema, settings_.timestamp);
    if (index < 0) return NoField("timestamp", settings_.timestamp);
    SLUICE_ASSIGN_OR_RETURN(const sluice_value* time,
                            GetTyped(row, settings_.timestamp, SLUICE_INT64));
    if (time->kind == SLUICE_NULL) return Processed(event);
    if (time->kind != SLUICE_INT64) return NotCastable(*time, "java.lang.Long");
    const sluice_schema& schema = *row.schema->fields[index].schema;
    if (schema.name.data == nullptr) {
      return ConnectError(
          "Unsupported field type INT64 (without logical schema name) for event "
          "timestamp");
    }
    const std::string_view name = abi::View(schema.name);
    if (name == "io.debezium.time.Timestamp") return time->as.int64;
    if (name == "io.debezium.time.MicroTimestamp") return time->as.int64 / 1'000;
    if (name == "io.debezium.time.NanoTimestamp") return time->as.int64 / 1'000'000;
    return ConnectError(StrCat("Unsupported field type ", name, " for event timestamp"));
  }

  static const sluice_schema* SchemaOf(const sluice_struct& row, std::string_view name) {
    const int index = abi::FieldIndex(*row.schema, name);
    return index < 0 ? nullptr : row.schema->fields[index].schema;  // kept by the row's own
  }

  bool Skips(const AdditionalField& field, const sluice_struct& row) const {
    return !settings_.error_on_missing && abi::FieldIndex(*row.schema, field.name) < 0;
  }
  size_t CountHeaders(const sluice_struct& row) const {
    return static_cast<size_t>(std::count_if(
        settings_.additional.begin(), settings_.additional.end(), [&](const auto& field) {
          return field.placement == Placement::kHeader && !Skips(field, row);
        }));
  }

  Status AddFields(const sluice_struct& row, sluice_header* headers, sluice_record& record) const {
    if (record.original_offset == SLUICE_NO_OFFSET) record.partition = SLUICE_NO_PARTITION;
    for (const AdditionalField& field : settings_.additional) {
      if (field.placement == Placement::kEnvelope || Skips(field, row)) continue;
      if (field.placement == Placement::kHeader) {
        SLUICE_ASSIGN_OR_RETURN(const sluice_value* value, Get(row, field.name));
        *headers++ = {abi::Str(field.alias), SchemaOf(row, field.name), *value};
        continue;
      }
      SLUICE_ASSIGN_OR_RETURN(const sluice_value* partition,
                              GetTyped(row, field.name, SLUICE_INT32));
      record.partition = partition->kind == SLUICE_NULL ? SLUICE_NO_PARTITION
                                                        : static_cast<int32_t>(partition->as.int64);
    }
    return OkStatus();
  }

  void Expand(Payload& payload, BatchMemory& memory) const {
    if (payload.value.kind != SLUICE_STRING) return;
    auto expanded = ExpandJson(settings_.payload, abi::Text(payload.value), settings_.null_as_bytes,
                               memory.arena());
    if (!expanded.ok()) {
      LogWarn("transform", "EventRouter leaves a payload as it is, since it cannot be expanded: ",
              Message(expanded.status()));
      return;
    }
    payload.schema = expanded->schema;
    memory.Keep(expanded->schema);
    payload.value = expanded->value;
  }

  // Java's payload.toString().trim().isEmpty().
  static bool IsEmpty(const sluice_value& payload) {
    return payload.kind == SLUICE_NULL ||
           (payload.kind == SLUICE_STRING && Trim(abi::Text(payload)).empty());
  }

  Status PutInEnvelope(const sluice_struct& row, const sluice_value& route, const Payload& payload,
                       sluice_record& record, BatchMemory& memory) {
    const std::string_view topic =
        route.kind == SLUICE_STRING ? abi::Text(route) : std::string_view("null");
    std::optional<int64_t> version;
    if (!settings_.schema_version.empty()) {
      SLUICE_ASSIGN_OR_RETURN(const sluice_value* found,
                              GetTyped(row, settings_.schema_version, SLUICE_INT32));
      if (found->kind != SLUICE_NULL) version = found->as.int64;
    }
    const ValuePlan* plan = values_.Find(*payload.schema);
    if (plan == nullptr || !abi::operator==(plan->row, row.schema->fingerprint) ||
        plan->topic != topic || plan->version != version) {
      SLUICE_ASSIGN_OR_RETURN(ValuePlan made, MakePlan(row, topic, payload, version));
      plan = values_.Put(*payload.schema, std::move(made));
    }
    const sluice_schema& schema = *plan->schema;
    auto* values = memory.arena().NewArray<sluice_value>(schema.field_count);
    uint32_t count = 0;
    values[count++] = payload.value;
    for (const AdditionalField& field : settings_.additional) {
      if (field.placement != Placement::kEnvelope) continue;
      values[count++] = *NamedField(row, field.name);
    }
    for (uint32_t i = 0; i < count; ++i) {
      if (IsMissing(*schema.fields[i].schema, values[i])) {
        return NullInRequiredField(abi::View(schema.fields[i].name), *schema.fields[i].schema);
      }
    }
    record.value_schema = memory.Keep(plan->schema);
    record.value = memory.arena().NewStruct(&schema, values);
    return OkStatus();
  }

  StatusOr<ValuePlan> MakePlan(const sluice_struct& row, std::string_view topic,
                               const Payload& payload, std::optional<int64_t> version) const {
    SchemaBuilder builder(SLUICE_STRUCT);
    builder.Name(SchemaName(*row.schema, topic));
    if (version) builder.Version(static_cast<int32_t>(*version));
    builder.Field(kPayload, payload.schema);
    for (const AdditionalField& field : settings_.additional) {
      if (field.placement != Placement::kEnvelope) continue;
      const sluice_schema* schema = SchemaOf(row, field.name);
      if (schema == nullptr) {
        return NullPointer(StrCat("EventRouter finds no field '", field.name, "' in the event"));
      }
      if (builder.HasField(field.alias)) return DuplicateField(field.alias);
      builder.Field(field.alias, SchemaRef(schema));
    }
    return ValuePlan{row.schema->fingerprint, std::string(topic), version, builder.Build()};
  }

  // The topic goes before the last part of the row's name: db.outbox.Value, db.outbox.order.Value.
  static std::string SchemaName(const sluice_schema& row, std::string_view topic) {
    if (row.name.data == nullptr) return std::string(topic);
    const std::string_view name = abi::View(row.name);
    const size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return StrCat(topic, ".", name);
    return StrCat(name.substr(0, dot + 1), topic, ".", name.substr(dot + 1));
  }

  Status SetTopic(const sluice_value& route, sluice_record& record, BatchMemory& memory) {
    if (route.kind == SLUICE_NULL) {
      return NullPointer(
          StrCat("EventRouter cannot route by field '", settings_.route_by, "', which is null"));
    }
    const std::string_view from = abi::Text(route);
    const Topic* known = topics_.Find(from);
    if (known == nullptr) {
      Topic made;
      SLUICE_ASSIGN_OR_RETURN(const bool matches, settings_.topic_regex.Matches(from));
      if (matches) {
        SLUICE_RETURN_IF_ERROR(
            settings_.topic_regex.ReplaceFirst(from, settings_.topic_replacement, made.name));
      } else {
        made.name = std::string(from);
      }
      known = topics_.Put(from, std::move(made));
    }
    record.topic = abi::Str(memory.arena().Copy(known->name));
    return OkStatus();
  }

  const EventRouterSettings settings_;
  const bool envelope_;            // some fields go beside the payload
  SchemaCache<ValuePlan> values_;  // by the payload's schema
  TopicMemo<Topic> topics_;
};

StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(EventRouterSettings typed, ParseEventRouterSettings(settings));
  return std::make_unique<EventRouter>(std::move(typed));
}

}  // namespace

void AddEventRouter(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kName), &EventRouterDefinition(), &Make});
}

}  // namespace sluice::transform

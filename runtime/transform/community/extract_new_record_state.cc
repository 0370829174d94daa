// Debezium's ExtractNewRecordState: a change event becomes the row as it is now; a delete becomes a
// tombstone, or what the settings say.
#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"
#include "runtime/transform/community/change_field.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/community/envelope.h"
#include "runtime/transform/community/field_dropper.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using config::ConfigType;
using config::Importance;
using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "io.debezium.transforms.ExtractNewRecordState";
constexpr std::string_view kDeleted = "__deleted";
constexpr std::string_view kMode = "delete.tombstone.handling.mode";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey mode = OptionalKey(
        kMode, ConfigType::kString, "tombstone", Importance::kMedium,
        "What becomes of deletes and tombstones: drop drops both; tombstone makes the delete a "
        "tombstone and drops the one behind it; delete-to-tombstone the same without a schema; "
        "rewrite gives rows a field __deleted and drops tombstones; rewrite-with-tombstone keeps "
        "them.");
    mode.validator = config::Validator::OneOfIgnoreCase(
        {"drop", "tombstone", "rewrite", "rewrite-with-tombstone", "delete-to-tombstone"});
    config::ConfigKey old_mode =
        OptionalKey("delete.handling.mode", ConfigType::kString, std::nullopt, Importance::kMedium,
                    "Of Debezium before 3, without the setting above: drop, none or rewrite.");
    old_mode.validator =
        config::Validator::Custom([](std::string_view text) -> std::optional<std::string> {
          for (const char* known : {"drop", "none", "rewrite"}) {
            if (EqualsIgnoreCase(Trim(text), known)) return std::nullopt;
          }
          return "String must be one of (case insensitive): DROP, NONE, REWRITE";
        });
    const auto text = [](std::string_view name, std::string_view otherwise, std::string_view doc) {
      return OptionalKey(name, ConfigType::kString, otherwise, Importance::kLow, doc);
    };
    const auto flag = [](std::string_view name, std::string_view otherwise, std::string_view doc) {
      return OptionalKey(name, ConfigType::kBoolean, otherwise, Importance::kLow, doc);
    };
    return new config::ConfigDef(
        {mode, old_mode,
         OptionalKey("drop.tombstones", ConfigType::kBoolean, std::nullopt, Importance::kLow,
                     "Of Debezium before 3: whether tombstones are dropped."),
         text("route.by.field", "", "A field of the row whose text is the topic's new name."),
         text("add.fields.prefix", "__", "What added fields' names begin with."),
         text("add.fields", "",
              "Fields of the event that the row gets: op,table,source.ts_ms, or with new names "
              "op:OP."),
         text("add.headers.prefix", "__", "What added headers' names begin with."),
         text("add.headers", "", "Fields of the event that become headers, as in add.fields."),
         OptionalKey("drop.fields.header.name", ConfigType::kString, std::nullopt, Importance::kLow,
                     "A header with a list of fields that the row loses."),
         flag("drop.fields.from.key", "false", "Whether the key loses them, too."),
         flag("drop.fields.keep.schema.compatible", "true",
              "Whether only optional fields are dropped."),
         flag("replace.null.with.default", "true",
              "Whether with rewrite a null field reads as its schema's default.")});
  }();
  return *definition;
}

// What becomes of a delete.
enum class OnDelete { kDrop, kNull, kTombstone, kRewrite };

struct Settings {
  OnDelete on_delete = OnDelete::kNull;
  bool rewrite = false;
  bool keep_tombstones = false;
  std::string route_by;
  std::vector<ChangeField> fields, headers;
  std::string drop_header;
  bool drop_from_key, keep_compatible, with_default;
};

enum class Deleted { kNone, kFalse, kTrue };

Status NotAField(std::string_view name) {
  return DataError(StrCat(name, " is not a valid field name"));
}

class ExtractNewRecordState : public Transform {
 public:
  explicit ExtractNewRecordState(Settings settings)
      : settings_(std::move(settings)), dropper_(settings_.keep_compatible) {}
  std::string_view class_name() const override { return kName; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    if (record.value.kind == SLUICE_NULL) return ApplyToTombstone(record, memory);
    if (!IsEnvelope(record.value_schema)) return true;
    if (record.value.kind != SLUICE_STRUCT && !settings_.headers.empty()) {
      return NotCastable(record.value, "org.apache.kafka.connect.data.Struct");
    }
    SLUICE_RETURN_IF_ERROR(RequireStruct(record.value, "field extraction"));
    const sluice_struct& event = *record.value.as.structure;
    Plan* plan = FindPlan(*event.schema);
    sluice_record row = record;
    SLUICE_RETURN_IF_ERROR(AddHeaders(*plan, event, row, memory));
    SLUICE_RETURN_IF_ERROR(Extract(event, plan->after, kAfter, row));
    StatusOr<bool> kept = true;
    if (row.value.kind == SLUICE_NULL) {
      sluice_record before = row;
      SLUICE_RETURN_IF_ERROR(Extract(event, plan->before, kBefore, before));
      if (before.value.kind == SLUICE_NULL) return false;  // truncate
      kept = Delete(*plan, event, before, row, memory);
    } else {
      SLUICE_RETURN_IF_ERROR(Update(*plan, event, row, memory));
    }
    if (kept.ok()) record = row;
    return kept;
  }

 private:
  // What there is to know of an envelope's schema.
  struct Plan {
    int before, after, operation;
    StatusOr<std::vector<FoundField>> fields, headers;
    struct Row {
      sluice_fingerprint from;
      Deleted deleted;
      bool add;
      SchemaRef schema;
    };
    std::vector<Row> rows;
  };
  static constexpr size_t kRowsMax = 8;

  StatusOr<bool> ApplyToTombstone(sluice_record& record, BatchMemory& memory) const {
    if (!settings_.keep_tombstones) return false;
    for (const ChangeField& field : settings_.headers) {
      if (field.name != kOperation) continue;
      *AppendHeaders(record, 1, memory) = {abi::Str(field.new_name),
                                           record::RequiredSchema(SLUICE_STRING), abi::String("d")};
    }
    return true;
  }

  Plan* FindPlan(const sluice_schema& schema) {
    if (const std::unique_ptr<Plan>* known = cache_.Find(schema)) return known->get();
    auto plan = std::make_unique<Plan>(Plan{abi::FieldIndex(schema, kBefore),
                                            abi::FieldIndex(schema, kAfter),
                                            abi::FieldIndex(schema, kOperation),
                                            FindChangeFields(settings_.fields, schema),
                                            FindChangeFields(settings_.headers, schema),
                                            {}});
    return cache_.Put(schema, std::move(plan))->get();
  }

  Status AddHeaders(const Plan& plan, const sluice_struct& event, sluice_record& row,
                    BatchMemory& memory) const {
    if (settings_.headers.empty()) return OkStatus();
    SLUICE_RETURN_IF_ERROR(plan.headers.status());
    sluice_header* added = AppendHeaders(row, plan.headers->size(), memory);
    for (const FoundField& found : *plan.headers) {
      SLUICE_ASSIGN_OR_RETURN(const sluice_value value, ChangeFieldValue(found, event));
      *added++ = {abi::Str(found.field->new_name), memory.Keep(found.schema), value};
    }
    return OkStatus();
  }

  static Status Extract(const sluice_struct& event, int index, std::string_view name,
                        sluice_record& row) {
    if (index < 0) {
      return ExceptionError(absl::StatusCode::kInvalidArgument,
                            "java.lang.IllegalArgumentException", StrCat("Unknown field: ", name));
    }
    row.value_schema = event.schema->fields[index].schema;  // kept by the event's own
    row.value = FieldValue(event, static_cast<uint32_t>(index), true);
    return OkStatus();
  }

  StatusOr<bool> Delete(Plan& plan, const sluice_struct& event, const sluice_record& before,
                        sluice_record& row, BatchMemory& memory) {
    if (settings_.on_delete == OnDelete::kDrop) return false;
    const bool drops = !IsBlank(settings_.drop_header);
    bool add = false;
    if (settings_.on_delete == OnDelete::kTombstone) row.value_schema = nullptr;
    if (settings_.on_delete == OnDelete::kRewrite) {
      row.value_schema = before.value_schema;
      row.value = before.value;
      add = true;
      if (row.value.kind == SLUICE_STRUCT) {
        SLUICE_RETURN_IF_ERROR(Extend(plan, event, {Deleted::kTrue, !drops}, row, memory));
        add = drops;
      }
    }
    if (!settings_.route_by.empty()) {
      SLUICE_RETURN_IF_ERROR(Route(before.value, "before", row));
    }
    if (drops) SLUICE_RETURN_IF_ERROR(DropFields(row, memory));
    if (add) SLUICE_RETURN_IF_ERROR(Extend(plan, event, {Deleted::kNone, true}, row, memory));
    return true;
  }

  Status Update(Plan& plan, const sluice_struct& event, sluice_record& row, BatchMemory& memory) {
    if (!settings_.route_by.empty()) {
      SLUICE_RETURN_IF_ERROR(
          RequireStruct(row.value, "Read record to set topic routing for CREATE / UPDATE"));
      SLUICE_RETURN_IF_ERROR(Route(row.value, "after", row));
    }
    const Deleted deleted =
        settings_.rewrite && row.value.kind == SLUICE_STRUCT ? Deleted::kFalse : Deleted::kNone;
    SLUICE_RETURN_IF_ERROR(Extend(plan, event, {deleted, true}, row, memory));
    return settings_.drop_header.empty() ? OkStatus() : DropFields(row, memory);
  }

  Status Route(const sluice_value& from, std::string_view what, sluice_record& row) const {
    SLUICE_RETURN_IF_ERROR(RequireStruct(from, what));
    const sluice_struct& structure = *from.as.structure;
    const int index = abi::FieldIndex(*structure.schema, settings_.route_by);
    if (index < 0) return NotAField(settings_.route_by);
    if (structure.schema->fields[index].schema->type != SLUICE_STRING) {
      return DataError(StrCat("Field '", settings_.route_by, "' is not of type STRING"));
    }
    const sluice_value& topic = structure.values[index];  // without its default
    if (topic.kind == SLUICE_STRING && !IsBlank(abi::Text(topic))) {
      row.topic = abi::Str(abi::Text(topic));
    }
    return OkStatus();
  }

  Status DropFields(sluice_record& row, BatchMemory& memory) {
    const sluice_value* names = nullptr;
    for (size_t i = 0; i < row.header_count && names == nullptr; ++i) {
      if (abi::View(row.headers[i].key) == settings_.drop_header) names = &row.headers[i].value;
    }
    if (names == nullptr || names->kind == SLUICE_NULL) return OkStatus();
    if (names->kind != SLUICE_ARRAY) return NotCastable(*names, "java.util.List");
    if (names->size == 0) return OkStatus();
    if (settings_.drop_from_key && row.key.kind != SLUICE_NULL) {
      SLUICE_RETURN_IF_ERROR(dropper_.Drop(*names, row.key_schema, row.key, memory));
    }
    return dropper_.Drop(*names, row.value_schema, row.value, memory);
  }

  struct Extension {
    Deleted deleted;
    bool add;
  };
  // The row with __deleted, and with add.fields; always with a schema made anew, as Debezium does.
  Status Extend(Plan& plan, const sluice_struct& event, Extension extension, sluice_record& row,
                BatchMemory& memory) const {
    SLUICE_RETURN_IF_ERROR(RequireStruct(row.value, "source field insertion"));
    const sluice_struct& from = *row.value.as.structure;
    SLUICE_ASSIGN_OR_RETURN(const SchemaRef* schema, RowSchema(plan, extension, *from.schema));
    const bool with_default = extension.deleted != Deleted::kNone && settings_.with_default;
    auto* values = memory.arena().NewArray<sluice_value>((*schema)->field_count);
    uint32_t count = 0;
    for (; count < from.schema->field_count; ++count) {
      const sluice_field& field = from.schema->fields[count];
      values[count] = FieldValue(from, count, with_default);
      if (IsMissing(*field.schema, values[count])) {
        return NullInRequiredField(abi::View(field.name), *field.schema);
      }
    }
    if (extension.deleted != Deleted::kNone) {
      values[count++] = abi::String(extension.deleted == Deleted::kTrue ? "true" : "false");
    }
    if (extension.add) {
      for (const FoundField& found : *plan.fields) {
        SLUICE_ASSIGN_OR_RETURN(values[count++], ChangeFieldValue(found, event));
      }
    }
    row.value_schema = memory.Keep(*schema);
    row.value = memory.arena().NewStruct(schema->get(), values);
    return OkStatus();
  }

  StatusOr<const SchemaRef*> RowSchema(Plan& plan, Extension extension,
                                       const sluice_schema& from) const {
    for (const Plan::Row& row : plan.rows) {
      if (abi::operator==(row.from, from.fingerprint) && row.deleted == extension.deleted &&
          row.add == extension.add) {
        return &row.schema;
      }
    }
    if (extension.add) {
      if (plan.operation < 0) return NotAField(kOperation);
      SLUICE_RETURN_IF_ERROR(plan.fields.status());
    }
    SchemaBuilder builder = StructLike(from);
    for (uint32_t i = 0; i < from.field_count; ++i) {
      builder.Field(abi::View(from.fields[i].name), SchemaRef(from.fields[i].schema));
    }
    const auto add = [&](std::string_view name, SchemaRef schema) -> Status {
      if (builder.HasField(name)) return DuplicateField(name);
      builder.Field(name, std::move(schema));
      return OkStatus();
    };
    if (extension.deleted != Deleted::kNone) {
      SLUICE_RETURN_IF_ERROR(add(kDeleted, SchemaRef(record::OptionalSchema(SLUICE_STRING))));
    }
    if (extension.add) {
      for (const FoundField& found : *plan.fields) {
        SLUICE_RETURN_IF_ERROR(add(found.field->new_name, found.schema));
      }
    }
    if (plan.rows.size() == kRowsMax) plan.rows.erase(plan.rows.begin());
    plan.rows.push_back({from.fingerprint, extension.deleted, extension.add, builder.Build()});
    return &plan.rows.back().schema;
  }

  const Settings settings_;
  FieldDropper dropper_;
  SchemaCache<std::unique_ptr<Plan>> cache_;
};

// The settings of Debezium 3, or where only older ones are given, theirs.
void ReadModes(const config::ConfigMap& given, const config::ParsedConfig& parsed,
               Settings& settings) {
  const bool old = !given.Contains(kMode) &&
                   (given.Contains("drop.tombstones") || given.Contains("delete.handling.mode"));
  if (old) {
    settings.keep_tombstones = !parsed.IsNull("drop.tombstones") && !parsed.Bool("drop.tombstones");
    const std::string mode = ToLower(Trim(parsed.Text("delete.handling.mode")));
    settings.rewrite = mode == "rewrite";
    settings.on_delete = settings.rewrite ? OnDelete::kRewrite
                         : mode == "none" ? OnDelete::kNull
                                          : OnDelete::kDrop;
    return;
  }
  const std::string mode = ToLower(Trim(parsed.Text(kMode)));
  settings.keep_tombstones = mode == "rewrite-with-tombstone";
  settings.rewrite = mode.starts_with("rewrite");
  settings.on_delete = settings.rewrite                ? OnDelete::kRewrite
                       : mode == "drop"                ? OnDelete::kDrop
                       : mode == "delete-to-tombstone" ? OnDelete::kTombstone
                                                       : OnDelete::kNull;
}

StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  Settings typed;
  ReadModes(settings, parsed, typed);
  SLUICE_ASSIGN_OR_RETURN(
      typed.fields, ParseChangeFields(parsed.Text("add.fields"), parsed.Text("add.fields.prefix")));
  SLUICE_ASSIGN_OR_RETURN(typed.headers, ParseChangeFields(parsed.Text("add.headers"),
                                                           parsed.Text("add.headers.prefix")));
  typed.route_by = parsed.Text("route.by.field");
  typed.drop_header = parsed.Text("drop.fields.header.name");
  typed.drop_from_key = parsed.Bool("drop.fields.from.key");
  typed.keep_compatible = parsed.Bool("drop.fields.keep.schema.compatible");
  typed.with_default = parsed.Bool("replace.null.with.default");
  return std::make_unique<ExtractNewRecordState>(std::move(typed));
}

}  // namespace

void AddExtractNewRecordState(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kName), &Definition(), &Make});
}

}  // namespace sluice::transform

// HeaderFrom: fields of the key or value become headers, too or instead.
#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.HeaderFrom";

config::ConfigKey ListKey(std::string_view name, std::string_view documentation) {
  config::ConfigKey key;
  key.name = std::string(name);
  key.type = config::ConfigType::kList;
  key.required = true;
  key.validator =
      config::Validator::Custom([](std::string_view text) -> std::optional<std::string> {
        if (!text.empty()) return std::nullopt;
        return "Empty list";
      });
  key.validator.check_null = true;
  key.importance = config::Importance::kHigh;
  key.documentation = std::string(documentation);
  return key;
}

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey operation;
    operation.name = "operation";
    operation.required = true;
    operation.validator = config::Validator::OneOf({"move", "copy"});
    operation.importance = config::Importance::kHigh;
    operation.documentation = "move: the fields leave the key or value; copy: they stay in it.";
    return new config::ConfigDef({ListKey("fields", "Names of the fields."),
                                  ListKey("headers", "Names of their headers, in the same order."),
                                  operation, ReplaceNullKey()});
  }();
  return *definition;
}

class HeaderFrom : public FieldTransform {
 public:
  HeaderFrom(Side side, config::ConfigList fields, config::ConfigList headers, bool move,
             bool with_default)
      : FieldTransform(kName, side),
        fields_(std::move(fields)),
        headers_(std::move(headers)),
        purpose_(move ? "header move" : "header copy"),
        move_(move),
        with_default_(with_default) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    SLUICE_RETURN_IF_ERROR(schema(record) == nullptr ? ApplySchemaless(record, memory)
                                                     : ApplyWithSchema(record, memory));
    return true;
  }

 private:
  struct Plan {
    SchemaRef schema;            // of what stays
    std::vector<uint32_t> kept;  // indexes of its fields
    std::vector<int> headers;    // index of each header's field, or -1
  };

  bool Moves(std::string_view field) const {
    return move_ && std::find(fields_.begin(), fields_.end(), field) != fields_.end();
  }

  Status ApplySchemaless(sluice_record& record, BatchMemory& memory) {
    const sluice_value map = value(record);
    SLUICE_RETURN_IF_ERROR(RequireMap(map, purpose_));
    sluice_header* added = AppendHeaders(record, fields_.size(), memory);
    for (size_t i = 0; i < fields_.size(); ++i) {
      const sluice_value* found = abi::Find(map, fields_[i]);
      added[i] = {abi::Str(headers_[i]), nullptr, found == nullptr ? abi::Null() : *found};
    }
    if (!move_) return OkStatus();
    auto* entries = memory.arena().NewArray<sluice_map_entry>(map.size);
    size_t count = 0;
    for (uint32_t i = 0; i < map.size; ++i) {
      const sluice_map_entry& entry = map.as.entries[i];
      if (entry.key.kind != SLUICE_STRING || !Moves(abi::Text(entry.key))) entries[count++] = entry;
    }
    value(record) = abi::Map(entries, count);
    return OkStatus();
  }

  Status ApplyWithSchema(sluice_record& record, BatchMemory& memory) {
    SLUICE_RETURN_IF_ERROR(RequireStruct(value(record), purpose_));
    const sluice_struct& from = *value(record).as.structure;
    const Plan* plan = cache_.Find(*schema(record));
    if (plan == nullptr) plan = cache_.Put(*schema(record), MakePlan(*schema(record)));
    sluice_value* values = nullptr;
    if (move_) {
      values = memory.arena().NewArray<sluice_value>(plan->kept.size());
      for (size_t i = 0; i < plan->kept.size(); ++i) {
        values[i] = FieldValue(from, plan->kept[i], with_default_);
        const sluice_field& field = plan->schema->fields[i];
        if (IsMissing(*field.schema, values[i])) {
          return NullInRequiredField(abi::View(field.name), *field.schema);
        }
      }
    }
    const auto missing = std::find(plan->headers.begin(), plan->headers.end(), -1);
    if (missing != plan->headers.end()) {
      return ExceptionError(absl::StatusCode::kInvalidArgument, "java.lang.NullPointerException",
                            StrCat("HeaderFrom finds no field ",
                                   fields_[static_cast<size_t>(missing - plan->headers.begin())],
                                   " in the record's schema"));
    }
    sluice_header* added = AppendHeaders(record, fields_.size(), memory);
    for (size_t i = 0; i < fields_.size(); ++i) {
      const auto index = static_cast<uint32_t>(plan->headers[i]);
      added[i] = {abi::Str(headers_[i]), from.schema->fields[index].schema,
                  FieldValue(from, index, with_default_)};
    }
    if (!move_) return OkStatus();
    schema(record) = memory.Keep(plan->schema);
    value(record) = memory.arena().NewStruct(plan->schema.get(), values);
    return OkStatus();
  }

  Plan MakePlan(const sluice_schema& from) const {
    Plan plan;
    for (const std::string& field : fields_) plan.headers.push_back(abi::FieldIndex(from, field));
    SchemaBuilder builder = StructLike(from);
    for (uint32_t i = 0; i < from.field_count; ++i) {
      if (Moves(abi::View(from.fields[i].name))) continue;
      builder.Field(abi::View(from.fields[i].name), SchemaRef(from.fields[i].schema));
      plan.kept.push_back(i);
    }
    plan.schema = builder.Build();
    return plan;
  }

  const config::ConfigList fields_, headers_;
  const std::string purpose_;
  const bool move_, with_default_;
  SchemaCache<Plan> cache_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  const config::ConfigList &fields = parsed.List("fields"), &headers = parsed.List("headers");
  if (fields.size() != headers.size()) {
    return ConfigError(
        "'fields' config must have the same number of elements as 'headers' config.");
  }
  return std::make_unique<HeaderFrom>(side, fields, headers, parsed.Text("operation") == "move",
                                      parsed.Bool("replace.null.with.default"));
}

}  // namespace

void AddHeaderFrom(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform

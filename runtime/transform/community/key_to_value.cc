// Aiven's KeyToValue: copies fields of the key, or the whole of it, into the value.
#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using config::ConfigType;
using config::Importance;
using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "io.aiven.kafka.connect.transforms.KeyToValue";
constexpr std::string_view kWhole = "*", kWholeKeyField = "_key";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = new config::ConfigDef(
      {RequiredKey("key.fields", ConfigType::kList, Importance::kHigh,
                   "Fields of the key that are copied into the value; * copies all of the key."),
       OptionalKey("value.fields", ConfigType::kList, "", Importance::kHigh,
                   "What they are called there, one by one; without: as in the key, and _key for "
                   "all of it.")});
  return *definition;
}

struct Copy {
  std::string from, to;
  bool whole() const { return from == kWhole; }
};

class KeyToValue : public Transform {
 public:
  explicit KeyToValue(std::vector<Copy> copies) : copies_(std::move(copies)) {
    for (const Copy& copy : copies_) {
      (copy.whole() ? wildcard_ : named_) = true;
      names_.push_back(copy.from);
    }
  }
  std::string_view class_name() const override { return kName; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    SLUICE_RETURN_IF_ERROR(Check(record));
    if (record.value.kind == SLUICE_STRUCT) {
      SLUICE_RETURN_IF_ERROR(ApplyToStruct(record, memory));
    } else {
      SLUICE_RETURN_IF_ERROR(ApplyToMap(record, memory));
    }
    return true;
  }

 private:
  struct Plan {
    sluice_fingerprint key;
    SchemaRef schema;
    std::vector<int> copied;  // of each field: the copy that gives it, or -1
  };

  Status Check(const sluice_record& record) const {
    const std::string fields = named_ ? StrCat("[", StrJoin(names_, ", "), "]") : "";
    if (named_ && record.key_schema != nullptr && record.key_schema->type != SLUICE_STRUCT) {
      return DataError(StrCat(
          "Named key fields ", fields,
          " cannot be copied from the key schema: ", record::TypeName(record.key_schema->type)));
    }
    if (named_ && record.key_schema == nullptr && record.key.kind != SLUICE_MAP &&
        record.key.kind != SLUICE_STRUCT) {
      if (record.key.kind == SLUICE_NULL) {
        return NullPointer(StrCat("KeyToValue finds no fields ", fields, " in a key that is null"));
      }
      return DataError(StrCat("Named key fields ", fields, " cannot be copied from the key class: ",
                              record::JavaClassName(record.key)));
    }
    const sluice_schema* value_schema = record.value_schema;
    if (wildcard_ && record.key_schema == nullptr && record.key.kind == SLUICE_MAP &&
        value_schema != nullptr && value_schema->type == SLUICE_STRUCT) {
      return DataError("The value requires a schema, but the key class is a schemaless Map");
    }
    if (value_schema == nullptr ? record.value.kind != SLUICE_MAP
                                : value_schema->type != SLUICE_STRUCT) {
      return DataError("The value needs to be a Struct or Map in order to append fields");
    }
    return OkStatus();
  }

  // What Connect infers of a key without a schema.
  StatusOr<SchemaRef> KeySchema(const sluice_record& record) const {
    if (record.key_schema != nullptr) return SchemaRef(record.key_schema);
    const sluice_value& key = record.key;
    if (key.kind == SLUICE_STRUCT) return SchemaRef(key.as.structure->schema);
    if (key.kind >= SLUICE_BOOLEAN && key.kind <= SLUICE_BYTES) {
      return SchemaRef(record::RequiredSchema(key.kind));
    }
    if (key.kind == SLUICE_ARRAY && key.size > 0) {  // of values of one kind
      const sluice_kind kind = key.as.items[0].kind;
      const bool same = std::all_of(key.as.items, key.as.items + key.size,
                                    [&](const sluice_value& item) { return item.kind == kind; });
      if (same && kind >= SLUICE_BOOLEAN && kind <= SLUICE_BYTES) {
        return SchemaBuilder(SLUICE_ARRAY).Value(SchemaRef(record::RequiredSchema(kind))).Build();
      }
    }
    if (key.kind == SLUICE_NULL) return NullPointer("KeyToValue cannot tell a null key's schema");
    return DataError(
        StrCat("Cannot infer schema for unsupported key class: ", record::JavaClassName(key)));
  }

  const Copy* CopyTo(std::string_view field) const {
    for (const Copy& copy : copies_) {
      if (copy.to == field) return &copy;
    }
    return nullptr;
  }

  StatusOr<Plan> MakePlan(const sluice_schema& key, const sluice_schema& from) const {
    Plan plan{key.fingerprint, {}, {}};
    SchemaBuilder builder = StructLike(from);
    builder.Optional(from.optional);
    const auto add = [&](std::string_view name, const Copy* copy,
                         const sluice_schema* own) -> Status {
      if (copy == nullptr || copy->whole()) {
        builder.Field(name, SchemaRef(copy == nullptr ? own : &key));
      } else {
        if (key.type != SLUICE_STRUCT) return DataError("Cannot look up fields on non-struct type");
        const int index = abi::FieldIndex(key, copy->from);
        if (index < 0) {
          return DataError(StrCat("Key field '", copy->from, "' not found in key schema"));
        }
        builder.Field(name, SchemaRef(key.fields[index].schema));
      }
      plan.copied.push_back(copy == nullptr ? -1 : static_cast<int>(copy - copies_.data()));
      return OkStatus();
    };
    for (uint32_t i = 0; i < from.field_count; ++i) {
      const std::string_view name = abi::View(from.fields[i].name);
      SLUICE_RETURN_IF_ERROR(add(name, CopyTo(name), from.fields[i].schema));
    }
    for (const Copy& copy : copies_) {
      if (builder.HasField(copy.to)) continue;
      SLUICE_RETURN_IF_ERROR(add(copy.to, &copy, nullptr));
    }
    plan.schema = builder.Build();
    return plan;
  }

  Status ApplyToStruct(sluice_record& record, BatchMemory& memory) {
    const sluice_struct& from = *record.value.as.structure;
    SLUICE_ASSIGN_OR_RETURN(const SchemaRef key_schema, KeySchema(record));
    const Plan* plan = cache_.Find(*from.schema);
    if (plan == nullptr || !abi::operator==(plan->key, key_schema->fingerprint)) {
      SLUICE_ASSIGN_OR_RETURN(Plan made, MakePlan(*key_schema, *from.schema));
      plan = cache_.Put(*from.schema, std::move(made));
    }
    auto* values = memory.arena().NewArray<sluice_value>(plan->copied.size());
    for (size_t i = 0; i < plan->copied.size(); ++i) {
      const sluice_field& field = plan->schema->fields[i];
      values[i] = abi::Null();
      if (plan->copied[i] < 0) {
        values[i] = FieldValue(from, static_cast<uint32_t>(i), true);
      } else if (const Copy& copy = copies_[static_cast<size_t>(plan->copied[i])]; copy.whole()) {
        values[i] = record.key;
      } else if (record.key.kind == SLUICE_STRUCT) {
        values[i] = *NamedField(*record.key.as.structure, copy.from);
      } else {
        continue;
      }
      if (IsMissing(*field.schema, values[i]) && field.schema->default_value == nullptr) {
        return NullInRequiredField(abi::View(field.name), *field.schema);
      }
    }
    record.value_schema = memory.Keep(plan->schema);
    record.value = memory.arena().NewStruct(plan->schema.get(), values);
    return OkStatus();
  }

  Status ApplyToMap(sluice_record& record, BatchMemory& memory) const {
    const sluice_value& from = record.value;
    if (from.kind != SLUICE_MAP) return NullPointer("KeyToValue finds no value to copy into");
    auto* entries = memory.arena().NewArray<sluice_map_entry>(from.size + copies_.size());
    std::copy(from.as.entries, from.as.entries + from.size, entries);
    size_t count = from.size;
    for (const Copy& copy : copies_) {
      sluice_value copied = record.key;
      if (!copy.whole() && record.key.kind == SLUICE_MAP) {
        const sluice_value* found = abi::Find(record.key, copy.from);
        copied = found == nullptr ? abi::Null() : *found;
      } else if (!copy.whole() && record.key.kind == SLUICE_STRUCT) {
        const sluice_value* found = NamedField(*record.key.as.structure, copy.from);
        if (found == nullptr) return DataError(StrCat(copy.from, " is not a valid field name"));
        copied = *found;
      } else if (!copy.whole()) {
        continue;
      }
      const size_t at = FindEntry(entries, count, copy.to);
      if (at == count) entries[count++].key = abi::String(copy.to);
      entries[at].value = copied;
    }
    record.value_schema = nullptr;
    record.value = abi::Map(entries, count);
    return OkStatus();
  }

  const std::vector<Copy> copies_;
  std::vector<std::string> names_;
  bool named_ = false, wildcard_ = false;
  SchemaCache<Plan> cache_;  // by the value's schema
};

StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  const config::ConfigList &keys = parsed.List("key.fields"), &values = parsed.List("value.fields");
  std::vector<Copy> copies;
  for (size_t i = 0; i < keys.size(); ++i) {
    std::string to = i < values.size() ? values[i] : keys[i];
    if (to == kWhole) to = kWholeKeyField;
    for (const Copy& known : copies) {
      if (known.to == to) {
        return DataError(
            StrCat("More than one key value is copied to the value field name '", to, "'"));
      }
    }
    copies.push_back({keys[i], std::move(to)});
  }
  return std::make_unique<KeyToValue>(std::move(copies));
}

}  // namespace

void AddKeyToValue(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kName), &Definition(), &Make});
}

}  // namespace sluice::transform

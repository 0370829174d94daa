// Records for the tests of transforms, and what became of them as text. Not for production code.
#ifndef SLUICE_RUNTIME_TRANSFORM_RECORD_BUILDER_H_
#define SLUICE_RUNTIME_TRANSFORM_RECORD_BUILDER_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/batch_memory.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"
#include "runtime/transform/transform.h"

namespace sluice::transform::testing {

inline std::string Shown(const sluice_value& value);

// int32:5, "x", {a=int64:1}, struct{a="x",b=null}: kinds are seen.
inline std::string Shown(const sluice_value& value) {
  switch (value.kind) {
    case SLUICE_STRING:
      return StrCat("\"", abi::Text(value), "\"");
    case SLUICE_ARRAY: {
      std::vector<std::string> items;
      for (uint32_t i = 0; i < value.size; ++i) items.push_back(Shown(value.as.items[i]));
      return StrCat("[", StrJoin(items, ","), "]");
    }
    case SLUICE_MAP: {
      std::vector<std::string> entries;
      for (uint32_t i = 0; i < value.size; ++i) {
        const sluice_map_entry& entry = value.as.entries[i];
        const bool text = entry.key.kind == SLUICE_STRING;
        entries.push_back(StrCat(text ? std::string(abi::Text(entry.key)) : Shown(entry.key), "=",
                                 Shown(entry.value)));
      }
      return StrCat("{", StrJoin(entries, ","), "}");
    }
    case SLUICE_STRUCT: {
      std::vector<std::string> fields;
      const sluice_struct& structure = *value.as.structure;
      for (uint32_t i = 0; i < value.size; ++i) {
        fields.push_back(
            StrCat(abi::View(structure.schema->fields[i].name), "=", Shown(structure.values[i])));
      }
      return StrCat("struct{", StrJoin(fields, ","), "}");
    }
    case SLUICE_NULL:
      return "null";
    default: {
      static constexpr std::string_view kNames[] = {
          "null",  "bool",  "int8", "int16",  "int32",   "int64", "float32", "float64",  "string",
          "bytes", "array", "map",  "struct", "decimal", "date",  "time",    "timestamp"};
      if (record::IsDateKind(value.kind)) return StrCat(kNames[value.kind], ":", value.as.int64);
      return StrCat(kNames[value.kind], ":", record::JavaText(value));
    }
  }
}

// N(a:INT32,b:STRING?): name, fields, ? for optional; null.
inline std::string ShownSchema(const sluice_schema* schema) {
  if (schema == nullptr) return "null";
  std::string out = schema->name.data == nullptr || schema->type != SLUICE_STRUCT
                        ? std::string(record::TypeName(schema->type))
                        : std::string(abi::View(schema->name));
  if (schema->name.data != nullptr && schema->type != SLUICE_STRUCT) {
    const std::string_view name = abi::View(schema->name);
    out = std::string(name.substr(name.rfind('.') + 1));
  }
  if (schema->type == SLUICE_STRUCT) {
    std::vector<std::string> fields;
    for (uint32_t i = 0; i < schema->field_count; ++i) {
      fields.push_back(
          StrCat(abi::View(schema->fields[i].name), ":", ShownSchema(schema->fields[i].schema)));
    }
    StrAppend(out, "(", StrJoin(fields, ","), ")");
  }
  if (schema->optional) out.push_back('?');
  return out;
}

// Makes values in one arena; lives as long as they are used.
class Maker {
 public:
  using Entry = std::pair<std::string_view, sluice_value>;

  sluice_value Map(std::initializer_list<Entry> entries) {
    auto* made = arena_.NewArray<sluice_map_entry>(entries.size());
    size_t count = 0;
    for (const auto& [key, value] : entries) made[count++] = {arena_.CopyString(key), value};
    return abi::Map(made, count);
  }
  sluice_value Struct(const abi::SchemaRef& schema, std::initializer_list<sluice_value> values) {
    auto* made = arena_.NewArray<sluice_value>(values.size());
    std::copy(values.begin(), values.end(), made);
    kept_.push_back(schema);
    return arena_.NewStruct(schema.get(), made);
  }
  sluice_value Array(std::initializer_list<sluice_value> items) {
    auto* made = arena_.NewArray<sluice_value>(items.size());
    std::copy(items.begin(), items.end(), made);
    return abi::Array(made, items.size());
  }
  sluice_value Decimal(int8_t unscaled, int32_t scale) {
    auto* byte = arena_.New(static_cast<uint8_t>(unscaled));
    return abi::Decimal(arena_.New(sluice_decimal{scale, 1, byte}));
  }
  // A sink record at t/3@17, timestamp 1000.
  sluice_record Record(const sluice_schema* schema, const sluice_value& value) {
    sluice_record record = abi::EmptyRecord();
    record.topic = record.original_topic = abi::Str("t");
    record.partition = record.original_partition = 3;
    record.original_offset = 17;
    record.timestamp = 1000;
    record.value_schema = schema;
    record.value = value;
    return record;
  }
  sluice_record Record(const sluice_value& value) {
    return Record(value.kind == SLUICE_STRUCT ? value.as.structure->schema : nullptr, value);
  }

 private:
  abi::Arena arena_;
  std::vector<abi::SchemaRef> kept_;
};

// The transform by class and settings; the test fails if it cannot be made.
inline std::unique_ptr<Transform> New(std::string_view name, const config::ConfigMap& settings) {
  auto found = FindTransform(name);
  if (!found.ok()) return nullptr;
  auto made = (*found)->make(settings);
  return made.ok() ? *std::move(made) : nullptr;
}
inline std::string WhyNot(std::string_view name, const config::ConfigMap& settings) {
  auto found = FindTransform(name);
  if (!found.ok()) return Describe(found.status());
  auto made = (*found)->make(settings);
  return made.ok() ? "made" : Describe(made.status());
}

// The value and its schema after a transform, or the error; also that a failure leaves the record
// as it was.
struct Outcome {
  std::string value, schema, error;
};
inline Outcome RunTransform(Transform& transform, sluice_record record,
                            record::BatchMemory& memory) {
  const std::string before = Shown(record.value) + ShownSchema(record.value_schema);
  StatusOr<bool> kept = transform.Apply(record, memory);
  Outcome outcome{Shown(record.value), ShownSchema(record.value_schema), ""};
  if (!kept.ok()) outcome.error = Describe(kept.status());
  if (!kept.ok() && outcome.value + outcome.schema != before)
    outcome.error += " AND THE RECORD WAS CHANGED";
  if (kept.ok() && !*kept) outcome.value = "dropped";
  return outcome;
}
inline Outcome RunTransform(std::string_view name, const config::ConfigMap& settings,
                            const sluice_record& record) {
  std::unique_ptr<Transform> transform = New(name, settings);
  if (transform == nullptr) return {"", "", WhyNot(name, settings)};
  record::BatchMemory memory;
  return RunTransform(*transform, record, memory);
}

inline abi::SchemaRef Schema(sluice_kind kind, bool optional = false) {
  return abi::SchemaRef(optional ? record::OptionalSchema(kind) : record::RequiredSchema(kind));
}
inline abi::SchemaRef WithDefault(sluice_kind kind, const sluice_value& value, bool optional) {
  return abi::SchemaBuilder(kind).Optional(optional).Default(value).Build();
}
// Order(id:INT32, name:STRING?, qty:INT64 default 7)
inline abi::SchemaRef Order(bool optional_qty = false) {
  return abi::SchemaBuilder(SLUICE_STRUCT)
      .Name("Order")
      .Version(3)
      .Doc("an order")
      .Parameter("p", "q")
      .Optional()
      .Field("id", Schema(SLUICE_INT32))
      .Field("name", Schema(SLUICE_STRING, true))
      .Field("qty", WithDefault(SLUICE_INT64, abi::Int64(7), optional_qty))
      .Build();
}

inline constexpr std::string_view kData = "org.apache.kafka.connect.errors.DataException: ";
inline constexpr std::string_view kConfig = "org.apache.kafka.common.config.ConfigException: ";

}  // namespace sluice::transform::testing

#endif  // SLUICE_RUNTIME_TRANSFORM_RECORD_BUILDER_H_

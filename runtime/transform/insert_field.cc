// InsertField: adds fields from the record's metadata, or one fixed text.
#include <algorithm>
#include <optional>
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

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.InsertField";
constexpr std::string_view kPurpose = "field insertion";

enum class Origin { kTopic, kPartition, kOffset, kTimestamp, kStatic };
struct OriginKey {
  Origin origin;
  std::string_view key;
  std::string_view documentation;
};
constexpr OriginKey kOrigins[] = {
    {Origin::kTopic, "topic.field", "Name of the field for the record's topic."},
    {Origin::kPartition, "partition.field", "Name of the field for the record's partition."},
    {Origin::kOffset, "offset.field",
     "Name of the field for the record's offset; sink connectors only."},
    {Origin::kTimestamp, "timestamp.field", "Name of the field for the record's timestamp."},
    {Origin::kStatic, "static.field", "Name of the field for static.value."},
};

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    auto* def = new config::ConfigDef;
    for (const OriginKey& origin : kOrigins) {
      config::ConfigKey key;
      key.name = std::string(origin.key);
      key.documentation =
          StrCat(origin.documentation,
                 " A ! behind the name makes the field required, a ? or nothing optional.");
      def->Add(std::move(key));
    }
    config::ConfigKey value;
    value.name = "static.value";
    value.documentation = "The text that static.field gets.";
    def->Add(std::move(value));
    def->Add(ReplaceNullKey());
    return def;
  }();
  return *definition;
}

struct Insertion {
  Origin origin;
  std::string name;
  bool optional;
};

SchemaRef InsertedSchema(const Insertion& insertion) {
  switch (insertion.origin) {
    case Origin::kPartition:
      return SchemaBuilder(SLUICE_INT32).Optional(insertion.optional).Build();
    case Origin::kOffset:
      return SchemaBuilder(SLUICE_INT64).Optional(insertion.optional).Build();
    case Origin::kTimestamp:
      return SchemaBuilder(SLUICE_INT64)
          .Optional(insertion.optional)
          .Name(abi::kTimestampName)
          .Version(1)
          .Build();
    default:
      return SchemaBuilder(SLUICE_STRING).Optional(insertion.optional).Build();
  }
}

class InsertField : public FieldTransform {
 public:
  InsertField(Side side, std::vector<Insertion> insertions, std::string static_value,
              bool with_default)
      : FieldTransform(kName, side),
        insertions_(std::move(insertions)),
        static_value_(std::move(static_value)),
        with_default_(with_default) {
    for (const Insertion& insertion : insertions_) schemas_.push_back(InsertedSchema(insertion));
  }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    if (value(record).kind == SLUICE_NULL) return true;
    SLUICE_RETURN_IF_ERROR(schema(record) == nullptr ? ApplySchemaless(record, memory)
                                                     : ApplyWithSchema(record, memory));
    return true;
  }

 private:
  // What to insert; nothing: the record has no such thing, leave the field out.
  StatusOr<std::optional<sluice_value>> Inserted(const Insertion& insertion,
                                                 const sluice_record& record, bool logical) const {
    switch (insertion.origin) {
      case Origin::kTopic:
        return record.topic.data == nullptr ? abi::Null() : abi::String(abi::View(record.topic));
      case Origin::kPartition:
        if (record.partition == SLUICE_NO_PARTITION) return std::nullopt;
        return abi::Int32(record.partition);
      case Origin::kOffset:
        if (record.original_offset == SLUICE_NO_OFFSET) {
          return DataError(StrCat("Only SinkRecord supported for [", kPurpose,
                                  "], found: org.apache.kafka.connect.source.SourceRecord"));
        }
        return abi::Int64(record.original_offset);
      case Origin::kTimestamp:
        if (record.timestamp == SLUICE_NO_TIMESTAMP) return std::nullopt;
        return abi::Integer(logical ? SLUICE_TIMESTAMP : SLUICE_INT64, record.timestamp);
      case Origin::kStatic:
        return abi::String(static_value_);
    }
    return std::nullopt;
  }

  Status ApplySchemaless(sluice_record& record, BatchMemory& memory) {
    const sluice_value& map = value(record);
    SLUICE_RETURN_IF_ERROR(RequireMap(map, kPurpose));
    auto* entries = memory.arena().NewArray<sluice_map_entry>(map.size + insertions_.size());
    std::copy(map.as.entries, map.as.entries + map.size, entries);
    size_t count = map.size;
    for (const Insertion& insertion : insertions_) {
      SLUICE_ASSIGN_OR_RETURN(std::optional<sluice_value> inserted,
                              Inserted(insertion, record, false));
      if (!inserted) continue;
      size_t i = 0;
      while (i < count && !(entries[i].key.kind == SLUICE_STRING &&
                            abi::Text(entries[i].key) == insertion.name)) {
        ++i;
      }
      if (i == count) entries[count++].key = abi::String(insertion.name);
      entries[i].value = *inserted;
    }
    value(record) = abi::Map(entries, count);
    return OkStatus();
  }

  Status ApplyWithSchema(sluice_record& record, BatchMemory& memory) {
    SLUICE_RETURN_IF_ERROR(RequireStruct(value(record), kPurpose));
    const sluice_struct& from = *value(record).as.structure;
    const SchemaRef* updated = cache_.Find(*from.schema);
    if (updated == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(SchemaRef made, Updated(*from.schema));
      updated = cache_.Put(*from.schema, std::move(made));
    }
    const uint32_t count = from.schema->field_count;
    auto* values = memory.arena().NewArray<sluice_value>(count + insertions_.size());
    for (uint32_t i = 0; i < count; ++i) {
      values[i] = FieldValue(from, i, with_default_);
      if (IsMissing(*from.schema->fields[i].schema, values[i])) {
        return NullInRequiredField(abi::View(from.schema->fields[i].name),
                                   *from.schema->fields[i].schema);
      }
    }
    for (size_t i = 0; i < insertions_.size(); ++i) {
      SLUICE_ASSIGN_OR_RETURN(std::optional<sluice_value> inserted,
                              Inserted(insertions_[i], record, true));
      values[count + i] = inserted.value_or(abi::Null());
    }
    schema(record) = memory.Keep(*updated);
    value(record) = memory.arena().NewStruct(updated->get(), values);
    return OkStatus();
  }

  StatusOr<SchemaRef> Updated(const sluice_schema& from) const {
    SchemaBuilder builder = StructLike(from);
    for (uint32_t i = 0; i < from.field_count; ++i) {
      builder.Field(abi::View(from.fields[i].name), SchemaRef(from.fields[i].schema));
    }
    for (size_t i = 0; i < insertions_.size(); ++i) {
      if (builder.HasField(insertions_[i].name)) return DuplicateField(insertions_[i].name);
      builder.Field(insertions_[i].name, schemas_[i]);
    }
    return builder.Build();
  }

  const std::vector<Insertion> insertions_;
  const std::string static_value_;
  const bool with_default_;
  std::vector<SchemaRef> schemas_;  // of insertions_
  SchemaCache<SchemaRef> cache_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  std::vector<Insertion> insertions;
  for (const OriginKey& origin : kOrigins) {
    std::optional<std::string> name = parsed.OptionalText(origin.key);
    if (!name) continue;
    const char last = name->empty() ? '\0' : name->back();
    if (last == '!' || last == '?') name->pop_back();
    insertions.push_back({origin.origin, *std::move(name), last != '!'});
  }
  if (insertions.empty()) return ConfigError("No field insertion configured");
  std::optional<std::string> static_value = parsed.OptionalText("static.value");
  if (insertions.back().origin == Origin::kStatic && !static_value) {
    return ConfigError(StrCat(
        "Invalid value null for configuration static.value: No value specified for static field: ",
        insertions.back().name));
  }
  return std::make_unique<InsertField>(side, std::move(insertions), static_value.value_or(""),
                                       parsed.Bool("replace.null.with.default"));
}

}  // namespace

void AddInsertField(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform

#include "connectors/postgres_sink/fields.h"

#include <algorithm>

#include "connectors/sdk/errors.h"

namespace sluice::postgres::sink {
namespace {

using abi::View;

bool Holds(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

const sluice_value* Fallback(const SinkConfig& config, const sluice_schema& schema) {
  return config.default_for_null ? schema.default_value : nullptr;
}

void AddKafka(const SinkConfig& config, std::vector<Field>& out) {
  static const sdk::Schema text = sdk::schemas::String(), int32 = sdk::schemas::Int32(),
                           int64 = sdk::schemas::Int64();
  std::vector<std::string> names = config.pk_fields;
  if (names.empty()) names = {"__connect_topic", "__connect_partition", "__connect_offset"};
  out.push_back({names[0], text, {Source::kTopic}, true});
  out.push_back({names[1], int32, {Source::kPartition}, true});
  out.push_back({names[2], int64, {Source::kOffset}, true});
}

Field FieldOf(const SinkConfig& config, const sluice_schema& of, uint32_t index,
              Source::Kind kind) {
  const sluice_field& field = of.fields[index];
  return {std::string(View(field.name)),
          sdk::Schema(field.schema),
          {kind, index, Fallback(config, *field.schema)}};
}

// Which of the fields are named in pk.fields; all of them where it is empty.
std::vector<uint32_t> PkIndexes(const SinkConfig& config, const sluice_schema& schema,
                                std::string_view of) {
  std::vector<uint32_t> indexes;
  if (config.pk_fields.empty()) {
    for (uint32_t i = 0; i < schema.field_count; ++i) indexes.push_back(i);
  }
  for (const std::string& name : config.pk_fields) {
    const int index = abi::FieldIndex(schema, name);
    if (index < 0) {
      throw UnfitSchema("pk.fields names '", name, "', but the record's ", of,
                        " has no such field; its schema ", View(schema.name), " has ",
                        schema.field_count, " fields");
    }
    indexes.push_back(static_cast<uint32_t>(index));
  }
  return indexes;
}

// The fields of record_key, sorted by name.
std::vector<Field> KeyFields(const SinkConfig& config, const sluice_schema& schema) {
  std::vector<Field> out;
  if (schema.type != SLUICE_STRUCT) {
    if (schema.type == SLUICE_ARRAY || schema.type == SLUICE_MAP) {
      throw UnfitSchema(
          "With pk.mode=record_key the record's key must be a primitive or a struct, not an ",
          schema.type == SLUICE_ARRAY ? "array" : "map");
    }
    if (config.pk_fields.size() != 1) {
      throw UnfitSchema(
          "With pk.mode=record_key and a key that is no struct pk.fields must name exactly one ",
          "column, which the key goes to; it names ", config.pk_fields.size());
    }
    out.push_back({config.pk_fields[0],
                   sdk::Schema(&schema),
                   {Source::kKey, 0, Fallback(config, schema)},
                   true});
    return out;
  }
  for (uint32_t index : PkIndexes(config, schema, "key")) {
    out.push_back(FieldOf(config, schema, index, Source::kKeyField));
    out.back().key = true;
  }
  std::sort(out.begin(), out.end(), [](const Field& a, const Field& b) { return a.name < b.name; });
  return out;
}

// The value's columns in its order; a field of the key's name is the key.
void AddValue(const SinkConfig& config, const sluice_schema& value, std::vector<Field>& keys,
              std::vector<Field>& out) {
  if (value.type != SLUICE_STRUCT) {
    out.push_back(
        {config.string_column, sdk::Schema(&value), {Source::kValue, 0, Fallback(config, value)}});
    return;
  }
  std::vector<uint32_t> pk;
  if (config.pk_mode == PkMode::kRecordValue) pk = PkIndexes(config, value, "value");
  for (uint32_t i = 0; i < value.field_count; ++i) {
    Field field = FieldOf(config, value, i, Source::kValueField);
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const Field& one) { return one.name == field.name; });
    if (key != keys.end()) {
      out.push_back(std::move(*key));
      keys.erase(key);
      continue;
    }
    field.key = std::find(pk.begin(), pk.end(), i) != pk.end();
    if (!field.key && !config.whitelist.empty() && !Holds(config.whitelist, field.name)) continue;
    if (Holds(config.timestamp_fields, field.name) &&
        (field.schema->type == SLUICE_INT64 || field.schema->type == SLUICE_STRING)) {
      field.unit = config.timestamp_unit;
    }
    out.push_back(std::move(field));
  }
}

// The server would cut a longer name, and then not find it.
void CheckName(const std::string& name) {
  constexpr size_t kNameMax = 63;
  if (name.empty()) throw UnfitSchema("A field of the record has no name");
  if (name.find('\0') != std::string::npos) {
    throw UnfitSchema("A field's name has a zero byte, which no column's may have");
  }
  if (name.size() > kNameMax) {
    throw UnfitSchema("The field ", name, " has a name of ", name.size(), " bytes; a column's has ",
                      kNameMax, " at most");
  }
}

}  // namespace

std::vector<Field> MakeFields(const SinkConfig& config, const sluice_schema* key,
                              const sluice_schema* value) {
  std::vector<Field> out, keys;
  if (config.pk_mode == PkMode::kKafka) AddKafka(config, out);
  if (config.pk_mode == PkMode::kRecordKey) keys = KeyFields(config, *key);
  if (value != nullptr) AddValue(config, *value, keys, out);
  for (Field& field : keys) out.push_back(std::move(field));
  if (out.empty()) {
    throw UnfitSchema(
        "No field of the record is left to write: fields.whitelist names none of its fields");
  }
  for (size_t i = 0; i < out.size(); ++i) {
    CheckName(out[i].name);
    for (size_t j = i + 1; j < out.size(); ++j) {
      if (out[i].name == out[j].name) {
        throw UnfitSchema("Two fields of the record go to the column '", out[i].name,
                          "'; give one of them another name, in pk.fields or by a transform");
      }
    }
  }
  return out;
}

std::string WhyUnfit(const SinkConfig& config, const sluice_record& record) {
  if (config.pk_mode == PkMode::kRecordKey) {
    if (record.key.kind == SLUICE_NULL) return "its key is null, and pk.mode=record_key needs one";
    if (record.key_schema == nullptr) {
      return "its key has no schema, which pk.mode=record_key needs; let the key.converter give "
             "one";
    }
    if (record.key_schema->type == SLUICE_STRUCT && record.key.kind != SLUICE_STRUCT) {
      return "its key is not what its schema says";
    }
  }
  if (record.value.kind == SLUICE_NULL) {
    if (config.delete_enabled) return "";
    return "its value is null, and delete.enabled=false; delete.enabled=true deletes the row of "
           "its key";
  }
  if (record.value_schema == nullptr) {
    return "its value has no schema, so that its columns have no types; let the value.converter "
           "give one (of JSON: "
           "schemas.enable=true)";
  }
  const bool plain = record.value_schema->type == SLUICE_STRING && !config.string_column.empty() &&
                     config.pk_mode != PkMode::kRecordValue;
  if (record.value_schema->type != SLUICE_STRUCT && !plain) {
    return "its value is no struct, whose fields the columns are filled with";
  }
  if (record.value.kind != record.value_schema->type)
    return "its value is not what its schema says";
  return "";
}

const sluice_value& Get(const Source& source, const sluice_record& record, sluice_value& scratch) {
  const sluice_value* value = nullptr;
  switch (source.kind) {
    case Source::kTopic:
      return scratch = abi::String(View(record.topic));
    case Source::kPartition:
      return scratch = abi::Int32(record.partition);
    case Source::kOffset:
      return scratch = abi::Int64(record.original_offset);
    case Source::kKey:
      value = &record.key;
      break;
    case Source::kKeyField:
      value = &record.key.as.structure->values[source.index];
      break;
    case Source::kValue:
      value = &record.value;
      break;
    case Source::kValueField:
      value = &record.value.as.structure->values[source.index];
      break;
  }
  if (value->kind == SLUICE_NULL && source.fallback != nullptr) return *source.fallback;
  return *value;
}

}  // namespace sluice::postgres::sink

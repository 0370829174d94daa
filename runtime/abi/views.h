// The ABI's plain structs seen from C++: text as std::string_view, values made and looked at
// without touching unions. Header-only, shared by the worker and the SDK; pure functions, any
// thread. Nothing here allocates.
#ifndef SLUICE_RUNTIME_ABI_VIEWS_H_
#define SLUICE_RUNTIME_ABI_VIEWS_H_

#include <cstring>
#include <string_view>

#include "runtime/abi/sluice_plugin.h"

namespace sluice::abi {

inline std::string_view View(sluice_str text) { return {text.data, text.size}; }
inline sluice_str Str(std::string_view text) {
  return {text.data() == nullptr ? "" : text.data(), text.size()};
}
inline constexpr sluice_str kNoStr{nullptr, 0};

// Names of the schemas of logical values.
inline constexpr std::string_view kDecimalName = "org.apache.kafka.connect.data.Decimal";
inline constexpr std::string_view kDateName = "org.apache.kafka.connect.data.Date";
inline constexpr std::string_view kTimeName = "org.apache.kafka.connect.data.Time";
inline constexpr std::string_view kTimestampName = "org.apache.kafka.connect.data.Timestamp";

// Text of a string or bytes value, borrowed.
inline std::string_view Text(const sluice_value& value) { return {value.as.data, value.size}; }

inline sluice_value Null() { return sluice_value{}; }
inline sluice_value Integer(sluice_kind kind,
                            int64_t number) {  // BOOLEAN, INT8..INT64, DATE, TIME, TIMESTAMP
  sluice_value value{};
  value.kind = kind;
  value.as.int64 = number;
  return value;
}
inline sluice_value Boolean(bool truth) { return Integer(SLUICE_BOOLEAN, truth ? 1 : 0); }
inline sluice_value Int8(int8_t number) { return Integer(SLUICE_INT8, number); }
inline sluice_value Int16(int16_t number) { return Integer(SLUICE_INT16, number); }
inline sluice_value Int32(int32_t number) { return Integer(SLUICE_INT32, number); }
inline sluice_value Int64(int64_t number) { return Integer(SLUICE_INT64, number); }
inline sluice_value Float32(float number) {
  sluice_value value{};
  value.kind = SLUICE_FLOAT32;
  value.as.float32 = number;
  return value;
}
inline sluice_value Float64(double number) {
  sluice_value value{};
  value.kind = SLUICE_FLOAT64;
  value.as.float64 = number;
  return value;
}
// The text is borrowed: it must live as long as the value is used (an arena, a literal).
inline sluice_value String(std::string_view text) {
  sluice_value value{};
  value.kind = SLUICE_STRING;
  value.size = static_cast<uint32_t>(text.size());
  value.as.data = text.data() == nullptr ? "" : text.data();
  return value;
}
inline sluice_value Bytes(std::string_view bytes) {
  sluice_value value = String(bytes);
  value.kind = SLUICE_BYTES;
  return value;
}
inline sluice_value Array(const sluice_value* items, size_t count) {
  sluice_value value{};
  value.kind = SLUICE_ARRAY;
  value.size = static_cast<uint32_t>(count);
  value.as.items = items;
  return value;
}
inline sluice_value Map(const sluice_map_entry* entries, size_t count) {
  sluice_value value{};
  value.kind = SLUICE_MAP;
  value.size = static_cast<uint32_t>(count);
  value.as.entries = entries;
  return value;
}
inline sluice_value Struct(const sluice_struct* structure) {
  sluice_value value{};
  value.kind = SLUICE_STRUCT;
  value.size = structure->schema->field_count;
  value.as.structure = structure;
  return value;
}
inline sluice_value Decimal(const sluice_decimal* decimal) {
  sluice_value value{};
  value.kind = SLUICE_DECIMAL;
  value.as.decimal = decimal;
  return value;
}

inline bool IsNull(const sluice_value& value) { return value.kind == SLUICE_NULL; }
inline bool IsText(const sluice_value& value) {
  return value.kind == SLUICE_STRING || value.kind == SLUICE_BYTES;
}

// The value of a map with text keys, or nullptr.
inline const sluice_value* Find(const sluice_value& map, std::string_view key) {
  if (map.kind != SLUICE_MAP) return nullptr;
  for (uint32_t i = 0; i < map.size; ++i) {
    const sluice_map_entry& entry = map.as.entries[i];
    if (entry.key.kind == SLUICE_STRING && Text(entry.key) == key) return &entry.value;
  }
  return nullptr;
}
// The index of a struct schema's field, or -1.
inline int FieldIndex(const sluice_schema& schema, std::string_view name) {
  for (uint32_t i = 0; i < schema.field_count; ++i) {
    if (View(schema.fields[i].name) == name) return static_cast<int>(i);
  }
  return -1;
}

// records[index], whatever size of record the batch's maker knows.
inline const sluice_record& RecordAt(const sluice_batch& batch, size_t index) {
  return *reinterpret_cast<const sluice_record*>(reinterpret_cast<const char*>(batch.records) +
                                                 index * batch.record_size);
}

inline bool operator==(const sluice_fingerprint& a, const sluice_fingerprint& b) {
  return a.lo == b.lo && a.hi == b.hi;
}
// Both null, or of equal content.
inline bool SameSchema(const sluice_schema* a, const sluice_schema* b) {
  if (a == b) return true;
  return a != nullptr && b != nullptr && a->fingerprint == b->fingerprint;
}

// An empty record: no topic, no partition, no timestamp, null key and value.
inline sluice_record EmptyRecord() {
  sluice_record record{};
  record.partition = SLUICE_NO_PARTITION;
  record.timestamp = SLUICE_NO_TIMESTAMP;
  record.original_partition = SLUICE_NO_PARTITION;
  record.original_offset = SLUICE_NO_OFFSET;
  return record;
}

}  // namespace sluice::abi

#endif  // SLUICE_RUNTIME_ABI_VIEWS_H_

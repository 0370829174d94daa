#include "runtime/transform/community/community.h"

#include <algorithm>

#include "runtime/base/text.h"
#include "runtime/record/value.h"

namespace sluice::transform {

config::ConfigKey RequiredKey(std::string_view name, config::ConfigType type,
                              config::Importance importance, std::string_view documentation) {
  config::ConfigKey key;
  key.name = std::string(name);
  key.type = type;
  key.required = true;
  key.importance = importance;
  key.documentation = std::string(documentation);
  return key;
}

config::ConfigKey OptionalKey(std::string_view name, config::ConfigType type,
                              std::optional<std::string_view> otherwise,
                              config::Importance importance, std::string_view documentation) {
  config::ConfigKey key = RequiredKey(name, type, importance, documentation);
  key.required = false;
  if (otherwise) key.default_value = std::string(*otherwise);
  return key;
}

Status RecordError(std::string_view text, const sluice_record& record) {
  std::string out = StrCat(text, ": topic='", abi::View(record.topic), "'");
  if (record.original_offset != SLUICE_NO_OFFSET) {
    StrAppend(out, ", originalTopic='", abi::View(record.original_topic),
              "', originalKafkaPartition=", record.original_partition,
              ", originalKafkaOffset=", record.original_offset);
  }
  return DataError(out);
}

Status NullPointer(std::string_view text) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, "java.lang.NullPointerException", text);
}

Status NotCastable(const sluice_value& value, std::string_view what) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, "java.lang.ClassCastException",
                        StrCat(record::JavaClassText(value), " cannot be cast to class ", what));
}

bool IsBlank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
  });
}

const sluice_value* NamedField(const sluice_struct& from, std::string_view name) {
  const int index = abi::FieldIndex(*from.schema, name);
  return index < 0 ? nullptr : &FieldValue(from, static_cast<uint32_t>(index), true);
}

sluice_value WithEntry(const sluice_value& map, std::string_view key, const sluice_value& value,
                       BatchMemory& memory) {
  auto* entries = memory.arena().NewArray<sluice_map_entry>(map.size + size_t{1});
  std::copy(map.as.entries, map.as.entries + map.size, entries);
  size_t count = map.size;
  const size_t at = FindEntry(entries, count, key);
  if (at == count) entries[count++].key = abi::String(key);
  entries[at].value = value;
  return abi::Map(entries, count);
}

}  // namespace sluice::transform

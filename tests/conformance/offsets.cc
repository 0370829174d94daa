#include "tests/conformance/offsets.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "runtime/abi/check.h"
#include "runtime/abi/schema.h"
#include "runtime/base/text.h"
#include "runtime/convert/converter.h"

namespace sluice::conformance {
namespace {

convert::Converter& Json() {
  static const auto converter =
      convert::NewConverter("JsonConverter", {{"schemas.enable", "false"}}, convert::Role::kValue);
  return **converter;
}

bool IsScalar(const sluice_value& value) {
  return value.kind <= SLUICE_STRING;  // null, boolean, numbers, text
}

}  // namespace

StatusOr<std::string> ValueJson(const sluice_schema* schema, const sluice_value& value) {
  record::BatchMemory memory;
  SLUICE_ASSIGN_OR_RETURN(const record::Bytes bytes, Json().FromConnect("", schema, value, memory));
  return bytes.data == nullptr ? "null" : std::string(abi::View(bytes));
}

StatusOr<std::string> MapJson(const sluice_value& map) {
  if (map.kind == SLUICE_NULL) return "null";
  if (map.kind != SLUICE_MAP) {
    return DataError(StrCat("should be a map, but is a ", abi::KindName(map.kind)));
  }
  std::vector<sluice_map_entry> entries(map.as.entries, map.as.entries + map.size);
  for (const sluice_map_entry& entry : entries) {
    if (entry.key.kind != SLUICE_STRING) {
      return DataError(
          StrCat("has a key that is a ", abi::KindName(entry.key.kind), "; it should be a STRING"));
    }
    if (!IsScalar(entry.value)) {
      return DataError(StrCat("has the member ", abi::Text(entry.key), ", a ",
                              abi::KindName(entry.value.kind),
                              "; it should be null, a BOOLEAN, a number or a STRING"));
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](auto& a, auto& b) { return abi::Text(a.key) < abi::Text(b.key); });
  return ValueJson(nullptr, abi::Map(entries.data(), entries.size()));
}

StatusOr<sluice_value> JsonMap(const std::string& json, abi::Arena& arena) {
  record::BatchMemory memory;
  SLUICE_ASSIGN_OR_RETURN(const record::SchemaAndValue read,
                          Json().ToConnect("", {json.data(), json.size()}, memory));
  return abi::CopyValue(arena, read.value);
}

StatusOr<sluice_value> Offsets::Find(const sluice_value& partition, abi::Arena& arena) const {
  SLUICE_ASSIGN_OR_RETURN(const std::string key, MapJson(partition));
  const auto found = stored_.find(key);
  if (found == stored_.end()) return abi::Null();
  return JsonMap(found->second, arena);
}

}  // namespace sluice::conformance

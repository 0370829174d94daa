#include "runtime/convert/json_envelope.h"

#include <algorithm>
#include <utility>

#include "runtime/abi/views.h"

namespace sluice::convert {
namespace {

using record::SchemaAndValue;

// Takes `part` and blanks before it.
bool Take(std::string_view& text, std::string_view part) {
  while (!text.empty() &&
         (text[0] == ' ' || text[0] == '\n' || text[0] == '\t' || text[0] == '\r')) {
    text.remove_prefix(1);
  }
  if (text.substr(0, part.size()) != part) return false;
  text.remove_prefix(part.size());
  return true;
}

}  // namespace

bool JsonEnvelope::TryKnown(std::string_view text, record::JsonReader& reader,
                            record::BatchMemory& memory, SchemaAndValue& result) {
  if (!Take(text, "{") || !Take(text, "\"schema\"") || !Take(text, ":") || !Take(text, "")) {
    return false;
  }
  size_t which = 0;
  if (!Take(text, "null")) {
    while (which < known_.size() && !Take(text, known_[which].text)) ++which;
    if (which == known_.size()) return false;
    if (which != 0) std::rotate(known_.begin(), known_.begin() + which, known_.begin() + which + 1);
    result.schema = memory.Keep(known_[0].schema);
  } else {
    result.schema = nullptr;
  }
  if (!Take(text, ",") || !Take(text, "\"payload\"") || !Take(text, ":")) return false;
  size_t used = 0;
  const auto numbers =
      result.schema == nullptr ? record::JsonNumbers::kValues : record::JsonNumbers::kText;
  const StatusOr<sluice_value> node = reader.ReadPrefix(text, numbers, memory.arena(), used);
  if (!node.ok()) return false;
  text.remove_prefix(used);
  if (!Take(text, "}")) return false;
  if (result.schema == nullptr) {
    result.value = *node;
    return true;
  }
  const StatusOr<sluice_value> value = ReadJsonValue(result.schema, *node, options_, memory);
  if (!value.ok()) return false;
  result.value = *value;
  return true;
}

StatusOr<SchemaAndValue> JsonEnvelope::Read(const sluice_value& root,
                                            const std::vector<record::JsonReader::Member>& members,
                                            record::BatchMemory& memory) {
  const sluice_value* schema_node = abi::Find(root, "schema");
  const sluice_value* payload = abi::Find(root, "payload");
  if (root.size != 2 || schema_node == nullptr || payload == nullptr) {
    return DataError(
        "JsonConverter with schemas.enable requires \"schema\" and \"payload\" fields and may not "
        "contain additional fields. If you are trying to deserialize plain JSON data, set "
        "schemas.enable=false in your converter configuration.");
  }
  std::string_view text;  // of the last member called schema
  for (const record::JsonReader::Member& member : members) {
    if (member.name == "schema") text = member.text;
  }
  SLUICE_ASSIGN_OR_RETURN(const abi::SchemaRef schema, SchemaOf(*schema_node, text, memory));
  SchemaAndValue result;
  result.schema = memory.Keep(schema);
  SLUICE_ASSIGN_OR_RETURN(result.value, ReadJsonValue(result.schema, *payload, options_, memory));
  return result;
}

StatusOr<abi::SchemaRef> JsonEnvelope::SchemaOf(const sluice_value& node, std::string_view text,
                                                record::BatchMemory& memory) {
  if (abi::IsNull(node)) return abi::SchemaRef();
  if (const abi::SchemaRef* found = schemas_.Find(text)) {
    Remember(text, *found);
    return *found;
  }
  SLUICE_ASSIGN_OR_RETURN(abi::SchemaRef schema, ReadJsonSchema(node, options_, memory));
  schemas_.Put(text, schema);
  Remember(text, schema);
  return schema;
}

void JsonEnvelope::Remember(std::string_view text, const abi::SchemaRef& schema) {
  if (text.empty() || text[0] != '{') return;
  for (const Known& known : known_) {
    if (known.text == text) return;
  }
  if (known_.size() == kKnownMax) known_.pop_back();
  known_.insert(known_.begin(), {std::string(text), schema});
}

}  // namespace sluice::convert

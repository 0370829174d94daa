#include "runtime/convert/json_schema/schema.h"

#include <algorithm>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"

namespace sluice::convert::json_schema {

std::string ClassName(Kind kind) {
  static constexpr std::string_view kNames[] = {
      "Empty",       "True",     "False",    "Null",     "Boolean",  "Number",
      "String",      "Array",    "Object",   "Enum",     "Const",    "Not",
      "Conditional", "Combined", "Combined", "Combined", "Reference"};
  return StrCat("org.everit.json.schema.", kNames[static_cast<size_t>(kind)], "Schema");
}

const Schema* ObjectRules::Find(std::string_view name) const {
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

bool ObjectRules::Requires(std::string_view name) const {
  return std::find(required.begin(), required.end(), name) != required.end();
}

const Node* Schema::Keyword(std::string_view name) const {
  return keywords == nullptr ? nullptr : abi::Find(*keywords, name);
}

std::string_view Schema::TextKeyword(std::string_view name) const {
  const Node* node = Keyword(name);
  return node != nullptr && node->kind == SLUICE_STRING ? abi::Text(*node) : std::string_view();
}

std::vector<const Schema*> PartsOf(const Schema& schema) {
  std::vector<const Schema*> parts;
  const auto add = [&](const Schema* part) {
    if (part != nullptr) parts.push_back(part);
  };
  for (const Schema* part : schema.parts) add(part);
  add(schema.target);
  if (schema.array != nullptr) {
    add(schema.array->items);
    if (schema.array->tuple) {
      for (const Schema* part : *schema.array->tuple) add(part);
    }
    add(schema.array->additional);
    add(schema.array->contains);
  }
  if (schema.object != nullptr) {
    for (const Property& property : schema.object->properties) add(property.schema);
    add(schema.object->additional);
    for (const auto& pattern : schema.object->patterns) add(pattern.second);
    add(schema.object->names);
    for (const Property& property : schema.object->schemas_with) add(property.schema);
  }
  return parts;
}

}  // namespace sluice::convert::json_schema

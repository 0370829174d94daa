#include "runtime/convert/json_schema/all_of.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::convert::json_schema {
namespace {

class Collector {
 public:
  // Each part is looked into once, in the order of the text; chains of parts may be long.
  void Add(const Schema& schema) {
    std::vector<const Schema*> todo = {&schema};
    while (!todo.empty()) {
      const Schema& next = *todo.back();
      todo.pop_back();
      if (!seen_.insert(&next).second) continue;
      if (next.kind == Kind::kAllOf) {
        todo.insert(todo.end(), next.parts.rbegin(), next.parts.rend());
      } else if (next.kind == Kind::kReference) {
        todo.push_back(next.target);
      } else if (next.kind == Kind::kObject) {
        AddProperties(next);
      }
    }
  }
  std::vector<AllOfProperty> Take() { return std::move(properties_); }

 private:
  void AddProperties(const Schema& schema) {
    for (const Property& property : schema.object->properties) {
      const AllOfProperty made{property.name, property.schema,
                               schema.object->Requires(property.name)};
      const auto [place, fresh] = places_.emplace(property.name, properties_.size());
      if (fresh) {
        properties_.push_back(made);
      } else {
        properties_[place->second] = made;
      }
    }
  }

  std::set<const Schema*> seen_;
  std::map<std::string_view, size_t> places_;
  std::vector<AllOfProperty> properties_;
};

}  // namespace

std::vector<AllOfProperty> PropertiesOfAllOf(const Schema& all_of) {
  Collector collector;
  for (const Schema* part : all_of.parts) collector.Add(*part);
  return collector.Take();
}

StatusOr<AllOf> ReadAllOf(const Schema& all_of) {
  AllOf result;
  result.has_properties = !PropertiesOfAllOf(all_of).empty();
  if (result.has_properties) return result;
  // Of each kind the last.
  const Schema* by_kind[static_cast<size_t>(Kind::kReference) + 1] = {};
  const Schema* combined = nullptr;
  for (const Schema* part : all_of.parts) {
    by_kind[static_cast<size_t>(part->kind)] = part;
    if (part->IsCombined()) combined = part;
  }
  const auto of = [&](Kind kind) { return by_kind[static_cast<size_t>(kind)]; };
  const Schema* number = of(Kind::kNumber);
  const Schema* string = of(Kind::kString);
  if (combined != nullptr) {
    result.instead = combined;
  } else if (of(Kind::kConst) != nullptr) {
    result.instead = string != nullptr ? string : number;
  } else if (of(Kind::kEnum) != nullptr) {
    result.instead = string != nullptr ? of(Kind::kEnum) : number;
  } else if (string != nullptr) {
    result.instead = number != nullptr ? number : string;
  } else {
    result.instead = of(Kind::kReference);
  }
  return result;
}

}  // namespace sluice::convert::json_schema

#include "runtime/herder/built_in_classes.h"

#include <algorithm>
#include <optional>

#include "runtime/base/text.h"
#include "runtime/convert/converter.h"
#include "runtime/plugin/version.h"
#include "runtime/transform/transform.h"

namespace sluice::herder {
namespace {

using config::ClassRole;
using config::NamedClass;

constexpr ClassRole kRoles[] = {ClassRole::kTransform, ClassRole::kPredicate, ClassRole::kConverter,
                                ClassRole::kHeaderConverter};

// The interface, as the peer calls it.
std::string_view InterfaceOf(ClassRole role) {
  switch (role) {
    case ClassRole::kTransform:
      return "Transformation";
    case ClassRole::kPredicate:
      return "Predicate";
    case ClassRole::kConverter:
      return "Converter";
    case ClassRole::kHeaderConverter:
      return "HeaderConverter";
  }
  return "";
}

std::string_view SimpleName(std::string_view name) { return name.substr(name.rfind('.') + 1); }

// By full name, simple name or the name without its suffix; nullptr: there is none.
const convert::ConverterInfo* FindConverter(std::string_view type) {
  for (const convert::ConverterInfo& info : convert::ListConverters()) {
    const std::string_view simple = SimpleName(info.class_name);
    if (type == info.class_name || type == simple || StrCat(type, "Converter") == simple ||
        StrCat(type, "HeaderConverter") == simple) {
      return &info;
    }
  }
  return nullptr;
}

template <typename Class>
NamedClass Named(const Class& found) {
  return {.name = found.name, .keys = found.config, .open = found.open, .check = found.check};
}

// A class that has the role, without complaint.
std::optional<NamedClass> FindOf(ClassRole role, std::string_view type) {
  if (role == ClassRole::kTransform) {
    const auto found = transform::FindTransform(type);
    if (found.ok()) return Named(**found);
  } else if (role == ClassRole::kPredicate) {
    const auto found = transform::FindPredicate(type);
    if (found.ok()) return Named(**found);
  } else if (const convert::ConverterInfo* found = FindConverter(type); found != nullptr) {
    const bool has = role == ClassRole::kConverter ? found->converter : found->header_converter;
    if (!has) return std::nullopt;
    NamedClass named{.name = found->class_name, .keys = found->config};
    // Those with a schema registry hand on keys to its client, and to whoever gives it tokens.
    if (named.keys->Find("schema.registry.url") != nullptr) named.open = {""};
    return named;
  }
  return std::nullopt;
}

std::optional<NamedClass> FindConnector(std::string_view type, const Plugins& connectors) {
  for (const plugin::ClassInfo& info : connectors.Known()) {
    const auto& aliases = info.aliases;
    if (type == info.name || std::find(aliases.begin(), aliases.end(), type) != aliases.end()) {
      return NamedClass{.name = info.name};
    }
  }
  return std::nullopt;
}

// InsertField: only its $Key and $Value can be made.
std::optional<NamedClass> FindAbstract(std::string_view type) {
  std::string base;
  std::vector<std::string> variants;
  for (const transform::TransformClass& known : transform::ListTransforms()) {
    const size_t dollar = known.name.find('$');
    if (dollar == std::string::npos) continue;
    const std::string_view outer = std::string_view(known.name).substr(0, dollar);
    if (type != outer && type != SimpleName(outer)) continue;
    base = outer;
    variants.push_back(known.name);
  }
  if (variants.empty()) return std::nullopt;
  std::sort(variants.begin(), variants.end());
  return NamedClass{
      .name = base,
      .complaint = StrCat("This class is abstract and cannot be created. Did you mean ",
                          StrJoin(variants, ", "), "?")};
}

}  // namespace

NamedClass BuiltInClasses::Find(ClassRole role, std::string_view type) const {
  if (auto found = FindOf(role, type)) {
    found->version = version_;
    return *std::move(found);
  }
  std::optional<NamedClass> other = FindAbstract(type);
  if (other && role == ClassRole::kTransform) return *std::move(other);
  for (const ClassRole another : kRoles) {
    if (!other) other = FindOf(another, type);
  }
  if (!other && connectors_ != nullptr) other = FindConnector(type, *connectors_);
  if (!other) return {};
  return {.name = other->name,
          .complaint = StrCat("Class class ", other->name, " does not implement the ",
                              InterfaceOf(role), " interface")};
}

NamedClass BuiltInClasses::FindAny(std::string_view type) const {
  for (const ClassRole role : kRoles) {
    if (auto found = FindOf(role, type)) {
      found->version = version_;
      return *std::move(found);
    }
  }
  return {};
}

std::vector<std::string> BuiltInClasses::Names(ClassRole role) const {
  std::vector<std::string> names;
  if (role == ClassRole::kTransform) {
    for (const auto& one : transform::ListTransforms()) names.push_back(one.name);
  } else if (role == ClassRole::kPredicate) {
    for (const auto& one : transform::ListPredicates()) names.push_back(one.name);
  } else {
    for (const auto& one : convert::ListConverters()) {
      const bool has = role == ClassRole::kConverter ? one.converter : one.header_converter;
      if (has) names.push_back(one.class_name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

config::VersionTrouble BuiltInClasses::CheckVersion(const NamedClass& found,
                                                    std::string_view required) const {
  return CheckVersions(found.name, required, {found.version});
}

std::vector<PluginInfo> BuiltInClasses::List() const {
  constexpr std::string_view kTypes[] = {"transformation", "predicate", "converter",
                                         "header_converter"};
  std::vector<PluginInfo> all;
  for (size_t i = 0; i < std::size(kRoles); ++i) {
    for (std::string& name : Names(kRoles[i])) {
      all.push_back({std::move(name), std::string(kTypes[i]), version_});
    }
  }
  return all;
}

config::VersionTrouble CheckVersions(const std::string& class_name, std::string_view required,
                                     const std::vector<std::string>& available) {
  const std::string_view text = Trim(required);
  const auto range = plugin::VersionRange::Parse(text.empty() ? "[]" : text);  // as in the peer
  if (!range.ok()) return {true, std::string(Message(range.status()))};
  for (const std::string& version : available) {
    if (range->Contains(version)) return {};
  }
  return {false, StrCat("Plugin ", class_name, " not found that matches the version range ",
                        range->text(), ", available versions: [", StrJoin(available, ", "), "]")};
}

}  // namespace sluice::herder

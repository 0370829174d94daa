// The lists of transform.h, and looking classes up by name or alias.
#include "runtime/base/text.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/expression/classes.h"

namespace sluice::transform {
namespace {

constexpr std::string_view kApache = "org.apache.kafka.";

// An alias is the name behind the last dot: InsertField$Value.
std::string_view SimpleName(std::string_view name) { return name.substr(name.rfind('.') + 1); }

// By full name; else by alias, which Apache Kafka's own classes have before all others.
template <typename Class>
StatusOr<const Class*> Find(const std::vector<Class>& classes, std::string_view name,
                            std::string_view kind) {
  std::string variants;
  std::vector<const Class*> aliased;
  for (const Class& known : classes) {
    if (known.name == name) return &known;
    if (SimpleName(known.name) == name) aliased.push_back(&known);
    const std::string_view base = std::string_view(known.name).substr(0, known.name.find('$'));
    if (base.size() < known.name.size() && (base == name || SimpleName(base) == name)) {
      StrAppend(variants, variants.empty() ? "" : " or ", known.name);
    }
  }
  if (aliased.size() == 1 || (!aliased.empty() && aliased[0]->name.starts_with(kApache))) {
    return aliased[0];
  }
  if (!aliased.empty()) {
    return ConfigError(StrCat("Class ", name, " could be ", aliased[0]->name, " or ",
                              aliased[1]->name, ": name it in full"));
  }
  if (!variants.empty()) {
    return ConfigError(
        StrCat("Class ", name, " is abstract and cannot be created; use ", variants));
  }
  std::vector<std::string_view> names;
  for (const Class& known : classes) names.push_back(known.name);
  return ConfigError(StrCat("Class ", name, " could not be found. Available as ", kind, ": ",
                            StrJoin(names, ", ")));
}

}  // namespace

const std::vector<TransformClass>& ListTransforms() {
  static const std::vector<TransformClass>* const classes = [] {
    auto* list = new std::vector<TransformClass>;
    AddCast(*list);
    AddDropHeaders(*list);
    AddExtractField(*list);
    AddFilter(*list);
    AddFlatten(*list);
    AddHeaderFrom(*list);
    AddHoistField(*list);
    AddInsertField(*list);
    AddInsertHeader(*list);
    AddMaskField(*list);
    AddRegexRouter(*list);
    AddReplaceField(*list);
    AddSetSchemaMetadata(*list);
    AddTimestampConverter(*list);
    AddTimestampRouter(*list);
    AddValueToKey(*list);
    // Apache Kafka's own come first: an alias means theirs.
    AddByLogicalTableRouter(*list);
    AddConcatFields(*list);
    AddDrop(*list);
    AddEventRouter(*list);
    AddExtractNewRecordState(*list);
    AddExtractTimestamp(*list);
    AddExtractTopic(*list);
    AddFieldTopic(*list);
    AddFilterByFieldValue(*list);
    AddHash(*list);
    AddKeyToValue(*list);
    AddMakeTombstone(*list);
    AddMessageTimestampRouter(*list);
    AddTombstoneHandler(*list);
    AddMap(*list);
    AddValidate(*list);
    return list;
  }();
  return *classes;
}

const std::vector<PredicateClass>& ListPredicates() {
  static const std::vector<PredicateClass>* const classes = [] {
    auto* list = new std::vector<PredicateClass>;
    AddPredicates(*list);
    AddMatches(*list);
    return list;
  }();
  return *classes;
}

StatusOr<const TransformClass*> FindTransform(std::string_view name) {
  return Find(ListTransforms(), name, "Transformation");
}
StatusOr<const PredicateClass*> FindPredicate(std::string_view name) {
  return Find(ListPredicates(), name, "Predicate");
}

}  // namespace sluice::transform

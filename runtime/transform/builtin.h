// The transforms and predicates that there are, one function for each file that has some;
// registry.cc collects them. Called once, on whatever thread first asks.
#ifndef SLUICE_RUNTIME_TRANSFORM_BUILTIN_H_
#define SLUICE_RUNTIME_TRANSFORM_BUILTIN_H_

#include <vector>

#include "runtime/transform/transform.h"

namespace sluice::transform {

void AddCast(std::vector<TransformClass>& classes);
void AddDropHeaders(std::vector<TransformClass>& classes);
void AddExtractField(std::vector<TransformClass>& classes);
void AddFilter(std::vector<TransformClass>& classes);
void AddFlatten(std::vector<TransformClass>& classes);
void AddHeaderFrom(std::vector<TransformClass>& classes);
void AddHoistField(std::vector<TransformClass>& classes);
void AddInsertField(std::vector<TransformClass>& classes);
void AddInsertHeader(std::vector<TransformClass>& classes);
void AddMaskField(std::vector<TransformClass>& classes);
void AddRegexRouter(std::vector<TransformClass>& classes);
void AddReplaceField(std::vector<TransformClass>& classes);
void AddSetSchemaMetadata(std::vector<TransformClass>& classes);
void AddTimestampConverter(std::vector<TransformClass>& classes);
void AddTimestampRouter(std::vector<TransformClass>& classes);
void AddValueToKey(std::vector<TransformClass>& classes);
void AddPredicates(std::vector<PredicateClass>& classes);

inline constexpr std::string_view kTransformsPackage = "org.apache.kafka.connect.transforms.";

// Adds X$Key and X$Value, both made by `Make<Side>`.
#define SLUICE_ADD_KEY_AND_VALUE(classes, name, definition, make)                      \
  (classes).push_back({std::string(name) + "$Key", &(definition), &make<Side::kKey>}); \
  (classes).push_back({std::string(name) + "$Value", &(definition), &make<Side::kValue>})

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_BUILTIN_H_

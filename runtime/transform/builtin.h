// The transforms and predicates that there are, one function for each file that has some;
// registry.cc collects them. Called once, on whatever thread first asks.
#ifndef SLUICE_RUNTIME_TRANSFORM_BUILTIN_H_
#define SLUICE_RUNTIME_TRANSFORM_BUILTIN_H_

#include <vector>

#include "runtime/transform/key_and_value.h"  // IWYU pragma: export
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

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_BUILTIN_H_

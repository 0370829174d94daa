// One value as one of another type, as Java casts numbers and Cast has its texts. For cast.cc.
// Pure, any thread.
#ifndef SLUICE_RUNTIME_TRANSFORM_CAST_VALUE_H_
#define SLUICE_RUNTIME_TRANSFORM_CAST_VALUE_H_

#include <optional>
#include <string>
#include <string_view>

#include "runtime/abi/arena.h"
#include "runtime/base/status.h"

namespace sluice::transform {

// INT8 to STRING and BOOLEAN by name, in any case.
std::optional<sluice_kind> CastTypeByName(std::string_view name);
// [INT8, INT16, ...]: what a value can become.
std::string CastTypeNames();

// `schema` may be nullptr. Texts are made in `scratch` and live in the arena. DataException: a
// value that cannot be cast, `Value (x) was out of range for requested data type` for a text that
// is no such number.
StatusOr<sluice_value> CastValue(const sluice_schema* schema, const sluice_value& value,
                                 sluice_kind type, abi::Arena& arena, std::string& scratch);

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_CAST_VALUE_H_

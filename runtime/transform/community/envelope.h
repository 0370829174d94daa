// What Debezium's change events look like: a struct of before, after, source, op, ts_ms, whose
// schema's name ends with .Envelope. Pure, any thread.
#ifndef SLUICE_RUNTIME_TRANSFORM_COMMUNITY_ENVELOPE_H_
#define SLUICE_RUNTIME_TRANSFORM_COMMUNITY_ENVELOPE_H_

#include <string_view>

#include "runtime/abi/views.h"

namespace sluice::transform {

inline constexpr std::string_view kEnvelopeSuffix = ".Envelope";
inline constexpr std::string_view kBefore = "before", kAfter = "after", kOperation = "op";

inline bool IsEnvelope(const sluice_schema* schema) {
  return schema != nullptr && schema->name.data != nullptr &&
         abi::View(schema->name).ends_with(kEnvelopeSuffix);
}

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_COMMUNITY_ENVELOPE_H_

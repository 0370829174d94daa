// A text of JSON as data with a schema inferred from it: what EventRouter's
// table.expand.json.payload does. Pure; the values live in the arena.
#ifndef SLUICE_RUNTIME_TRANSFORM_COMMUNITY_EXPANDED_JSON_H_
#define SLUICE_RUNTIME_TRANSFORM_COMMUNITY_EXPANDED_JSON_H_

#include <string_view>

#include "runtime/base/status.h"
#include "runtime/record/batch_memory.h"

namespace sluice::transform {

struct ExpandedJson {
  record::SchemaRef schema;
  sluice_value value;
};

// An object becomes a struct called `name`, its objects structs called name.field. Everything is
// optional; numbers are int32, int64 or float64; members that are null or empty lists are left out,
// or with `null_as_bytes` nulls are optional bytes. Error: no object, or a list of several types.
StatusOr<ExpandedJson> ExpandJson(std::string_view name, std::string_view text, bool null_as_bytes,
                                  abi::Arena& arena);

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_COMMUNITY_EXPANDED_JSON_H_

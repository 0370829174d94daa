// How far a table, or a query, has been read, in the original's form:
//
//   partition  {"protocol": "1", "table": "public.orders"}, {"table": "orders"} of old, or
//              {"query": "query"}
//   offset     {"incrementing": 7, "timestamp": 1709209800250, "timestamp_nanos": 250000000}, with
//              the parts that the mode has
//
// Plain data and pure functions, any thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_SOURCE_OFFSET_H_
#define SLUICE_CONNECTORS_POSTGRES_SOURCE_OFFSET_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "connectors/sdk/record.h"
#include "connectors/sdk/value.h"

namespace sluice::postgres::source {

struct Offset {
  std::optional<int64_t> incrementing;
  std::optional<int64_t> timestamp;  // microseconds from 1970
  friend bool operator==(const Offset&, const Offset&) = default;
};

// In the arena.
const sdk::Value* OffsetMap(abi::Arena& arena, const Offset& offset);
// Throws ConnectException for a member that is no whole number.
Offset ReadOffset(const sdk::Value& map);

}  // namespace sluice::postgres::source

#endif  // SLUICE_CONNECTORS_POSTGRES_SOURCE_OFFSET_H_

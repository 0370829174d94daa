// The messages that are logical values in Connect: Decimal, Date, TimeOfDay, Timestamp. Pure
// functions, any thread.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_KNOWN_VALUES_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_KNOWN_VALUES_H_

#include <cstdint>
#include <string_view>

#include "runtime/abi/arena.h"
#include "runtime/base/status.h"

namespace sluice::convert::protobuf {

// The members of such a message: integers by number, 1 to 4, and bytes.
struct KnownParts {
  int64_t numbers[5] = {};
  std::string_view bytes = {};
};

// DataException: parts that are no date, time or number.
StatusOr<sluice_value> TimestampOf(const KnownParts& parts);
StatusOr<sluice_value> DateOf(const KnownParts& parts);
StatusOr<sluice_value> TimeOf(const KnownParts& parts);
// Rounded to its precision, if it says one.
StatusOr<sluice_value> DecimalOf(const KnownParts& parts, abi::Arena& arena);

// The other way round. `millis`: since the epoch; of the day. DataException: there is no such
// message.
StatusOr<KnownParts> TimestampParts(int64_t millis);
KnownParts DateParts(int64_t millis);
KnownParts TimeParts(int64_t millis);
KnownParts DecimalParts(const sluice_decimal& decimal);

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_KNOWN_VALUES_H_

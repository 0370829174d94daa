// PostgreSQL's texts of dates, times and numbers, read (DateStyle ISO). Pure functions, any thread.
// What cannot be read throws UnreadableValue.
#ifndef SLUICE_CONNECTORS_POSTGRES_SOURCE_TEXT_VALUE_H_
#define SLUICE_CONNECTORS_POSTGRES_SOURCE_TEXT_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/sdk/record.h"
#include "connectors/sdk/value.h"
#include "connectors/shared/time_zone.h"

namespace sluice::postgres::source {

// Days from 1970 of 2024-02-29, or 0044-03-15 BC. infinity is the last day that an int32 counts.
int32_t ReadDate(std::string_view text);
// Microseconds from midnight of 12:30:00.25; a zone behind it (+02, -03:30) is taken off.
int64_t ReadTime(std::string_view text);
// Microseconds from 1970 of 2024-02-29 12:30:00.25+01; without a zone it is a clock of `zone`.
// infinity is what pgjdbc makes of it.
int64_t ReadTimestamp(std::string_view text, const shared::TimeZone& zone);
// 2024-02-29 12:30:00.25 on a clock of `zone`, or, `zoned`, of UTC with +00 behind it.
std::string TimestampText(int64_t epoch_micros, bool zoned, const shared::TimeZone& zone);

// Digits with a point, as a decimal of `scale`; digits that it has no place for must be zeros.
const sluice_decimal* ReadDecimal(std::string_view text, int32_t scale, abi::Arena& arena);

}  // namespace sluice::postgres::source

#endif  // SLUICE_CONNECTORS_POSTGRES_SOURCE_TEXT_VALUE_H_

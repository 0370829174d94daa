// Values as text: as PostgreSQL reads it, and as JSON. Appends. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_VALUE_TEXT_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_VALUE_TEXT_H_

#include <cstdint>
#include <stdexcept>
#include <string>

#include "connectors/sdk/value.h"
#include "connectors/shared/time_zone.h"

namespace sluice::postgres::sink {

// A value that cannot be written to its column: the record is rejected with this text.
struct BadValue : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What a literal of the type holds: 12.90, true, \x0aff, 2024-02-29, 12:00:00.5, 2024-02-29
// 12:00:00.25 (in `zone`), an array's {1,NULL,"a b"}; maps and structs as JSON.
void AppendLiteral(std::string& out, const sluice_value& value, const shared::TimeZone& zone);

// As JsonConverter without schemas writes it, decimals as numbers (shared/json_text.h). Throws
// BadValue: nested more than 1000 deep, a decimal of more than 16 KiB.
void AppendJson(std::string& out, const sluice_value& value);

// 2024-02-29; 0044-03-15 BC.
void AppendDate(std::string& out, int64_t epoch_days);
// 2024-02-29 12:00:00.25, from microseconds.
void AppendTimestamp(std::string& out, int64_t epoch_micros);
void AppendTime(std::string& out, int64_t micros);

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_VALUE_TEXT_H_

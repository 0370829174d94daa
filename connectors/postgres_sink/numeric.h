// Decimals as PostgreSQL's numeric: in binary, and as digits. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_NUMERIC_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_NUMERIC_H_

#include <cstdint>
#include <string>

#include "connectors/postgres_sink/byte_buffer.h"
#include "connectors/sdk/value.h"

namespace sluice::postgres::sink {

// False: numeric has surely no room for it (131072 digits before the point, 16383 behind it).
bool FitsNumeric(const sluice_decimal& decimal);
// 12.90, -0.05, 1200 (of 12 with scale -2): without an exponent. Of one that FitsNumeric.
void AppendDecimal(std::string& out, const sluice_decimal& decimal);

// The binary form, without the length before it. False: numeric has no room for it.
bool PutNumeric(ByteBuffer& out, const sluice_decimal& decimal);
void PutNumeric(ByteBuffer& out, int64_t number);

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_NUMERIC_H_

// How values of a schema are sent for a column: chosen once per plan, used for every row. Pure
// functions, any thread.
//
// A column has two encodings. Rows of a COPY are in its binary form, so each value must have the
// column's own type. Rows of a statement are one array per column, which the statement unnests and,
// where the type has no array that fits, casts: then the values are text as PostgreSQL reads it (a
// uuid, an enum, an inet, an array).
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_ENCODING_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_ENCODING_H_

#include <cstdint>
#include <string>

#include "connectors/postgres_sink/column.h"
#include "connectors/sdk/value.h"

namespace sluice::postgres::sink {

enum class Wire : uint8_t {
  kBoolean,
  kInt2,
  kInt4,
  kInt8,
  kFloat4,
  kFloat8,
  kNumeric,
  kText,   // strings as they are, else as PostgreSQL reads it
  kJson,   // strings as they are (they hold JSON), else JSON
  kJsonb,  // the same in jsonb's binary form
  kBytea,
  kDate,
  kTime,
  kTimestamp,  // in db.timezone
  kTimestampTz,
  kUuid,
  kArray,  // of `element`
};

// What an int64 that is written as a timestamp counts (timestamp.fields.list).
enum class Unit : uint8_t { kMillis, kMicros, kNanos };

struct Encoding {
  Wire wire = Wire::kText;
  Wire element = Wire::kText;  // kArray
  uint32_t oid = kOidText;     // of what is sent; kArray: of the elements
  Unit unit = Unit::kMillis;
  friend bool operator==(const Encoding&, const Encoding&) = default;
};

struct ColumnEncoding {
  bool copyable = false;  // `copy` is of the column's own type
  Encoding copy;
  Encoding parameter;         // of one element of the statement's array
  uint32_t array_oid = 1009;  // the array's type
  std::string cast;           // "": none is needed
};

// Throws ConnectException if values of the schema cannot be written to such a column at all.
ColumnEncoding ChooseEncoding(const sluice_schema& schema, const Column& column, Unit unit);

// PostgreSQL's type for a new column: BIGINT, TEXT, DECIMAL, INT[], JSONB.
std::string CreateType(const sluice_schema& schema);

// A logical type's name, or "".
std::string_view LogicalName(const sluice_schema& schema);

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_ENCODING_H_

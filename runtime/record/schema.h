// What there is to know about schemas beyond the ABI's struct: the schemas of single values,
// Connect's logical types, and the names that its messages use. Pure functions and immutable data,
// any thread; the schemas live for ever.
#ifndef SLUICE_RUNTIME_RECORD_SCHEMA_H_
#define SLUICE_RUNTIME_RECORD_SCHEMA_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/status.h"

namespace sluice::record {

inline constexpr std::string_view kDecimalName = "org.apache.kafka.connect.data.Decimal";
inline constexpr std::string_view kDateName = "org.apache.kafka.connect.data.Date";
inline constexpr std::string_view kTimeName = "org.apache.kafka.connect.data.Time";
inline constexpr std::string_view kTimestampName = "org.apache.kafka.connect.data.Timestamp";
inline constexpr std::string_view kSchemaBuilderException =
    "org.apache.kafka.connect.errors.SchemaBuilderException";

// What the schema's name makes of it. Only the name counts, whatever the type is, as in Java.
enum class Logical : uint8_t { kNone, kDecimal, kDate, kTime, kTimestamp };
Logical LogicalOf(const sluice_schema* schema);  // of no schema: kNone

// INT8, INT32, STRUCT ...; a logical kind has the name of its base type.
std::string_view TypeName(sluice_kind kind);

// The schema of a kind of value without name, default or parts: BOOLEAN .. BYTES, and DATE, TIME,
// TIMESTAMP with their logical names. nullptr for the other kinds.
const sluice_schema* RequiredSchema(sluice_kind kind);
const sluice_schema* OptionalSchema(sluice_kind kind);
abi::SchemaRef DecimalSchema(int32_t scale);

// The scale of a schema named Decimal, or the error that Java raises for a missing or broken one.
StatusOr<int32_t> DecimalScale(const sluice_schema& schema);

// Java's toString: Schema{INT32}, Schema{name:STRUCT}.
std::string SchemaText(const sluice_schema& schema);

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_SCHEMA_H_

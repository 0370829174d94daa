// Values as Java sees them: their text, class, equality, and whether they fit a schema. Pure
// functions, any thread. They recurse into a value; depth is bounded by whoever made it (a JSON
// text: 1000).
#ifndef SLUICE_RUNTIME_RECORD_VALUE_H_
#define SLUICE_RUNTIME_RECORD_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/status.h"

namespace sluice::record {

// toString of a value: a string as it is, Struct{a=1,b=x} (null fields left out), {a=1, b=x}, [1,
// 2], 1.0E10, true, 12.90, Thu Jan 01 00:00:00 UTC 1970, null. Bytes, whose text in Java is an
// address, are base64.
void AppendJavaText(std::string& out, const sluice_value& value);
std::string JavaText(const sluice_value& value);

// "class java.lang.String", "class java.util.HashMap", "class [B" ...: what Java's messages say of
// a value's class.
std::string_view JavaClassText(const sluice_value& value);
// The same without "class ".
std::string_view JavaClassName(const sluice_value& value);

// Java's equals, with arrays and bytes by content: kinds must be the same (but dates, which are all
// java.util.Date), NaN equals itself, 0.0 and -0.0 differ, decimals need the same scale, maps have
// no order, structs the same schema.
bool DeepEquals(const sluice_value& a, const sluice_value& b);
// Equal values have equal hashes. Not stable between versions.
uint64_t DeepHash(const sluice_value& value);

inline bool IsDateKind(sluice_kind kind) {
  return kind == SLUICE_DATE || kind == SLUICE_TIME || kind == SLUICE_TIMESTAMP;
}
// Milliseconds since the epoch of a DATE, TIME or TIMESTAMP.
int64_t DateMillis(const sluice_value& value);

// ConnectSchema.validateValue: DataException in Java's words if `value` doesn't fit. With a field's
// name the message says `field: "a"`, else `value`.
Status ValidateValue(const sluice_schema& schema, const sluice_value& value);
Status ValidateField(std::string_view field, const sluice_schema& schema,
                     const sluice_value& value);
// Struct.validate: each field fits, or is null and has a default.
Status ValidateStruct(const sluice_struct& structure);
// Struct.put of a whole struct that was read without it: each field that is not null fits, with all
// that it holds.
Status ValidateFields(const sluice_struct& structure);

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_VALUE_H_

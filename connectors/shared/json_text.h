// Connect values as JSON, as JsonConverter writes them without schemas. Appends; allocates nothing
// of its own but for decimals of more than 8 bytes. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_SHARED_JSON_TEXT_H_
#define SLUICE_CONNECTORS_SHARED_JSON_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/sdk/value.h"

namespace sluice::shared {

// JsonConverter's decimal.format: the unscaled bytes in base64, or BigDecimal.toString, as a
// number.
enum class DecimalText : uint8_t { kBase64, kNumeric };

// Maps with other keys than text are arrays of pairs, bytes are base64, dates and times whole
// numbers, NaN and the infinities strings; a struct's null field is its default, if it has one.
// Characters stand as they are, beyond U+FFFF too (Jackson escapes those), and text that is not
// UTF-8 is passed on. Throws DataException: nested more than 1000 deep, as Jackson does, or a
// decimal of more than 16 KiB as a number; a part of it may have been appended then.
void AppendJson(std::string& out, const sluice_value& value, DecimalText decimals);
// With its quotes.
void AppendJsonString(std::string& out, std::string_view text);

// Throws DataException: `depth` arrays, maps and structs, one in the other, are too many.
void CheckNesting(int depth);

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_JSON_TEXT_H_

// Connect values as JSON, as JsonConverter without schemas writes them, and as plain text. Appends
// to what is there. Pure functions, any thread. Throw DataException: nested more than 1000 deep, a
// decimal beyond reason.
#ifndef SLUICE_CONNECTORS_HTTP_SINK_JSON_WRITER_H_
#define SLUICE_CONNECTORS_HTTP_SINK_JSON_WRITER_H_

#include <string>
#include <string_view>

#include "connectors/sdk/value.h"

namespace sluice::http_sink {

// decimal.format: the unscaled bytes in base64, or a number.
enum class DecimalFormat : uint8_t { kBase64, kNumeric };

// Maps with other keys than text are arrays of pairs, bytes are base64, dates and times whole
// numbers; NaN and the infinities are strings. A struct's null field is its default, if it has one.
// Text that is not UTF-8 is passed on.
void AppendJson(std::string& out, const sluice_value& value, DecimalFormat decimals);
// With its quotes.
void AppendJsonString(std::string& out, std::string_view text);
// Strings and bytes as they are, nothing for null, all else as JSON, decimals as numbers.
void AppendPlain(std::string& out, const sluice_value& value);

}  // namespace sluice::http_sink

#endif  // SLUICE_CONNECTORS_HTTP_SINK_JSON_WRITER_H_

// A value as JSON, byte for byte as JsonConverter writes it without schemas (schemaless values: as
// Jackson does). Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_JSON_TEXT_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_JSON_TEXT_H_

#include <string>
#include <string_view>

#include "connectors/sdk/value.h"

namespace sluice::object_store_sink {

enum class DecimalText : uint8_t { kBase64, kNumeric };

// Throws DataException for what is nested too deep.
void AppendJson(std::string& out, const sdk::Value& value, DecimalText decimals);
// In quotes.
void AppendJsonString(std::string& out, std::string_view text);
// Java's Float.toString and Double.toString: 1.0, 1.0E10.
void AppendJavaNumber(std::string& out, float number);
void AppendJavaNumber(std::string& out, double number);
// BigDecimal.toString: 12.50, 1.2E+7.
void AppendDecimal(std::string& out, const sluice_decimal& decimal);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_JSON_TEXT_H_

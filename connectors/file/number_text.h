// Numbers, dates and bytes in the words of Java: what toString makes of Float, Double, BigDecimal
// and Date, and base64. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_FILE_NUMBER_TEXT_H_
#define SLUICE_CONNECTORS_FILE_NUMBER_TEXT_H_

#include <cstdint>
#include <string_view>

#include "connectors/file/text_buffer.h"
#include "connectors/sdk/value.h"

namespace sluice::file {

void PutWhole(TextBuffer& out, int64_t number);
void PutFloat(TextBuffer& out, float number);  // 1.0, 1.0E10, 1.0E-5, NaN, Infinity
void PutDouble(TextBuffer& out, double number);
void PutDecimal(TextBuffer& out, const sluice_decimal& decimal);  // 12.90, 1E+3
void PutDate(TextBuffer& out, int64_t epoch_ms);                  // Thu Jan 01 00:00:00 UTC 1970
void PutBase64(TextBuffer& out, std::string_view bytes);

}  // namespace sluice::file

#endif  // SLUICE_CONNECTORS_FILE_NUMBER_TEXT_H_

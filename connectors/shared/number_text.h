// Numbers in the words of Java: what toString makes of Long, Float, Double and BigDecimal. Pure
// functions, any thread.
#ifndef SLUICE_CONNECTORS_SHARED_NUMBER_TEXT_H_
#define SLUICE_CONNECTORS_SHARED_NUMBER_TEXT_H_

#include <cstdint>

#include "connectors/sdk/value.h"
#include "connectors/shared/text_buffer.h"

namespace sluice::shared {

void PutWhole(TextBuffer& out, int64_t number);
void PutFloating(TextBuffer& out, float number);  // 1.0, 1.0E10, 1.0E-5, NaN, Infinity
void PutFloating(TextBuffer& out, double number);
// 12.90, 1E+3. Throws DataException: it has more than 16 KiB.
void PutDecimal(TextBuffer& out, const sluice_decimal& decimal);

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_NUMBER_TEXT_H_

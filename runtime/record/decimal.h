// Decimals: unscaled big-endian two's complement <-> Java's text and numbers, of any size. Pure
// functions, any thread; what they make lives in the arena that they are given.
#ifndef SLUICE_RUNTIME_RECORD_DECIMAL_H_
#define SLUICE_RUNTIME_RECORD_DECIMAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/abi/arena.h"

namespace sluice::record {

// More unscaled bytes than this are not printed digit by digit (that takes quadratic time).
inline constexpr size_t kDecimalPrintedBytesMax = 64 * 1024;

// The unscaled bytes as BigInteger.toByteArray gives them: the fewest that hold the number and its
// sign.
std::string_view MinimalUnscaled(const sluice_decimal& decimal);

// BigDecimal.toString: 12.90, 1E+3, 1E-10. Beyond kDecimalPrintedBytesMax the unscaled number
// stands in hex: 0x12..E-2.
void AppendDecimalText(std::string& out, const sluice_decimal& decimal);

// new BigDecimal(text): optional sign, digits with at most one point, optional exponent; the scale
// is what was written (1.20 has 2, 1e3 has -3). Nothing if Java would refuse the text.
std::optional<sluice_decimal> ParseDecimal(std::string_view text, abi::Arena& arena);
sluice_decimal DecimalOfInt64(int64_t unscaled, int32_t scale, abi::Arena& arena);

// Numbers in the way BigDecimal gives them: the fraction is cut off, what is left wraps; the
// nearest double or float.
int64_t DecimalToInt64(const sluice_decimal& decimal);
double DecimalToDouble(const sluice_decimal& decimal);
float DecimalToFloat(const sluice_decimal& decimal);
// -1, 0 or 1.
int DecimalSign(const sluice_decimal& decimal);

// The same for a number that is still text, as JSON and BigDecimal write it; it has been checked.
int64_t NumberTextToInt64(std::string_view text);
double NumberTextToDouble(std::string_view text);
float NumberTextToFloat(std::string_view text);
// The number, if it is whole (1e3, 2.0) and fits.
std::optional<int64_t> WholeNumber(std::string_view text);
// Whether BigDecimal can hold it: its exponent and scale fit 32 bits.
bool NumberTextFitsDecimal(std::string_view text);

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_DECIMAL_H_

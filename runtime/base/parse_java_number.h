// Numbers in texts as Java reads them. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_BASE_PARSE_JAVA_NUMBER_H_
#define SLUICE_RUNTIME_BASE_PARSE_JAVA_NUMBER_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

// Double.parseDouble and Float.parseFloat: blanks around, a suffix f or d, hexadecimal with an
// exponent (0x1p3), NaN and Infinity as spelled; what is too large is infinite. Nothing:
// NumberFormatException.
std::optional<double> ParseJavaDouble(std::string_view text);
std::optional<float> ParseJavaFloat(std::string_view text);

// (long) and (int) of a double: the fraction is cut off, NaN is 0, what is too large the nearest
// there is.
int64_t JavaLong(double value);
int32_t JavaInt(double value);

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_PARSE_JAVA_NUMBER_H_

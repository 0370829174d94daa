// Java's text for double and float.
#include <charconv>
#include <cmath>

#include "runtime/base/text.h"

namespace sluice {
namespace {

// Digits without point, and the power of ten of the first: 1.5E3 is {"15", 3}.
template <typename T>
void AppendJava(std::string& out, T value) {
  if (std::isnan(value)) return StrAppend(out, "NaN");
  if (std::signbit(value)) out.push_back('-');
  value = std::fabs(value);
  if (std::isinf(value)) return StrAppend(out, "Infinity");
  if (value == 0) return StrAppend(out, "0.0");
  char buffer[40];
  auto [end, error] =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const size_t e = text.find('e');
  std::string digits(1, text[0]);
  if (e > 2) digits.append(text.substr(2, e - 2));
  const int exponent = static_cast<int>(*ParseInt64(text.substr(e + 1)));
  if (exponent >= 0 && exponent < 7) {
    const size_t whole = static_cast<size_t>(exponent) + 1;
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    const std::string_view all = digits;
    StrAppend(out, all.substr(0, whole), ".", all.size() > whole ? all.substr(whole) : "0");
  } else if (exponent < 0 && exponent >= -3) {
    StrAppend(out, "0.", std::string(static_cast<size_t>(-exponent - 1), '0'), digits);
  } else {
    const std::string_view all = digits;
    StrAppend(out, all[0], ".", all.size() > 1 ? all.substr(1) : "0", "E", exponent);
  }
}

}  // namespace

void AppendJavaDouble(std::string& out, double value) { AppendJava(out, value); }
void AppendJavaFloat(std::string& out, float value) { AppendJava(out, value); }

}  // namespace sluice

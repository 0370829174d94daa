// Java's text for double and float.
#include <charconv>
#include <cmath>
#include <cstring>

#include "runtime/base/text.h"

namespace sluice {
namespace {

char* Put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}
char* PutZeros(char* out, int count) {
  std::memset(out, '0', static_cast<size_t>(count));
  return out + count;
}

// The shortest digits that round-trip, but of two-digit numbers the nearest: Double.MIN_VALUE is
// 4.9E-324, though 5E-324 is shorter. In scientific notation.
template <typename T>
std::string_view Shortest(char (&buffer)[40], T value) {
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  if (buffer[1] == 'e' && value < static_cast<T>(sizeof(T) == 4 ? 1e-40 : 1e-300)) {
    char two[40];
    auto two_end = std::to_chars(two, two + sizeof two, value, std::chars_format::scientific, 1).ptr;
    T back = 0;
    std::from_chars(two, two_end, back);
    if (back == value) {
      std::memcpy(buffer, two, sizeof two);
      end = buffer + (two_end - two);
    }
  }
  return {buffer, static_cast<size_t>(end - buffer)};
}

template <typename T>
char* Format(char* out, T value) {
  if (std::isnan(value)) return Put(out, "NaN");
  if (std::signbit(value)) *out++ = '-';
  value = std::fabs(value);
  if (std::isinf(value)) return Put(out, "Infinity");
  if (value == 0) return Put(out, "0.0");
  char buffer[40];
  const std::string_view text = Shortest(buffer, value);
  const size_t e = text.find('e');
  int exponent = 0;  // the power of ten of the first digit
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), text.data() + text.size(),
                  exponent);
  char digit_buffer[24];
  digit_buffer[0] = text[0];
  const size_t count = e > 2 ? e - 1 : 1;
  if (count > 1) std::memcpy(digit_buffer + 1, text.data() + 2, count - 1);
  const std::string_view digits(digit_buffer, count);
  if (exponent >= 7 || exponent < -3) {
    *out++ = digits[0];
    *out++ = '.';
    out = Put(out, count > 1 ? digits.substr(1) : "0");
    *out++ = 'E';
    return std::to_chars(out, out + 8, exponent).ptr;
  }
  if (exponent < 0) {
    out = Put(out, "0.");
    return Put(PutZeros(out, -exponent - 1), digits);
  }
  const size_t whole = static_cast<size_t>(exponent) + 1;
  out = Put(out, digits.substr(0, whole));
  if (count < whole) out = PutZeros(out, static_cast<int>(whole - count));
  *out++ = '.';
  return Put(out, count > whole ? digits.substr(whole) : "0");
}

}  // namespace

char* FormatJavaDouble(char* out, double value) { return Format(out, value); }
char* FormatJavaFloat(char* out, float value) { return Format(out, value); }

void AppendJavaDouble(std::string& out, double value) {
  char buffer[kJavaNumberMax];
  out.append(buffer, FormatJavaDouble(buffer, value));
}
void AppendJavaFloat(std::string& out, float value) {
  char buffer[kJavaNumberMax];
  out.append(buffer, FormatJavaFloat(buffer, value));
}

}  // namespace sluice

#include "runtime/base/parse_java_number.h"

#include <cctype>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string>
#include <system_error>

#include "runtime/base/text.h"

namespace sluice {
namespace {

double FromCharacters(const char* text, double) { return std::strtod(text, nullptr); }
float FromCharacters(const char* text, float) { return std::strtof(text, nullptr); }

template <typename Real>
std::optional<Real> Parse(std::string_view text) {
  text = Trim(text);
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const auto sign = [&](Real value) { return negative ? -value : value; };
  if (text == "NaN") return std::numeric_limits<Real>::quiet_NaN();
  if (text == "Infinity") return sign(std::numeric_limits<Real>::infinity());
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex && text.find_first_of("pP") == std::string_view::npos) return std::nullopt;
  if (!text.empty() && std::string_view("fFdD").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  const std::string_view all = text;
  if (hex) text.remove_prefix(2);
  if (text.empty() || (text[0] != '.' && !std::isxdigit(static_cast<unsigned char>(text[0])))) {
    return std::nullopt;
  }
  Real value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value,
                      hex ? std::chars_format::hex : std::chars_format::general);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  // Too large or too small: from_chars does not say which.
  if (error != std::errc()) value = FromCharacters(std::string(all).c_str(), Real());
  return sign(value);
}

template <typename Integer>
Integer Truncate(double value) {
  if (value != value) return 0;
  if (value >= static_cast<double>(std::numeric_limits<Integer>::max())) {
    return std::numeric_limits<Integer>::max();
  }
  if (value <= static_cast<double>(std::numeric_limits<Integer>::min())) {
    return std::numeric_limits<Integer>::min();
  }
  return static_cast<Integer>(value);
}

}  // namespace

std::optional<double> ParseJavaDouble(std::string_view text) { return Parse<double>(text); }
std::optional<float> ParseJavaFloat(std::string_view text) { return Parse<float>(text); }

int64_t JavaLong(double value) { return Truncate<int64_t>(value); }
int32_t JavaInt(double value) { return Truncate<int32_t>(value); }

}  // namespace sluice

#include "connectors/file/number_text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <vector>

namespace sluice::file {
namespace {

template <typename T>
void AppendShortest(std::string& out, T number) {
  if (std::isnan(number)) {
    out.append("NaN");
    return;
  }
  if (std::signbit(number)) out.push_back('-');
  number = std::fabs(number);
  if (std::isinf(number)) {
    out.append("Infinity");
    return;
  }
  if (number == 0) {
    out.append("0.0");
    return;
  }
  char buffer[40];
  const char* const end =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  const char* const e = std::find(buffer, const_cast<char*>(end), 'e');
  int exponent = 0;
  std::from_chars(e + 1 + (e[1] == '+'), end, exponent);
  std::string digits(1, buffer[0]);
  if (e - buffer > 2) digits.append(static_cast<const char*>(buffer) + 2, e);
  if (exponent >= 0 && exponent < 7) {
    const size_t whole = static_cast<size_t>(exponent) + 1;
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    out.append(digits, 0, whole).push_back('.');
    out.append(digits.size() > whole ? digits.substr(whole) : "0");
  } else if (exponent < 0 && exponent >= -3) {
    out.append("0.").append(static_cast<size_t>(-exponent - 1), '0').append(digits);
  } else {
    out.push_back(digits[0]);
    out.append(".").append(digits.size() > 1 ? digits.substr(1) : "0").append("E");
    AppendWhole(out, exponent);
  }
}

// Big-endian two's complement to decimal digits. Nine digits a division; the sign apart.
std::string Digits(const sluice_decimal& decimal, bool& negative) {
  std::vector<uint32_t> words((decimal.unscaled_size + 3) / 4);  // most significant first
  negative = decimal.unscaled_size > 0 && (decimal.unscaled[0] & 0x80) != 0;
  const size_t padding = words.size() * 4 - decimal.unscaled_size;
  for (size_t i = 0; i < words.size() * 4; ++i) {
    const uint32_t byte = i < padding ? (negative ? 0xffu : 0u) : decimal.unscaled[i - padding];
    words[i / 4] = (words[i / 4] << 8) | byte;
  }
  if (negative) {
    uint64_t carry = 1;
    for (size_t i = words.size(); i-- > 0;) {
      carry += static_cast<uint32_t>(~words[i]);
      words[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
  }
  std::string reversed;
  size_t first = 0;
  while (first < words.size()) {
    uint64_t rest = 0;
    for (size_t i = first; i < words.size(); ++i) {
      rest = (rest << 32) | words[i];
      words[i] = static_cast<uint32_t>(rest / 1'000'000'000);
      rest %= 1'000'000'000;
    }
    for (int i = 0; i < 9; ++i, rest /= 10) reversed.push_back(static_cast<char>('0' + rest % 10));
    while (first < words.size() && words[first] == 0) ++first;
  }
  while (reversed.size() > 1 && reversed.back() == '0') reversed.pop_back();
  if (reversed.empty()) reversed = "0";
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

void AppendTwo(std::string& out, unsigned number) {
  out.push_back(static_cast<char>('0' + number / 10 % 10));
  out.push_back(static_cast<char>('0' + number % 10));
}

}  // namespace

void AppendWhole(std::string& out, int64_t number) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}
void AppendFloat(std::string& out, float number) { AppendShortest(out, number); }
void AppendDouble(std::string& out, double number) { AppendShortest(out, number); }

// BigDecimal.toString: plain while the scale is not negative and there are at most six zeros behind
// the point.
void AppendDecimal(std::string& out, const sluice_decimal& decimal) {
  bool negative = false;
  const std::string digits = Digits(decimal, negative);
  if (negative) out.push_back('-');
  const int64_t scale = decimal.scale;
  const int64_t count = static_cast<int64_t>(digits.size());
  const int64_t adjusted = count - 1 - scale;
  if (scale == 0) {
    out.append(digits);
  } else if (scale > 0 && adjusted >= -6) {
    if (count > scale) {
      out.append(digits, 0, static_cast<size_t>(count - scale)).push_back('.');
      out.append(digits, static_cast<size_t>(count - scale));
    } else {
      out.append("0.").append(static_cast<size_t>(scale - count), '0').append(digits);
    }
  } else {
    out.push_back(digits[0]);
    if (count > 1) out.append(".").append(digits, 1);
    if (adjusted != 0) {
      out.append(adjusted > 0 ? "E+" : "E");
      AppendWhole(out, adjusted);
    }
  }
}

void AppendDate(std::string& out, int64_t epoch_ms) {
  using std::chrono::days;
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr int64_t kDay = 86'400'000;
  // Civil dates repeat every 400 years, so that any 64-bit time fits the calendar's own range of
  // years.
  constexpr int64_t kEra = 146'097;
  int64_t day = epoch_ms / kDay;
  int64_t of_day = epoch_ms % kDay;
  if (of_day < 0) of_day += kDay, --day;
  int64_t era = day / kEra;
  int64_t in_era = day % kEra;
  if (in_era < 0) in_era += kEra, --era;
  const std::chrono::sys_days date{days(in_era)};
  const std::chrono::year_month_day civil(date);
  const int64_t year = static_cast<int>(civil.year()) + era * 400;
  out.append(kDays[std::chrono::weekday(date).c_encoding()]).push_back(' ');
  out.append(kMonths[static_cast<unsigned>(civil.month()) - 1]).push_back(' ');
  AppendTwo(out, static_cast<unsigned>(civil.day()));
  out.push_back(' ');
  const unsigned seconds = static_cast<unsigned>(of_day / 1000);
  AppendTwo(out, seconds / 3600);
  out.push_back(':');
  AppendTwo(out, seconds / 60 % 60);
  out.push_back(':');
  AppendTwo(out, seconds % 60);
  out.append(" UTC ");
  AppendWhole(out,
              year > 0 ? year : 1 - year);  // Java counts years before the first without a sign
}

void AppendBase64(std::string& out, std::string_view bytes) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    for (size_t j = 0; j < 3; ++j) {
      group = (group << 8) | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (size_t j = 0; j < 4; ++j)
      out.push_back(j <= count ? kAlphabet[(group >> (18 - 6 * j)) & 63] : '=');
  }
}

}  // namespace sluice::file

#include "connectors/file/number_text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <type_traits>
#include <vector>

namespace sluice::file {
namespace {

// Most numbers that people write have few digits and at most three decimals. Such a decimal with up
// to 15 digits is the only one of up to 15 digits that reads as this double, so it is the shortest.
// `number` is above zero. Answers the end, or nullptr: it is none of them.
char* PutShort(char* out, double number) {
  if (!(number >= 1e-3 && number < 1e7)) return nullptr;
  const auto thousandths = static_cast<uint64_t>(number * 1000 + 0.5);
  if (static_cast<double>(thousandths) / 1000 != number) return nullptr;
  char* end = std::to_chars(out, out + 20, thousandths / 1000).ptr;
  auto rest = static_cast<unsigned>(thousandths % 1000);
  *end++ = '.';
  do {
    *end++ = static_cast<char>('0' + rest / 100);
    rest = rest % 100 * 10;
  } while (rest != 0);
  return end;
}

template <typename T>
void PutShortest(TextBuffer& out, T number) {
  if (std::isnan(number)) return out.Put("NaN");
  if (std::signbit(number)) out.Put('-');
  number = std::fabs(number);
  if (std::isinf(number)) return out.Put("Infinity");
  if (number == 0) return out.Put("0.0");
  if constexpr (std::is_same_v<T, double>) {
    if (char* const end = PutShort(out.Room(), number)) return out.SetEnd(end);
  }
  char buffer[40];
  char* const end =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  char* const e = std::find(buffer, end, 'e');
  int exponent = 0;
  std::from_chars(e + 1 + (e[1] == '+'), end, exponent);
  if (e - buffer > 1) buffer[1] = buffer[0];  // over the point: the digits in one piece
  const std::string_view digits(e - buffer > 1 ? buffer + 1 : buffer,
                                static_cast<size_t>(e - buffer - (e - buffer > 1)));
  if (exponent >= 0 && exponent < 7) {
    const size_t whole = static_cast<size_t>(exponent) + 1;
    out.Put(digits.substr(0, whole));
    if (digits.size() < whole) out.Fill(whole - digits.size(), '0');
    out.Put('.');
    out.Put(digits.size() > whole ? digits.substr(whole) : "0");
  } else if (exponent < 0 && exponent >= -3) {
    out.Put("0.");
    out.Fill(static_cast<size_t>(-exponent - 1), '0');
    out.Put(digits);
  } else {
    out.Put(digits[0]);
    out.Put('.');
    out.Put(digits.size() > 1 ? digits.substr(1) : "0");
    out.Put('E');
    PutWhole(out, exponent);
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

void PutTwo(TextBuffer& out, unsigned number) {
  out.Put(static_cast<char>('0' + number / 10 % 10));
  out.Put(static_cast<char>('0' + number % 10));
}

}  // namespace

void PutWhole(TextBuffer& out, int64_t number) {
  char* const room = out.Room();
  out.SetEnd(std::to_chars(room, room + TextBuffer::kRoomMax, number).ptr);
}
void PutFloat(TextBuffer& out, float number) { PutShortest(out, number); }
void PutDouble(TextBuffer& out, double number) { PutShortest(out, number); }

// BigDecimal.toString: plain while the scale is not negative and there are at most six zeros behind
// the point.
void PutDecimal(TextBuffer& out, const sluice_decimal& decimal) {
  bool negative = false;
  const std::string made = Digits(decimal, negative);
  const std::string_view digits = made;
  if (negative) out.Put('-');
  const int64_t scale = decimal.scale;
  const int64_t count = static_cast<int64_t>(digits.size());
  const int64_t adjusted = count - 1 - scale;
  if (scale == 0) {
    out.Put(digits);
  } else if (scale > 0 && adjusted >= -6) {
    if (count > scale) {
      out.Put(digits.substr(0, static_cast<size_t>(count - scale)));
      out.Put('.');
      out.Put(digits.substr(static_cast<size_t>(count - scale)));
    } else {
      out.Put("0.");
      out.Fill(static_cast<size_t>(scale - count), '0');
      out.Put(digits);
    }
  } else {
    out.Put(digits[0]);
    if (count > 1) {
      out.Put('.');
      out.Put(digits.substr(1));
    }
    if (adjusted != 0) {
      out.Put(adjusted > 0 ? "E+" : "E");
      PutWhole(out, adjusted);
    }
  }
}

void PutDate(TextBuffer& out, int64_t epoch_ms) {
  using std::chrono::days;
  static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
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
  out.Put(kDays[std::chrono::weekday(date).c_encoding()]);
  out.Put(' ');
  out.Put(kMonths[static_cast<unsigned>(civil.month()) - 1]);
  out.Put(' ');
  PutTwo(out, static_cast<unsigned>(civil.day()));
  out.Put(' ');
  const unsigned seconds = static_cast<unsigned>(of_day / 1000);
  PutTwo(out, seconds / 3600);
  out.Put(':');
  PutTwo(out, seconds / 60 % 60);
  out.Put(':');
  PutTwo(out, seconds % 60);
  out.Put(" UTC ");
  PutWhole(out,
           year > 0 ? year : 1 - year);  // Java counts years before the first without a sign
}

void PutBase64(TextBuffer& out, std::string_view bytes) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    for (size_t j = 0; j < 3; ++j) {
      group = (group << 8) | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (size_t j = 0; j < 4; ++j)
      out.Put(j <= count ? kAlphabet[(group >> (18 - 6 * j)) & 63] : '=');
  }
}

}  // namespace sluice::file

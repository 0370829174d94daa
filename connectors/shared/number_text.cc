#include "connectors/shared/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <type_traits>

#include "connectors/shared/decimal_digits.h"

namespace sluice::shared {
namespace {

// Digits take quadratic time: of these some milliseconds.
constexpr uint32_t kDecimalBytesMax = 16 << 10;

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

}  // namespace

void PutWhole(TextBuffer& out, int64_t number) {
  char* const room = out.Room();
  out.SetEnd(std::to_chars(room, room + TextBuffer::kRoomMax, number).ptr);
}
void PutFloating(TextBuffer& out, float number) { PutShortest(out, number); }
void PutFloating(TextBuffer& out, double number) { PutShortest(out, number); }

// BigDecimal.toString: plain while the scale is not negative and there are at most six zeros behind
// the point.
void PutDecimal(TextBuffer& out, const sluice_decimal& decimal) {
  if (decimal.unscaled_size > kDecimalBytesMax) {
    throw sdk::DataException("A decimal of ", decimal.unscaled_size,
                             " bytes is not written as a number; at most ", kDecimalBytesMax);
  }
  const DecimalDigits number(decimal);
  const std::string_view digits = number.digits();
  if (number.negative()) out.Put('-');
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

}  // namespace sluice::shared

#include "runtime/record/decimal.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

#include "runtime/base/text.h"

namespace sluice::record {
namespace {

using Limb = uint64_t;
__extension__ using Wide = unsigned __int128;
constexpr Limb kTenTo19 = 10'000'000'000'000'000'000ULL;

// A decimal number in its parts: sign, digits (whole and fraction, without the point) and exponent.
struct NumberParts {
  bool negative = false;
  std::string_view whole, fraction;
  int64_t exponent = 0;     // as written
  bool exponent_ok = true;  // it fits an int
  bool valid = false;
  int64_t scale() const { return static_cast<int64_t>(fraction.size()) - exponent; }
};

std::string_view TakeDigits(std::string_view& text) {
  size_t n = 0;
  while (n < text.size() && text[n] >= '0' && text[n] <= '9') ++n;
  const std::string_view digits = text.substr(0, n);
  text.remove_prefix(n);
  return digits;
}

bool TakeSign(std::string_view& text) {
  if (text.empty() || (text[0] != '-' && text[0] != '+')) return false;
  const bool negative = text[0] == '-';
  text.remove_prefix(1);
  return negative;
}

void ReadExponent(std::string_view text, NumberParts& parts) {
  const bool negative = TakeSign(text);
  std::string_view digits = TakeDigits(text);
  parts.valid = !digits.empty() && text.empty();
  while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
  int64_t exponent = 0;
  if (digits.size() > 10) {
    parts.exponent_ok = false;
    exponent = std::numeric_limits<int32_t>::max();
  } else {
    for (char c : digits) exponent = exponent * 10 + (c - '0');
  }
  parts.exponent = negative ? -exponent : exponent;
  if (parts.exponent != static_cast<int32_t>(parts.exponent)) parts.exponent_ok = false;
}

NumberParts Split(std::string_view text) {
  NumberParts parts;
  parts.negative = TakeSign(text);
  parts.whole = TakeDigits(text);
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    parts.fraction = TakeDigits(text);
  }
  if (parts.whole.empty() && parts.fraction.empty()) return parts;
  parts.valid = text.empty();
  if (!text.empty() && (text[0] == 'e' || text[0] == 'E')) ReadExponent(text.substr(1), parts);
  return parts;
}

bool FitsDecimal(const NumberParts& parts) {
  return parts.exponent_ok && parts.scale() == static_cast<int32_t>(parts.scale());
}

bool IsZero(std::string_view digits) { return digits.find_first_not_of('0') == digits.npos; }

// Adds digits to a magnitude of little-endian limbs.
void AppendDigits(std::vector<Limb>& limbs, std::string_view digits) {
  while (!digits.empty()) {
    const size_t count = std::min<size_t>(digits.size(), 19);
    Limb chunk = 0, factor = 1;
    for (char c : digits.substr(0, count)) {
      chunk = chunk * 10 + static_cast<Limb>(c - '0');
      factor *= 10;
    }
    digits.remove_prefix(count);
    Wide carry = chunk;
    for (Limb& limb : limbs) {
      carry += static_cast<Wide>(limb) * factor;
      limb = static_cast<Limb>(carry);
      carry >>= 64;
    }
    if (carry != 0) limbs.push_back(static_cast<Limb>(carry));
  }
}

sluice_decimal StoreMagnitude(const std::vector<Limb>& limbs, bool negative, int32_t scale,
                              abi::Arena& arena) {
  const size_t size = limbs.size() * 8 + 1;  // a byte more, for the sign
  auto* bytes = static_cast<uint8_t*>(arena.Allocate(size, 1));
  bytes[0] = 0;
  for (size_t i = 0; i < limbs.size(); ++i) {
    for (size_t b = 0; b < 8; ++b) {
      bytes[size - 1 - i * 8 - b] = static_cast<uint8_t>(limbs[i] >> (8 * b));
    }
  }
  if (negative) {
    int carry = 1;
    for (size_t i = size; i-- > 0;) {
      carry += static_cast<uint8_t>(~bytes[i]);
      bytes[i] = static_cast<uint8_t>(carry);
      carry >>= 8;
    }
  }
  sluice_decimal decimal{scale, static_cast<uint32_t>(size), bytes};
  const std::string_view minimal = MinimalUnscaled(decimal);
  decimal.unscaled = reinterpret_cast<const uint8_t*>(minimal.data());
  decimal.unscaled_size = static_cast<uint32_t>(minimal.size());
  return decimal;
}

// The magnitude of the unscaled number, little-endian limbs, and whether it is negative.
std::vector<Limb> Magnitude(std::string_view bytes, bool& negative) {
  negative = (static_cast<uint8_t>(bytes[0]) & 0x80) != 0;
  std::vector<Limb> limbs((bytes.size() + 7) / 8, negative ? ~Limb{0} : 0);
  for (size_t i = 0; i < bytes.size(); ++i) {
    const size_t from_end = bytes.size() - 1 - i;
    const size_t shift = 8 * (from_end % 8);
    limbs[from_end / 8] = (limbs[from_end / 8] & ~(Limb{0xFF} << shift)) |
                          static_cast<Limb>(static_cast<uint8_t>(bytes[i])) << shift;
  }
  if (negative) {
    Wide carry = 1;
    for (Limb& limb : limbs) {
      carry += static_cast<Limb>(~limb);
      limb = static_cast<Limb>(carry);
      carry >>= 64;
    }
  }
  while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
  return limbs;
}

int64_t SmallUnscaled(std::string_view bytes) {  // at most 8 bytes
  int64_t number = static_cast<int8_t>(bytes[0]);
  for (size_t i = 1; i < bytes.size(); ++i) {
    number =
        static_cast<int64_t>(static_cast<uint64_t>(number) << 8 | static_cast<uint8_t>(bytes[i]));
  }
  return number;
}

std::string HexText(std::string_view bytes) {
  std::string text = "0x";
  for (char c : bytes) {
    text.push_back("0123456789abcdef"[static_cast<uint8_t>(c) >> 4]);
    text.push_back("0123456789abcdef"[static_cast<uint8_t>(c) & 15]);
  }
  return text;
}

// The digits without sign.
std::string DigitText(std::string_view bytes, bool& negative) {
  if (bytes.size() <= 8) {
    const int64_t number = SmallUnscaled(bytes);
    negative = number < 0;
    const uint64_t magnitude = static_cast<uint64_t>(number);
    return StrCat(negative ? 0 - magnitude : magnitude);
  }
  std::vector<Limb> limbs = Magnitude(bytes, negative);
  std::vector<Limb> chunks;
  while (!limbs.empty()) {
    Wide rest = 0;
    for (size_t i = limbs.size(); i-- > 0;) {
      rest = rest << 64 | limbs[i];
      limbs[i] = static_cast<Limb>(rest / kTenTo19);
      rest %= kTenTo19;
    }
    chunks.push_back(static_cast<Limb>(rest));
    while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
  }
  std::string text = StrCat(chunks.back());
  for (size_t i = chunks.size() - 1; i-- > 0;) {
    const std::string part = StrCat(chunks[i]);
    text.append(19 - part.size(), '0');
    text.append(part);
  }
  return text;
}

template <typename T>
T ToFloating(std::string_view text) {
  const NumberParts parts = Split(text);
  if (IsZero(parts.whole) && IsZero(parts.fraction)) return 0;
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  T value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    std::string_view whole = parts.whole;
    while (!whole.empty() && whole[0] == '0') whole.remove_prefix(1);
    int64_t magnitude = static_cast<int64_t>(whole.size());
    if (whole.empty()) {
      magnitude = -static_cast<int64_t>(parts.fraction.find_first_not_of('0'));
    }
    value = magnitude + parts.exponent > 0 ? std::numeric_limits<T>::infinity() : 0;
    return parts.negative ? -value : value;
  }
  return value;
}

}  // namespace

std::string_view MinimalUnscaled(const sluice_decimal& decimal) {
  std::string_view bytes{reinterpret_cast<const char*>(decimal.unscaled), decimal.unscaled_size};
  if (bytes.empty()) return {"\0", 1};
  while (bytes.size() > 1 &&
         ((bytes[0] == 0 && (bytes[1] & 0x80) == 0) || (bytes[0] == '\xFF' && (bytes[1] & 0x80)))) {
    bytes.remove_prefix(1);
  }
  return bytes;
}

void AppendDecimalText(std::string& out, const sluice_decimal& decimal) {
  const std::string_view bytes = MinimalUnscaled(decimal);
  if (bytes.size() > kDecimalPrintedBytesMax) {
    return StrAppend(out, HexText(bytes), "E", -static_cast<int64_t>(decimal.scale));
  }
  bool negative = false;
  const std::string digits = DigitText(bytes, negative);
  if (negative) out.push_back('-');
  const int64_t scale = decimal.scale;
  if (scale == 0) return StrAppend(out, digits);
  const int64_t adjusted = static_cast<int64_t>(digits.size()) - 1 - scale;
  if (scale > 0 && adjusted >= -6) {
    const int64_t whole = static_cast<int64_t>(digits.size()) - scale;
    if (whole > 0) {
      StrAppend(out, std::string_view(digits).substr(0, whole), ".",
                std::string_view(digits).substr(whole));
    } else {
      StrAppend(out, "0.", std::string(static_cast<size_t>(-whole), '0'), digits);
    }
    return;
  }
  out.push_back(digits[0]);
  if (digits.size() > 1) StrAppend(out, ".", std::string_view(digits).substr(1));
  if (adjusted != 0) StrAppend(out, adjusted > 0 ? "E+" : "E", adjusted);
}

std::optional<sluice_decimal> ParseDecimal(std::string_view text, abi::Arena& arena) {
  const NumberParts parts = Split(text);
  if (!parts.valid || !FitsDecimal(parts)) return std::nullopt;
  const auto scale = static_cast<int32_t>(parts.scale());
  if (parts.whole.size() + parts.fraction.size() <= 18) {
    int64_t number = 0;
    for (char c : parts.whole) number = number * 10 + (c - '0');
    for (char c : parts.fraction) number = number * 10 + (c - '0');
    return DecimalOfInt64(parts.negative ? -number : number, scale, arena);
  }
  std::vector<Limb> limbs;
  AppendDigits(limbs, parts.whole);
  AppendDigits(limbs, parts.fraction);
  return StoreMagnitude(limbs, parts.negative, scale, arena);
}

sluice_decimal DecimalOfInt64(int64_t unscaled, int32_t scale, abi::Arena& arena) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(unscaled >> (8 * (7 - i)));
  sluice_decimal decimal{scale, 8, reinterpret_cast<const uint8_t*>(bytes)};
  const std::string_view stored = arena.Copy(MinimalUnscaled(decimal));
  decimal.unscaled = reinterpret_cast<const uint8_t*>(stored.data());
  decimal.unscaled_size = static_cast<uint32_t>(stored.size());
  return decimal;
}

int64_t DecimalToInt64(const sluice_decimal& decimal) {
  if (decimal.scale == 0) {  // the low 64 bits
    std::string_view bytes = MinimalUnscaled(decimal);
    if (bytes.size() > 8) bytes.remove_prefix(bytes.size() - 8);
    return SmallUnscaled(bytes);
  }
  std::string text;
  AppendDecimalText(text, decimal);
  return NumberTextToInt64(text);
}

double DecimalToDouble(const sluice_decimal& decimal) {
  std::string text;
  AppendDecimalText(text, decimal);
  return NumberTextToDouble(text);
}

float DecimalToFloat(const sluice_decimal& decimal) {
  std::string text;
  AppendDecimalText(text, decimal);
  return NumberTextToFloat(text);
}

int DecimalSign(const sluice_decimal& decimal) {
  const std::string_view bytes = MinimalUnscaled(decimal);
  if (bytes[0] & 0x80) return -1;
  return bytes.size() == 1 && bytes[0] == 0 ? 0 : 1;
}

int64_t NumberTextToInt64(std::string_view text) {
  const NumberParts parts = Split(text);
  uint64_t number = 0;
  // Digits before the point, once the exponent has moved it; 10^64 and beyond are 0 in 64 bits.
  int64_t left = static_cast<int64_t>(parts.whole.size()) + parts.exponent;
  for (std::string_view digits : {parts.whole, parts.fraction}) {
    for (char c : digits) {
      if (left <= 0) break;
      number = number * 10 + static_cast<uint64_t>(c - '0');
      --left;
    }
  }
  if (left > 64) number = 0;
  for (; left > 0 && number != 0; --left) number *= 10;
  return static_cast<int64_t>(parts.negative ? 0 - number : number);
}

double NumberTextToDouble(std::string_view text) {
  // Short ones without exponent are a quotient of two numbers that are exact as doubles.
  static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                       1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
  const bool negative = !text.empty() && text[0] == '-';
  uint64_t mantissa = 0;
  size_t point = text.size();
  size_t at = negative ? 1 : 0;
  for (; at < text.size() && text.size() <= 19; ++at) {
    if (text[at] == '.') {
      point = at + 1;
    } else if (text[at] >= '0' && text[at] <= '9') {
      mantissa = mantissa * 10 + static_cast<uint64_t>(text[at] - '0');
    } else {
      break;
    }
  }
  if (at != text.size() || at == 0 || mantissa > (uint64_t{1} << 53)) {
    return ToFloating<double>(text);
  }
  const double number = static_cast<double>(mantissa) / kPowers[text.size() - point];
  return negative && mantissa != 0 ? -number : number;
}
float NumberTextToFloat(std::string_view text) { return ToFloating<float>(text); }

std::optional<int64_t> WholeNumber(std::string_view text) {
  const NumberParts parts = Split(text);
  if (!parts.valid || !FitsDecimal(parts)) return std::nullopt;
  std::string digits(parts.whole);
  digits.append(parts.fraction);
  const size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return 0;
  const size_t last = digits.find_last_not_of('0') + 1;
  // The number is digits[first, last) with `zeros` behind.
  const int64_t zeros = static_cast<int64_t>(digits.size() - last) - parts.scale();
  if (zeros < 0 || zeros > 18 || last - first > 19) return std::nullopt;
  Wide number = 0;
  for (size_t i = first; i < last; ++i) number = number * 10 + static_cast<Limb>(digits[i] - '0');
  for (int64_t i = 0; i < zeros; ++i) number *= 10;
  const Wide limit = (Wide{1} << 63) - (parts.negative ? 0 : 1);
  if (number > limit) return std::nullopt;
  const auto magnitude = static_cast<uint64_t>(number);
  return static_cast<int64_t>(parts.negative ? 0 - magnitude : magnitude);
}

bool NumberTextFitsDecimal(std::string_view text) { return FitsDecimal(Split(text)); }

}  // namespace sluice::record

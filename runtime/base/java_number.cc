// Java's text for double and float: what Double.toString and Float.toString of JDK 17 print, where
// the peer runs. It is not always the shortest text (JDK-4511638, fixed in 19): 2^-44 is
// 5.6843418860808015E-14 there, and 5.684341886080802E-14 only since 19.
//
// Free-format generation of digits (Steele and White): the value is b/s, and a margin m/s on both
// sides, half a unit in its last place, is left to whoever reads the text back. Digits come until
// what is left is within the margin. Java fixes in which cases which kind of arithmetic is used,
// and where exactly it stops; that is followed to the letter.
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "runtime/base/text.h"

namespace sluice {
namespace {

using Wide = unsigned __int128;

// A natural number of up to 1536 bits; doubles need some 1200.
class Big {
 public:
  explicit Big(uint64_t value)
      : limbs_{static_cast<uint32_t>(value), static_cast<uint32_t>(value >> 32)}, size_(2) {
    Trim();
  }
  void Multiply(uint32_t factor) {
    uint64_t carry = 0;
    for (size_t i = 0; i < size_; ++i) {
      carry += static_cast<uint64_t>(limbs_[i]) * factor;
      limbs_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) limbs_[size_++] = static_cast<uint32_t>(carry);
  }
  void ShiftLeft(int bits) {
    const size_t words = static_cast<size_t>(bits) / 32;
    for (size_t i = size_; i-- > 0;) limbs_[i + words] = limbs_[i];
    std::fill_n(limbs_.begin(), words, 0u);
    size_ += words;
    Multiply(1u << (bits % 32));
  }
  void Subtract(const Big& other) {  // other is not larger
    int64_t borrow = 0;
    for (size_t i = 0; i < size_; ++i) {
      borrow += static_cast<int64_t>(limbs_[i]) - (i < other.size_ ? other.limbs_[i] : 0);
      limbs_[i] = static_cast<uint32_t>(borrow);
      borrow >>= 32;
    }
    Trim();
  }
  Big operator+(const Big& other) const {
    Big sum = *this;
    uint64_t carry = 0;
    const size_t size = std::max(size_, other.size_);
    for (size_t i = 0; i < size; ++i) {
      carry += static_cast<uint64_t>(i < size_ ? limbs_[i] : 0) +
               (i < other.size_ ? other.limbs_[i] : 0);
      sum.limbs_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    sum.size_ = size;
    if (carry != 0) sum.limbs_[sum.size_++] = static_cast<uint32_t>(carry);
    return sum;
  }
  // -1, 0 or 1.
  int Compare(const Big& other) const {
    if (size_ != other.size_) return size_ < other.size_ ? -1 : 1;
    for (size_t i = size_; i-- > 0;) {
      if (limbs_[i] != other.limbs_[i]) return limbs_[i] < other.limbs_[i] ? -1 : 1;
    }
    return 0;
  }

 private:
  void Trim() {
    while (size_ > 0 && limbs_[size_ - 1] == 0) --size_;
  }
  std::array<uint32_t, 48> limbs_{};
  size_t size_;
};

Wide PowerOf5(int exponent) {
  static const auto kPowers = [] {
    std::array<Wide, 56> powers;
    powers[0] = 1;
    for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 5;
    return powers;
  }();
  return kPowers[static_cast<size_t>(exponent)];
}
template <typename T>
T Scaled(uint64_t value, int fives, int twos);
template <>
Wide Scaled<Wide>(uint64_t value, int fives, int twos) {
  return Wide{value} * PowerOf5(fives) << twos;
}
template <>
Big Scaled<Big>(uint64_t value, int fives, int twos) {
  Big big(value);
  for (; fives >= 13; fives -= 13) big.Multiply(1220703125);
  for (; fives > 0; --fives) big.Multiply(5);
  big.ShiftLeft(twos);
  return big;
}
int Compare(Wide a, Wide b) { return a < b ? -1 : a > b; }
int Compare(const Big& a, const Big& b) { return a.Compare(b); }
void TimesTen(Wide& value) { value *= 10; }
void TimesTen(Big& value) { value.Multiply(10); }
// Takes off the whole part of value/by, a digit.
int TakeDigit(Wide& value, Wide by) {
  // In 64 bits first: with by's 60 highest bits the digit is right, or one too high.
  const int shift =
      std::max(0, 68 - std::countl_zero(static_cast<uint64_t>(by >> 64)) -
                      (by >> 64 == 0 ? std::countl_zero(static_cast<uint64_t>(by)) : 0));
  auto digit = static_cast<unsigned>(static_cast<uint64_t>(value >> shift) /
                                     static_cast<uint64_t>(by >> shift));
  if (by * digit > value) --digit;
  value -= by * digit;
  return static_cast<int>(digit);
}
int TakeDigit(Big& value, const Big& by) {
  int digit = 0;
  for (; value.Compare(by) >= 0; ++digit) value.Subtract(by);
  return digit;
}

// 0.d1d2d3... times ten to the power of `point`.
struct Digits {
  char text[24] = {};
  int count = 0;
  int point = 0;

  void Add(int digit) { text[count++] = static_cast<char>('0' + digit); }
  // Adds one to the last place.
  void RoundUp() {
    int i = count - 1;
    while (text[i] == '9' && i > 0) text[i--] = '0';
    if (text[i] == '9') {
      text[0] = '1';
      ++point;
    } else {
      ++text[i];
    }
  }
};

// fraction * 2^-fraction_bits * 2^exponent in the terms above: b = fraction * 5^b5 * 2^b2 and so
// on.
struct Terms {
  uint64_t fraction;
  int b5, b2, s5, s2, m5, m2;
};

// What digits were made of, as far as the last one depends on it.
struct Rest {
  bool low, high;  // within the margin below, above
  int half;        // the sign of what is left, less a half
};

// Finishes the digits: the first was a zero if the estimate of the power of ten was one too high.
void RoundLast(const Rest& rest, Digits& out) {
  const bool odd = (out.text[out.count - 1] & 1) != 0;
  if (rest.high && (!rest.low || rest.half > 0 || (rest.half == 0 && odd))) out.RoundUp();
}

// Digits until `next`, which makes one and says what is left, says that it is enough. In scientific
// notation there is always a second digit.
template <typename Next>
void Generate(Next&& next, int decimal_exponent, Digits& out) {
  Rest rest;
  const int first = next(rest);
  if (first == 0 && !rest.high) {
    --decimal_exponent;
  } else {
    out.Add(first);
  }
  if (decimal_exponent < -3 || decimal_exponent >= 8) rest.low = rest.high = false;
  while (!rest.low && !rest.high) out.Add(next(rest));
  out.point = decimal_exponent + 1;
  RoundLast(rest, out);
}

template <typename T>
void GenerateExactly(const Terms& terms, int decimal_exponent, Digits& out) {
  T b = Scaled<T>(terms.fraction, terms.b5, terms.b2);
  const T s = Scaled<T>(1, terms.s5, terms.s2);
  T m = Scaled<T>(1, terms.m5, terms.m2);
  T tens = s;
  TimesTen(tens);
  const auto next = [&](Rest& rest) {
    const int digit = TakeDigit(b, s);
    TimesTen(b);
    TimesTen(m);
    rest.low = Compare(b, m) < 0;
    rest.high = Compare(b + m, tens) >= 0;
    rest.half = rest.low && rest.high ? Compare(b + b, tens) : 0;
    return digit;
  };
  Generate(next, decimal_exponent, out);
}

// In machine words, where sums wrap around as they do in Java, and an equal sum is not yet above.
template <typename Word>
void GenerateInWords(const Terms& terms, int decimal_exponent, Digits& out) {
  using Signed = std::make_signed_t<Word>;
  const auto scaled = [](uint64_t value, int fives, int twos) {
    return static_cast<Word>(static_cast<Word>(value) * static_cast<Word>(PowerOf5(fives)) << twos);
  };
  Word b = scaled(terms.fraction, terms.b5, terms.b2);
  const Word s = scaled(1, terms.s5, terms.s2);
  Word m = scaled(1, terms.m5, terms.m2);
  const Word tens = s * 10;
  const auto next = [&](Rest& rest) {
    const Word digit = b / s;
    b = b % s * 10;
    m *= 10;
    if (static_cast<Signed>(m) > 0) {
      rest.low = b < m;
      rest.high = static_cast<Signed>(b + m) > static_cast<Signed>(tens);
    } else {
      rest.low = rest.high = true;
    }
    const auto left = static_cast<Signed>(b * 2 - tens);
    rest.half = left > 0 ? 1 : left < 0 ? -1 : 0;
    return static_cast<int>(digit);
  };
  Generate(next, decimal_exponent, out);
}

// Bits of 5^exponent, as Java counts them: exactly up to 26, then roughly.
int BitsOfPower5(int exponent) {
  if (exponent == 0) return 0;
  return exponent < 27 ? static_cast<int>(exponent * 2.321928094887362) + 1 : exponent * 3;
}

// An integer below 2^63. `noise` digits at its end mean nothing: the type cannot tell them apart.
void GenerateInteger(uint64_t value, int noise, Digits& out) {
  int zeros = 0;
  if (noise > 0) {
    uint64_t power = 1;
    for (int i = 0; i < noise; ++i) power *= 10;
    const uint64_t rest = value % power;
    value = value / power + (rest >= power / 2 ? 1 : 0);
    zeros = noise;
  }
  while (value % 10 == 0) value /= 10, ++zeros;
  char* end = std::to_chars(out.text, out.text + sizeof out.text, value).ptr;
  out.count = static_cast<int>(end - out.text);
  out.point = out.count + zeros;
}

// The value is fraction * 2^(exponent - 52) with fraction in [2^52, 2^53); its type keeps
// `precision` bits of it.
void GenerateDigits(uint64_t fraction, int exponent, int precision, Digits& out) {
  const int tail = std::countr_zero(fraction);
  const int bits = 53 - tail;                         // that matter
  const int tiny = std::max(0, bits - exponent - 1);  // of them behind the point
  if (exponent < 63 && exponent >= -21 && tiny == 0) {
    const int free = exponent > precision ? exponent - precision - 1 : 0;
    const int noise = free > 1 ? static_cast<int>(free * 0.30102999566398120) : 0;
    return GenerateInteger(
        exponent >= 52 ? fraction << (exponent - 52) : fraction >> (52 - exponent), noise, out);
  }
  // The power of ten, or one too many: a line through log10 near 1.5.
  const double mantissa =
      std::bit_cast<double>((fraction & ((uint64_t{1} << 52) - 1)) | uint64_t{1023} << 52);
  const int estimate = static_cast<int>(
      std::floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981));
  Terms terms;
  terms.fraction = fraction >> tail;
  terms.b5 = terms.m5 = std::max(0, -estimate);
  terms.s5 = std::max(0, estimate);
  terms.b2 = terms.b5 + tiny + exponent;
  terms.s2 = terms.s5 + tiny;
  terms.m2 = terms.b2 - precision;
  terms.b2 -= bits - 1;
  const int common = std::min(terms.b2, terms.s2);
  terms.b2 -= common, terms.s2 -= common, terms.m2 -= common;
  if (bits == 1) --terms.m2;  // below a power of two the neighbour is nearer
  if (terms.m2 < 0) terms.b2 -= terms.m2, terms.s2 -= terms.m2, terms.m2 = 0;
  const int b_bits = bits + terms.b2 + BitsOfPower5(terms.b5);
  const int tens_bits = terms.s2 + 1 + BitsOfPower5(terms.s5 + 1);
  const int most_bits = std::max(b_bits, tens_bits);
  if (most_bits < 32) {
    GenerateInWords<uint32_t>(terms, estimate, out);
  } else if (most_bits < 64) {
    GenerateInWords<uint64_t>(terms, estimate, out);
  } else if (most_bits < 120) {
    GenerateExactly<Wide>(terms, estimate, out);
  } else {
    GenerateExactly<Big>(terms, estimate, out);
  }
}

char* Put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}
char* PutZeros(char* out, int count) {
  std::memset(out, '0', static_cast<size_t>(count));
  return out + count;
}

char* Print(char* out, const Digits& made) {
  const std::string_view digits(made.text, static_cast<size_t>(made.count));
  if (made.point > 0 && made.point < 8) {
    const size_t whole = static_cast<size_t>(made.point);
    out = Put(out, digits.substr(0, whole));
    if (digits.size() < whole) out = PutZeros(out, made.point - made.count);
    *out++ = '.';
    return Put(out, digits.size() > whole ? digits.substr(whole) : "0");
  }
  if (made.point <= 0 && made.point > -3) return Put(PutZeros(Put(out, "0."), -made.point), digits);
  *out++ = digits[0];
  *out++ = '.';
  out = Put(out, digits.size() > 1 ? digits.substr(1) : "0");
  *out++ = 'E';
  return std::to_chars(out, out + 8, made.point - 1).ptr;
}

// fraction and exponent as they are in the type's bits; 52 bits of fraction.
char* Format(char* out, bool negative, int exponent, uint64_t fraction, int bias, int precision) {
  if (exponent == 2 * bias + 1 && fraction != 0) return Put(out, "NaN");
  if (negative) *out++ = '-';
  if (exponent == 2 * bias + 1) return Put(out, "Infinity");
  if (exponent == 0 && fraction == 0) return Put(out, "0.0");
  if (exponent == 0) {
    const int shift = std::countl_zero(fraction) - 11;
    fraction <<= shift;
    exponent = 1 - shift;
    precision -= shift;
  } else {
    fraction |= uint64_t{1} << 52;
  }
  Digits digits;
  GenerateDigits(fraction, exponent - bias, precision, digits);
  return Print(out, digits);
}

}  // namespace

char* FormatJavaDouble(char* out, double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  return Format(out, bits >> 63 != 0, static_cast<int>(bits >> 52 & 0x7FF),
                bits & ((uint64_t{1} << 52) - 1), 1023, 53);
}
char* FormatJavaFloat(char* out, float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return Format(out, bits >> 31 != 0, static_cast<int>(bits >> 23 & 0xFF),
                static_cast<uint64_t>(bits & ((1u << 23) - 1)) << 29, 127, 24);
}

void AppendJavaDouble(std::string& out, double value) {
  char buffer[kJavaNumberMax];
  out.append(buffer, FormatJavaDouble(buffer, value));
}
void AppendJavaFloat(std::string& out, float value) {
  char buffer[kJavaNumberMax];
  out.append(buffer, FormatJavaFloat(buffer, value));
}

}  // namespace sluice

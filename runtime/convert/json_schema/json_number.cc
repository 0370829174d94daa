#include "runtime/convert/json_schema/json_number.h"

#include <charconv>
#include <cmath>

#include "runtime/record/decimal.h"

namespace sluice::convert::json_schema {
namespace {

constexpr int kDigitsMax = 36;
constexpr int64_t kScaleMax = 1'000'000;

}  // namespace

JsonNumber::JsonNumber(std::string_view text) : approximate_(record::NumberTextToDouble(text)) {
  const bool negative = !text.empty() && text[0] == '-';
  int digits = 0;
  bool fraction = false;
  size_t i = negative ? 1 : 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.') {
      fraction = true;
      continue;
    }
    if (unscaled_ != 0 || text[i] != '0') ++digits;
    if (digits > kDigitsMax) {
      exact_ = false;
      return;
    }
    unscaled_ = unscaled_ * 10 + (text[i] - '0');
    if (fraction) ++scale_;
  }
  if (i < text.size()) {
    ++i;
    if (i < text.size() && text[i] == '+') ++i;
    int64_t exponent = 0;
    const auto parsed = std::from_chars(text.data() + i, text.data() + text.size(), exponent);
    if (parsed.ec != std::errc() || std::abs(exponent) > kScaleMax) exact_ = false;
    scale_ -= exact_ ? exponent : 0;
  }
  while (unscaled_ != 0 && unscaled_ % 10 == 0) {
    unscaled_ /= 10;
    --scale_;
  }
  if (unscaled_ == 0) scale_ = 0;
  if (negative) unscaled_ = -unscaled_;
}

bool JsonNumber::Align(const JsonNumber& a, const JsonNumber& b, Wide& left, Wide& right) {
  if (!a.exact_ || !b.exact_) return false;
  left = a.unscaled_;
  right = b.unscaled_;
  int64_t lacking = b.scale_ - a.scale_;
  Wide& smaller = lacking >= 0 ? left : right;
  if (smaller == 0) lacking = 0;
  Wide magnitude = smaller < 0 ? -smaller : smaller;
  Wide limit = 1;
  for (int i = 0; i < kDigitsMax + 1; ++i) limit *= 10;
  for (lacking = std::abs(lacking); lacking > 0; --lacking) {
    magnitude *= 10;
    if (magnitude >= limit) return false;
  }
  smaller = smaller < 0 ? -magnitude : magnitude;
  return true;
}

int JsonNumber::Compare(const JsonNumber& a, const JsonNumber& b) {
  Wide left = 0, right = 0;
  if (Align(a, b, left, right)) return left < right ? -1 : left > right ? 1 : 0;
  return a.approximate_ < b.approximate_ ? -1 : a.approximate_ > b.approximate_ ? 1 : 0;
}

bool JsonNumber::IsMultipleOf(const JsonNumber& of) const {
  Wide left = 0, right = 0;
  if (Align(*this, of, left, right)) return right != 0 && left % right == 0;
  return std::fmod(approximate_, of.approximate_) == 0;
}

}  // namespace sluice::convert::json_schema

#include "connectors/postgres_sink/numeric.h"

#include <charconv>

#include "connectors/shared/decimal_digits.h"

namespace sluice::postgres::sink {
namespace {

using shared::DecimalDigits;

constexpr int32_t kDigitsMax = 131072, kScaleMax = 16383;

// `digits` without a sign, the point `scale` (0 or more) digits before the end.
void PutDigits(ByteBuffer& out, std::string_view digits, bool negative, int32_t scale) {
  const int32_t whole =
      static_cast<int32_t>(digits.size()) - scale;  // digits before the point; may be negative
  const int32_t weight = (whole - 1) >> 2;          // of the first group, in powers of 10000
  int32_t at = whole - 4 * (weight + 1);            // where that group begins, 0 or before 0
  const size_t header = out.size();
  out.Grow(8);
  int32_t groups = 0, first = -1, last = -1;
  const size_t start = out.size();
  for (; at < static_cast<int32_t>(digits.size()); at += 4) {
    int group = 0;
    for (int32_t i = at; i < at + 4; ++i) {
      const bool inside = i >= 0 && i < static_cast<int32_t>(digits.size());
      group = group * 10 + (inside ? digits[static_cast<size_t>(i)] - '0' : 0);
    }
    out.Int16(static_cast<int16_t>(group));
    if (group != 0) {
      if (first < 0) first = groups;
      last = groups;
    }
    ++groups;
  }
  int32_t sent = 0;
  if (first >= 0) {  // without zeros at both ends
    sent = last - first + 1;
    if (first > 0) {
      const std::string moved(out.From(start + 2 * static_cast<size_t>(first)));
      out.CutTo(start);
      out.Bytes(moved);
    }
  }
  out.CutTo(start + 2 * static_cast<size_t>(sent));
  const int32_t high = first < 0 ? 0 : weight - first;
  out.SetInt32(header, sent << 16 | (high & 0xFFFF));
  out.SetInt32(header + 4, (negative && sent > 0 ? 0x4000 << 16 : 0) | scale);
}

}  // namespace

bool FitsNumeric(const sluice_decimal& decimal) {
  return decimal.scale <= kScaleMax && decimal.scale >= -kDigitsMax &&
         decimal.unscaled_size <= kDigitsMax / 2;
}

void AppendDecimal(std::string& out, const sluice_decimal& decimal) {
  const size_t start = out.size();
  out.append(DecimalDigits(decimal).text());
  const size_t first = start + (out[start] == '-' ? 1 : 0);
  if (decimal.scale < 0) {
    if (out[first] != '0')
      out.append(static_cast<size_t>(-static_cast<int64_t>(decimal.scale)), '0');
  } else if (decimal.scale > 0) {
    const size_t scale = static_cast<size_t>(decimal.scale), digits = out.size() - first;
    if (digits <= scale) out.insert(first, scale + 1 - digits, '0');
    out.insert(out.size() - scale, 1, '.');
  }
}

bool PutNumeric(ByteBuffer& out, const sluice_decimal& decimal) {
  if (!FitsNumeric(decimal)) return false;
  const DecimalDigits number(decimal);
  const std::string_view digits = number.digits();
  if (decimal.scale < 0) {
    std::string longer(digits);
    longer.append(static_cast<size_t>(-decimal.scale), '0');
    if (longer.size() > static_cast<size_t>(kDigitsMax)) return false;
    PutDigits(out, longer, number.negative(), 0);
    return true;
  }
  if (static_cast<int64_t>(digits.size()) - decimal.scale > kDigitsMax) return false;
  PutDigits(out, digits, number.negative(), decimal.scale);
  return true;
}

void PutNumeric(ByteBuffer& out, int64_t number) {
  char text[24];
  auto [end, error] = std::to_chars(text, text + sizeof text, number);
  std::string_view digits(text, end);
  const bool negative = digits.front() == '-';
  if (negative) digits.remove_prefix(1);
  PutDigits(out, digits, negative, 0);
}

}  // namespace sluice::postgres::sink

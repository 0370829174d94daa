#include "connectors/postgres_sink/numeric.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace sluice::postgres::sink {
namespace {

constexpr int32_t kDigitsMax = 131072, kScaleMax = 16383;

bool IsNegative(const sluice_decimal& decimal) {
  return decimal.unscaled_size > 0 && (decimal.unscaled[0] & 0x80) != 0;
}

// Magnitudes of up to 8 bytes, which nearly all are.
bool FitsInt64(const sluice_decimal& decimal, int64_t& out) {
  if (decimal.unscaled_size > 8) return false;
  uint64_t number = IsNegative(decimal) ? ~uint64_t{0} : 0;
  for (uint32_t i = 0; i < decimal.unscaled_size; ++i) number = number << 8 | decimal.unscaled[i];
  out = static_cast<int64_t>(number);
  return true;
}

// Division by 10^9 of the magnitude, over and over.
void AppendBig(std::string& out, const sluice_decimal& decimal) {
  constexpr uint64_t kChunk = 1'000'000'000;
  const bool negative = IsNegative(decimal);
  std::vector<uint32_t> words((decimal.unscaled_size + 3) / 4 + 1,
                              negative ? ~0u : 0u);  // least first
  for (uint32_t i = 0; i < decimal.unscaled_size; ++i) {
    const uint32_t from_end = decimal.unscaled_size - 1 - i;
    uint32_t& word = words[from_end / 4];
    const uint32_t shift = 8 * (from_end % 4);
    word = (word & ~(0xFFu << shift)) | static_cast<uint32_t>(decimal.unscaled[i]) << shift;
  }
  if (negative) {
    uint64_t carry = 1;
    for (uint32_t& word : words) {
      carry += static_cast<uint32_t>(~word);
      word = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    out.push_back('-');
  }
  std::vector<uint32_t> chunks;
  while (!words.empty() && words.back() == 0) words.pop_back();
  while (!words.empty()) {
    uint64_t rest = 0;
    for (size_t i = words.size(); i-- > 0;) {
      rest = rest << 32 | words[i];
      words[i] = static_cast<uint32_t>(rest / kChunk);
      rest %= kChunk;
    }
    chunks.push_back(static_cast<uint32_t>(rest));
    while (!words.empty() && words.back() == 0) words.pop_back();
  }
  if (chunks.empty()) chunks.push_back(0);
  char text[16];
  for (size_t i = chunks.size(); i-- > 0;) {
    auto [end, error] = std::to_chars(text, text + sizeof text, chunks[i]);
    if (i + 1 < chunks.size()) out.append(9 - static_cast<size_t>(end - text), '0');
    out.append(text, end);
  }
}

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

void AppendUnscaled(std::string& out, const sluice_decimal& decimal) {
  int64_t number = 0;
  if (!FitsInt64(decimal, number)) return AppendBig(out, decimal);
  char text[24];
  auto [end, error] = std::to_chars(text, text + sizeof text, number);
  out.append(text, end);
}

void AppendDecimal(std::string& out, const sluice_decimal& decimal) {
  const size_t start = out.size();
  AppendUnscaled(out, decimal);
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
  if (decimal.scale > kScaleMax || decimal.scale < -kDigitsMax ||
      decimal.unscaled_size > kDigitsMax / 2)
    return false;
  char small[24];
  std::string big;
  std::string_view digits;
  int64_t number = 0;
  if (FitsInt64(decimal, number)) {
    auto [end, error] = std::to_chars(small, small + sizeof small, number);
    digits = {small, end};
  } else {
    AppendBig(big, decimal);
    digits = big;
  }
  const bool negative = digits.front() == '-';
  if (negative) digits.remove_prefix(1);
  if (decimal.scale < 0) {
    std::string longer(digits);
    longer.append(static_cast<size_t>(-decimal.scale), '0');
    if (longer.size() > static_cast<size_t>(kDigitsMax)) return false;
    PutDigits(out, longer, negative, 0);
    return true;
  }
  if (static_cast<int64_t>(digits.size()) - decimal.scale > kDigitsMax) return false;
  PutDigits(out, digits, negative, decimal.scale);
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

#include "connectors/shared/decimal_digits.h"

#include <charconv>
#include <cstdint>
#include <vector>

namespace sluice::shared {
namespace {

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

}  // namespace

DecimalDigits::DecimalDigits(const sluice_decimal& decimal) {
  int64_t number = 0;
  if (FitsInt64(decimal, number)) {
    const auto [end, error] = std::to_chars(small_, small_ + sizeof small_, number);
    text_ = {small_, end};
  } else {
    AppendBig(big_, decimal);
    text_ = big_;
  }
}

}  // namespace sluice::shared

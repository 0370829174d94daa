// Finds what is special in the text of a JSON string, 16 bytes at a time. For json_reader and
// json_output.
#ifndef SLUICE_RUNTIME_RECORD_JSON_SCAN_H_
#define SLUICE_RUNTIME_RECORD_JSON_SCAN_H_

#include <cstdint>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sluice::record {

inline bool IsJsonSpecial(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

// The first quote, backslash or control character in [at, end), or end. Sets `non_ascii` if a byte
// before it has its high bit set, else leaves it.
inline const char* FindJsonSpecial(const char* at, const char* end, bool& non_ascii) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1F);
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const __m128i special = _mm_or_si128(
        control, _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    const auto special_bits = static_cast<uint32_t>(_mm_movemask_epi8(special));
    const auto high_bits = static_cast<uint32_t>(_mm_movemask_epi8(bytes));
    if (special_bits != 0) {
      if ((high_bits & (special_bits - 1) & ~special_bits) != 0) non_ascii = true;
      return at + __builtin_ctz(special_bits);
    }
    if (high_bits != 0) non_ascii = true;
    at += 16;
  }
#endif
  for (; at < end && !IsJsonSpecial(*at); ++at) {
    if (static_cast<signed char>(*at) < 0) non_ascii = true;
  }
  return at;
}

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_JSON_SCAN_H_

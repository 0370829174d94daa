// Finds what is special in the text of a JSON string, 16 bytes at a time. For json_reader and
// json_output.
#ifndef SLUICE_RUNTIME_RECORD_JSON_SCAN_H_
#define SLUICE_RUNTIME_RECORD_JSON_SCAN_H_

#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sluice::record {

inline bool IsJsonSpecial(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

#ifdef __SSE2__
// All ones where a byte is special.
inline __m128i JsonSpecialBytes(__m128i bytes) {
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  return _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                            _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
}
#endif

// Copies a text, whose last bytes may be copied twice; false: it is not only ASCII without anything
// special, and what was copied means nothing.
inline bool CopyPlainJson(char* to, const char* from, size_t size) {
#ifdef __SSE2__
  const auto load = [](const char* at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  };
  const auto store = [](char* at, __m128i bytes) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(at), bytes);
  };
  if (size >= 16) {
    __m128i found = _mm_setzero_si128();
    for (size_t at = 0;; at += 16) {
      if (at + 16 > size) at = size - 16;
      const __m128i bytes = load(from + at);
      store(to + at, bytes);
      found = _mm_or_si128(found, _mm_or_si128(bytes, JsonSpecialBytes(bytes)));
      if (at + 16 == size) return _mm_movemask_epi8(found) == 0;
    }
  }
  if (size >= 4) {
    uint64_t first = 0, last = 0;
    const size_t half = size >= 8 ? 8 : 4;
    if (half == 8) {
      std::memcpy(&first, from, 8);
      std::memcpy(&last, from + size - 8, 8);
      std::memcpy(to, &first, 8);
      std::memcpy(to + size - 8, &last, 8);
    } else {
      uint32_t low, high;
      std::memcpy(&low, from, 4);
      std::memcpy(&high, from + size - 4, 4);
      std::memcpy(to, &low, 4);
      std::memcpy(to + size - 4, &high, 4);
      first = last = uint64_t{high} << 32 | low;
    }
    const __m128i bytes =
        _mm_set_epi64x(static_cast<long long>(last), static_cast<long long>(first));
    return _mm_movemask_epi8(_mm_or_si128(bytes, JsonSpecialBytes(bytes))) == 0;
  }
#endif
  for (size_t i = 0; i < size; ++i) {
    if (IsJsonSpecial(from[i]) || static_cast<signed char>(from[i]) < 0) return false;
    to[i] = from[i];
  }
  return true;
}

// The first quote, backslash or control character in [at, end), or end. Sets `non_ascii` if a byte
// before it has its high bit set, else leaves it.
inline const char* FindJsonSpecial(const char* at, const char* end, bool& non_ascii) {
#ifdef __SSE2__
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto special_bits = static_cast<uint32_t>(_mm_movemask_epi8(JsonSpecialBytes(bytes)));
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

#include "runtime/record/json_unescape.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace sluice::record {
namespace {

bool HexValue(const char* at, uint32_t& value) {
  auto [end, error] = std::from_chars(at, at + 4, value, 16);
  return error == std::errc() && end == at + 4;
}

char* PutUtf8(char* out, uint32_t code) {
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *out++ = static_cast<char>(0xC0 | code >> 6);
    *out++ = static_cast<char>(0x80 | (code & 63));
  } else if (code < 0x10000) {
    *out++ = static_cast<char>(0xE0 | code >> 12);
    *out++ = static_cast<char>(0x80 | (code >> 6 & 63));
    *out++ = static_cast<char>(0x80 | (code & 63));
  } else {
    *out++ = static_cast<char>(0xF0 | code >> 18);
    *out++ = static_cast<char>(0x80 | (code >> 12 & 63));
    *out++ = static_cast<char>(0x80 | (code >> 6 & 63));
    *out++ = static_cast<char>(0x80 | (code & 63));
  }
  return out;
}

// Decodes \uXXXX at `at` (at its u); a pair of them where they are surrogates. Answers where it
// ends, or nullptr.
const char* DecodeUnicode(const char* at, const char* end, uint32_t& code) {
  if (end - at < 5 || !HexValue(at + 1, code)) return nullptr;
  at += 5;
  if (code < 0xD800 || code > 0xDFFF) return at;
  uint32_t low = 0;
  if (code < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u' && HexValue(at + 2, low) &&
      low >= 0xDC00 && low <= 0xDFFF) {
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    return at + 6;
  }
  code = '?';
  return at;
}

char Unescaped(char c) {  // 0: no such escape
  switch (c) {
    case 'b':
      return '\b';
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'f':
      return '\f';
    case 'r':
      return '\r';
    case '"':
    case '\\':
    case '/':
      return c;
    default:
      return 0;
  }
}

}  // namespace

JsonUnescaped UnescapeJson(std::string_view raw, char* out) {
  char* const begin = out;
  const char* from = raw.data();
  const char* const end = from + raw.size();
  while (true) {
    const char* const escape = std::find(from, end, '\\');
    out = std::copy(from, escape, out);
    if (escape == end) return {static_cast<size_t>(out - begin), nullptr};
    const char* const kind = escape + 1;
    if (*kind == 'u') {
      uint32_t code = 0;
      from = DecodeUnicode(kind, end, code);
      if (from == nullptr) return {0, kind};
      out = PutUtf8(out, code);
    } else {
      const char c = Unescaped(*kind);
      if (c == 0) return {0, kind};
      *out++ = c;
      from = kind + 1;
    }
  }
}

}  // namespace sluice::record

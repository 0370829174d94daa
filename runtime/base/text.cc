#include "runtime/base/text.h"

#include <array>
#include <cstring>

namespace sluice {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080ULL;

uint64_t Word(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The first byte at or after `at` that is not ASCII, or the end.
size_t SkipAscii(std::string_view text, size_t at) {
  const char* data = text.data();
  const size_t size = text.size();
  for (; at + 32 <= size; at += 32) {
    const char* from = data + at;
    if ((Word(from) | Word(from + 8) | Word(from + 16) | Word(from + 24)) & kHighBits) break;
  }
  for (; at + 8 <= size; at += 8) {
    if (Word(data + at) & kHighBits) break;
  }
  // The last eight bytes, of which some were seen.
  if (size >= 8 && size - at < 8 && (Word(data + size - 8) & kHighBits) == 0) return size;
  while (at < size && static_cast<signed char>(data[at]) >= 0) ++at;
  return at;
}

struct Sequence {
  size_t length;  // bytes that belong together
  bool valid;
};

// What stands at `at`, a byte that is not ASCII. A malformed sequence reaches as far as Java takes
// one replacement character for: its longest beginning that could have been right. An encoded
// surrogate counts as one.
Sequence NextSequence(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i])
                                : 0u;  // 0 continues nothing
  };
  const auto continues = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0xC2 || first > 0xF4) return {1, false};
  if (first < 0xE0) return continues(1) ? Sequence{2, true} : Sequence{1, false};
  if (!continues(1)) return {1, false};
  if (first < 0xF0) {
    if (first == 0xE0 && second < 0xA0) return {1, false};
    if (!continues(2)) return {2, false};
    return {3, !(first == 0xED && second >= 0xA0)};
  }
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return {1, false};
  if (!continues(2)) return {2, false};
  return continues(3) ? Sequence{4, true} : Sequence{3, false};
}

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::array<int8_t, 256> MakeBase64Values() {
  std::array<int8_t, 256> values;
  values.fill(-1);
  for (int i = 0; i < 64; ++i)
    values[static_cast<unsigned char>(kBase64[i])] = static_cast<int8_t>(i);
  return values;
}

char LowerChar(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (size_t at = 0;;) {
    const size_t end = text.find(separator, at);
    if (end == std::string_view::npos) {
      pieces.push_back(text.substr(at));
      return pieces;
    }
    pieces.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  text = Trim(text);
  if (text.empty()) return items;
  for (std::string_view piece : Split(text, ',')) items.emplace_back(Trim(piece));
  return items;
}

std::string ToLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = LowerChar(c);
  return lower;
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (LowerChar(a[i]) != LowerChar(b[i])) return false;
  }
  return true;
}

std::optional<int64_t> ParseInt64(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

size_t FindInvalidUtf8(std::string_view text) {
  for (size_t at = SkipAscii(text, 0); at < text.size(); at = SkipAscii(text, at)) {
    const Sequence sequence = NextSequence(text, at);
    if (!sequence.valid) return at;
    at += sequence.length;
  }
  return std::string_view::npos;
}

std::string ReplaceInvalidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 8);
  size_t copied = 0;
  for (size_t at = SkipAscii(text, 0); at < text.size(); at = SkipAscii(text, at)) {
    const Sequence sequence = NextSequence(text, at);
    if (!sequence.valid) {
      out.append(text.substr(copied, at - copied));
      out.append("\xEF\xBF\xBD");
      copied = at + sequence.length;
    }
    at += sequence.length;
  }
  out.append(text.substr(copied));
  return out;
}

char* Base64EncodeTo(char* out, std::string_view bytes) {
  size_t at = 0;
  const auto byte = [&](size_t i) {
    return static_cast<uint32_t>(static_cast<unsigned char>(bytes[i]));
  };
  for (; at + 3 <= bytes.size(); at += 3) {
    const uint32_t group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    for (int shift : {18, 12, 6, 0}) *out++ = kBase64[group >> shift & 63];
  }
  if (const size_t rest = bytes.size() - at; rest != 0) {
    const uint32_t group = byte(at) << 16 | (rest == 2 ? byte(at + 1) << 8 : 0);
    *out++ = kBase64[group >> 18 & 63];
    *out++ = kBase64[group >> 12 & 63];
    *out++ = rest == 2 ? kBase64[group >> 6 & 63] : '=';
    *out++ = '=';
  }
  return out;
}

std::string Base64Encode(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  Base64EncodeTo(out.data(), bytes);
  return out;
}

std::optional<std::string> Base64Decode(std::string_view text) {
  static const std::array<int8_t, 256> kValues = MakeBase64Values();
  if (text.size() % 4 == 0) {  // padding is optional, as in Java, but must be complete
    for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  uint32_t group = 0;
  int bits = 0;
  for (char c : text) {
    const int8_t value = kValues[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    group = group << 6 | static_cast<uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<char>(group >> bits & 0xFF));
    }
  }
  return out;
}

}  // namespace sluice

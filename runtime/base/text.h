// Text helpers that the whole worker shares, and the one place that knows that Debian's Abseil has
// a string_view of its own. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_BASE_TEXT_H_
#define SLUICE_RUNTIME_BASE_TEXT_H_

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/strings/string_view.h"

namespace sluice {

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view FromAbsl(absl::string_view text) { return {text.data(), text.size()}; }

namespace internal {
inline void AppendPiece(std::string& out, std::string_view piece) { out.append(piece); }
inline void AppendPiece(std::string& out, const char* piece) { out.append(piece); }
inline void AppendPiece(std::string& out, const std::string& piece) { out.append(piece); }
inline void AppendPiece(std::string& out, absl::string_view piece) {
  out.append(piece.data(), piece.size());
}
inline void AppendPiece(std::string& out, char piece) { out.push_back(piece); }
inline void AppendPiece(std::string& out, bool piece) { out.append(piece ? "true" : "false"); }
template <typename T>
std::enable_if_t<std::is_arithmetic_v<T>> AppendPiece(std::string& out, T piece) {
  char buffer[40];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, piece);
  out.append(buffer, end);
}
}  // namespace internal

// Appends, or makes, one string of many pieces: std or absl string views, strings, chars, numbers,
// bools.
template <typename... Pieces>
void StrAppend(std::string& out, const Pieces&... pieces) {
  (internal::AppendPiece(out, pieces), ...);
}
template <typename... Pieces>
std::string StrCat(const Pieces&... pieces) {
  std::string out;
  StrAppend(out, pieces...);
  return out;
}

template <typename Range>
std::string StrJoin(const Range& range, std::string_view separator) {
  std::string out;
  bool first = true;
  for (const auto& item : range) {
    if (!first) out.append(separator);
    first = false;
    StrAppend(out, item);
  }
  return out;
}

// Blanks as Java's String.trim takes them: everything up to U+0020.
std::string_view Trim(std::string_view text);
// Splits at every `separator`; an empty text is one empty piece.
std::vector<std::string_view> Split(std::string_view text, char separator);
// A Java LIST value: split on commas with blanks around them; an empty text is the empty list.
std::vector<std::string> SplitList(std::string_view text);
std::string ToLower(std::string_view text);                     // ASCII
bool EqualsIgnoreCase(std::string_view a, std::string_view b);  // ASCII

// A whole decimal number, optional sign, no blanks, in range; else nothing.
std::optional<int64_t> ParseInt64(std::string_view text);

// The first byte that is not well-formed UTF-8 (surrogates and overlong forms are not), or npos.
size_t FindInvalidUtf8(std::string_view text);
// The text as Java's `new String(bytes, UTF_8)` followed by getBytes would give it: each malformed
// part becomes U+FFFD.
std::string ReplaceInvalidUtf8(std::string_view text);

// Double.toString and Float.toString of JDK 17 (and before), digit by digit, though they are not
// always the shortest that round-trips: 1.0, 1.0E10, 1.0E-5, NaN, 5.6843418860808015E-14.
void AppendJavaDouble(std::string& out, double value);
void AppendJavaFloat(std::string& out, float value);
// The same into a buffer of kJavaNumberMax bytes; answers the end.
inline constexpr size_t kJavaNumberMax = 32;
char* FormatJavaDouble(char* out, double value);
char* FormatJavaFloat(char* out, float value);

std::string Base64Encode(std::string_view bytes);  // standard alphabet, padded
// The same into a buffer of (size + 2) / 3 * 4 bytes; answers the end.
char* Base64EncodeTo(char* out, std::string_view bytes);
std::optional<std::string> Base64Decode(std::string_view text);  // nothing if it is not base64

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_TEXT_H_

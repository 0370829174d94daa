#include "runtime/config/properties.h"

#include <optional>
#include <utility>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/text.h"

namespace sluice::config {
namespace {

// A line of the file after continuations were joined, escapes still in it.
struct LogicalLine {
  std::string text;
  size_t line;  // where it begins, from 1
};

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

std::string_view SkipBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  return text;
}

// Takes one line off `text`: it ends at \n, \r or \r\n.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find_first_of("\r\n");
  if (end == std::string_view::npos) return std::exchange(text, {});
  const std::string_view line = text.substr(0, end);
  const bool pair = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
  text.remove_prefix(end + (pair ? 2 : 1));
  return line;
}

// Whether an odd number of backslashes stands at the end: the line goes on.
bool EndsEscaped(std::string_view line) {
  size_t count = 0;
  while (count < line.size() && line[line.size() - 1 - count] == '\\') ++count;
  return count % 2 == 1;
}

std::vector<LogicalLine> JoinLines(std::string_view text) {
  std::vector<LogicalLine> lines;
  size_t number = 0;
  while (!text.empty()) {
    const size_t begin = ++number;
    std::string_view line = SkipBlanks(TakeLine(text));
    if (line.empty() || line[0] == '#' || line[0] == '!') continue;
    std::string joined(line);
    while (EndsEscaped(joined)) {
      joined.pop_back();
      if (text.empty()) break;
      ++number;
      joined.append(SkipBlanks(TakeLine(text)));
    }
    lines.push_back({std::move(joined), begin});
  }
  return lines;
}

void AppendUtf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code >> 6));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | code >> 18));
    out.push_back(static_cast<char>(0x80 | (code >> 12 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

// The four hexadecimal digits at `at`, or nothing.
std::optional<uint32_t> HexAt(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return std::nullopt;
  uint32_t code = 0;
  const char* begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + 4, code, 16);
  if (error != std::errc() || end != begin + 4) return std::nullopt;
  return code;
}

// Resolves escapes. `at` of the error is the place of the bad one.
class Unescaper {
 public:
  Unescaper(std::string_view text, PropertiesEncoding encoding)
      : text_(text), encoding_(encoding) {}

  bool Run(std::string& out) {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c != '\\') {
        Plain(out, c);
      } else if (at_ < text_.size() && !Escape(out, text_[at_++])) {
        return false;
      }
    }
    return true;
  }

 private:
  void Plain(std::string& out, char c) {
    if (encoding_ == PropertiesEncoding::kLatin1) {
      AppendUtf8(out, static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
  bool Escape(std::string& out, char c) {
    switch (c) {
      case 't':
        out.push_back('\t');
        return true;
      case 'n':
        out.push_back('\n');
        return true;
      case 'r':
        out.push_back('\r');
        return true;
      case 'f':
        out.push_back('\f');
        return true;
      case 'u':
        return Unicode(out);
      default:
        Plain(out, c);
        return true;
    }
  }
  bool Unicode(std::string& out) {
    const auto code = HexAt(text_, at_);
    if (!code) return false;
    at_ += 4;
    if (*code < 0xD800 || *code > 0xDFFF) return AppendUtf8(out, *code), true;
    // A pair of surrogates is one character; half of one becomes what Java writes for it.
    const bool escaped = text_.substr(at_).starts_with("\\u");
    const auto low = escaped ? HexAt(text_, at_ + 2) : std::nullopt;
    if (*code < 0xDC00 && low && *low >= 0xDC00 && *low <= 0xDFFF) {
      at_ += 6;
      AppendUtf8(out, 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00));
    } else {
      out.push_back('?');
    }
    return true;
  }

  const std::string_view text_;
  const PropertiesEncoding encoding_;
  size_t at_ = 0;
};

// Where the key ends: at the first blank, `=` or `:` that is not escaped.
size_t KeyEnd(std::string_view line) {
  size_t at = 0;
  while (at < line.size() && !IsBlank(line[at]) && line[at] != '=' && line[at] != ':') {
    at += line[at] == '\\' ? 2 : 1;
  }
  return std::min(at, line.size());
}

}  // namespace

StatusOr<ConfigMap> ParseProperties(std::string_view text, std::string_view name,
                                    PropertiesEncoding encoding) {
  std::string replaced;
  if (encoding == PropertiesEncoding::kUtf8 && FindInvalidUtf8(text) != std::string_view::npos) {
    replaced = ReplaceInvalidUtf8(text);
    text = replaced;
  }
  ConfigMap out;
  for (const LogicalLine& line : JoinLines(text)) {
    const std::string_view whole = line.text;
    const size_t key_end = KeyEnd(whole);
    std::string_view rest = SkipBlanks(whole.substr(key_end));
    if (!rest.empty() && (rest[0] == '=' || rest[0] == ':')) rest = SkipBlanks(rest.substr(1));
    std::string key, value;
    if (!Unescaper(whole.substr(0, key_end), encoding).Run(key) ||
        !Unescaper(rest, encoding).Run(value)) {
      return ConfigError(StrCat(name, ":", line.line,
                                ": malformed \\u escape: four hexadecimal digits must follow \\u. "
                                "A backslash that is meant as itself is written \\\\"));
    }
    out.Set(key, value);
  }
  return out;
}

StatusOr<ConfigMap> ReadProperties(const std::string& path, PropertiesEncoding encoding) {
  SLUICE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return ParseProperties(text, path, encoding);
}

}  // namespace sluice::config

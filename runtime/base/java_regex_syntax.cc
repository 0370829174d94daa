#include "runtime/base/java_regex_syntax.h"

#include <algorithm>
#include <utility>

#include "runtime/base/text.h"

namespace sluice {
namespace {

constexpr std::string_view kLetterEscapes = "abBAcdDefGhHkpPQrRsSntuvVwWxXzZE";

// Java's POSIX classes, which are of ASCII only.
constexpr std::pair<std::string_view, std::string_view> kPosix[] = {
    {"Lower", "a-z"},
    {"Upper", "A-Z"},
    {"ASCII", "\\x00-\\x7F"},
    {"Alpha", "a-zA-Z"},
    {"Digit", "0-9"},
    {"Alnum", "a-zA-Z0-9"},
    {"Graph", "\\x21-\\x7E"},
    {"Print", "\\x20-\\x7E"},
    {"Blank", " \\t"},
    {"Cntrl", "\\x00-\\x1F\\x7F"},
    {"XDigit", "0-9a-fA-F"},
    {"Space", " \\t\\n\\x0B\\f\\r"},
    {"Punct", "\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E"},
};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

class Translator {
 public:
  explicit Translator(std::string_view in) : in_(in) {}

  RegexTranslation Run() {
    while (at_ < in_.size() && result_.error.empty()) {
      if (in_[at_] == '\\') {
        Escape();
      } else if (in_class_) {
        InClass();
      } else if (in_[at_] == '[') {
        in_class_ = true;
        Take(Next(1) == '^' ? 2 : 1);
        if (Next(0) == ']') Take(1);  // the first one is a character
      } else if (in_[at_] == '(') {
        Group();
      } else {
        Take(1);
      }
    }
    return std::move(result_);
  }

 private:
  char Next(size_t ahead) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }
  void Take(size_t count) {
    result_.pattern.append(in_.substr(at_, count));
    at_ += count;
  }
  void Fail(std::string_view what) {
    if (!result_.error.empty()) return;
    result_.error = std::string(what);
    result_.error_index = at_;
  }

  void InClass() {
    if (in_[at_] == '[')
      return Fail("A character class inside another is not supported here: write one class");
    if (in_[at_] == '&' && Next(1) == '&') {
      return Fail("Intersection of character classes (&&) is not supported here: write one class");
    }
    if (in_[at_] == ']') in_class_ = false;
    Take(1);
  }

  void Group() {
    if (Next(1) == '*') return Fail("Dangling meta character '*'");
    if (Next(1) != '?') return Take(1);
    const char kind = Next(2);
    if (kind == ':' || kind == '=' || kind == '!' || kind == '>') return Take(3);
    if (kind == '<') {
      if (Next(3) == '=' || Next(3) == '!') return Take(4);
      if (!IsLetter(Next(3))) return Fail("Unknown look-behind group");
      return Take(3);
    }
    std::string flags = "(?";
    for (at_ += 2; at_ < in_.size() && in_[at_] != ')' && in_[at_] != ':'; ++at_) {
      const char flag = in_[at_];
      if (flag == 'u' || flag == 'd') continue;
      if (flag == 'U') return Fail("The flag U (Unicode character classes) is not supported here");
      if (flag != 'i' && flag != 'm' && flag != 's' && flag != 'x' && flag != '-') {
        return Fail("Unknown inline modifier");
      }
      flags.push_back(flag);
    }
    if (flags.back() == '-') flags.pop_back();
    if (at_ >= in_.size()) return Fail("Unknown inline modifier");
    if (flags.size() == 2 && in_[at_] == ')') {  // nothing left of it
      ++at_;
      return;
    }
    result_.pattern.append(flags);
    Take(1);
  }

  void Escape() {
    const char c = Next(1);
    if (c == '\0' && at_ + 1 >= in_.size())
      return Fail("Unexpected internal error: a \\ at the end");
    if (c == 'Q') return Quotation();
    if (c == 'u') return Unicode();
    if (c == 'p' || c == 'P') return Property();
    if (IsLetter(c) && (kLetterEscapes.find(c) == std::string_view::npos)) {
      return Fail("Illegal/unsupported escape sequence");
    }
    Take(2);
  }

  // \Q...\E: each character for itself, so that no later rule sees it.
  void Quotation() {
    at_ += 2;
    const size_t end = std::min(in_.find("\\E", at_), in_.size());
    for (; at_ < end; ++at_) {
      const unsigned char c = static_cast<unsigned char>(in_[at_]);
      if (c < 0x80 && !IsLetter(in_[at_]) && !(c >= '0' && c <= '9'))
        result_.pattern.push_back('\\');
      result_.pattern.push_back(in_[at_]);
    }
    at_ = std::min(end + 2, in_.size());
  }

  void Unicode() {
    for (size_t i = 2; i < 6; ++i) {
      if (!IsHex(Next(i))) return Fail("Illegal Unicode escape sequence");
    }
    StrAppend(result_.pattern, "\\x{", in_.substr(at_ + 2, 4), "}");
    at_ += 6;
  }

  void Property() {
    const bool negated = Next(1) == 'P';
    if (Next(2) != '{') return Take(3);  // \pL
    const size_t end = in_.find('}', at_);
    if (end == std::string_view::npos) return Fail("Unclosed character family");
    std::string_view name = in_.substr(at_ + 3, end - at_ - 3);
    for (const auto& [posix, set] : kPosix) {
      if (name != posix) continue;
      if (in_class_ && negated)
        return Fail("A negated POSIX class inside a class is not supported here");
      if (in_class_) {
        result_.pattern.append(set);
      } else {
        StrAppend(result_.pattern, negated ? "[^" : "[", set, "]");
      }
      at_ = end + 1;
      return;
    }
    if (name.size() > 2 && name.substr(0, 2) == "Is") name.remove_prefix(2);
    StrAppend(result_.pattern, in_.substr(at_, 2), "{", name == "Alphabetic" ? "L" : name, "}");
    at_ = end + 1;
  }

  const std::string_view in_;
  size_t at_ = 0;
  bool in_class_ = false;
  RegexTranslation result_;
};

}  // namespace

RegexTranslation TranslateJavaRegex(std::string_view pattern) { return Translator(pattern).Run(); }

}  // namespace sluice

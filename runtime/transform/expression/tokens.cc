#include "runtime/transform/expression/tokens.h"

#include <charconv>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::transform {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c); }

Status BadText(size_t at, std::string_view what) {
  return ConfigError(StrCat(what, " at position ", at + 1));
}

// A code point below U+10000 as UTF-8; halves of surrogates become U+FFFD.
void AppendUtf8(std::string& out, uint32_t code) {
  if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else {
    out.push_back(static_cast<char>(0xe0 | (code >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  }
}

}  // namespace

Status SyntaxError(std::string_view expected, const Token& found) {
  return ConfigError(
      StrCat("expected ", expected, " at position ", found.start + 1, ", found ",
             found.kind == TokenKind::kEnd ? "the end" : StrCat("'", found.source, "'")));
}

Token Tokens::Made(TokenKind kind, size_t start) {
  Token token;
  token.kind = kind;
  token.start = start;
  token.source = text_.substr(start, at_ - start);
  return token;
}

StatusOr<Token> Tokens::Next() {
  while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= ' ') ++at_;
  const size_t start = at_;
  if (at_ == text_.size()) return Made(TokenKind::kEnd, start);
  const char c = text_[at_];
  if (IsNameStart(c)) {
    while (at_ < text_.size() && IsNamePart(text_[at_])) ++at_;
    Token token = Made(TokenKind::kName, start);
    token.text = std::string(token.source);
    return token;
  }
  if (IsDigit(c)) return Number(start);
  if (c == '\'' || c == '"') return Quoted(start);
  if (c == '`') {  // a name of any characters
    const size_t end = text_.find('`', start + 1);
    if (end == std::string_view::npos)
      return BadText(start, "a name that begins with ` has no end");
    at_ = end + 1;
    Token token = Made(TokenKind::kName, start);
    token.text = std::string(text_.substr(start + 1, end - start - 1));
    return token;
  }
  return Sign(start);
}

StatusOr<Token> Tokens::Number(size_t start) {
  while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
  bool whole = true;
  if (at_ + 1 < text_.size() && text_[at_] == '.' && IsDigit(text_[at_ + 1])) {
    whole = false;
    ++at_;
    while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
  }
  if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    size_t digits = at_ + 1;
    if (digits < text_.size() && (text_[digits] == '+' || text_[digits] == '-')) ++digits;
    if (digits < text_.size() && IsDigit(text_[digits])) {
      whole = false;
      at_ = digits;
      while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    }
  }
  if (at_ < text_.size() && IsNamePart(text_[at_])) {
    ++at_;
    return SyntaxError("a number", Made(TokenKind::kInteger, start));
  }
  Token token = Made(whole ? TokenKind::kInteger : TokenKind::kFloat, start);
  const char *first = token.source.data(), *last = first + token.source.size();
  const auto [end, error] = whole ? std::from_chars(first, last, token.integer)
                                  : std::from_chars(first, last, token.number);
  if (error != std::errc() || end != last) return SyntaxError("a number of 64 bits", token);
  return token;
}

StatusOr<Token> Tokens::Quoted(size_t start) {
  const char quote = text_[at_++];
  std::string text;
  while (at_ < text_.size() && text_[at_] != quote) {
    char c = text_[at_++];
    if (c != '\\') {
      text.push_back(c);
      continue;
    }
    if (at_ == text_.size()) break;
    c = text_[at_++];
    static constexpr std::string_view kEscapes = "ntr\\'\"`", kMeant = "\n\t\r\\'\"`";
    if (const size_t known = kEscapes.find(c); known != std::string_view::npos) {
      text.push_back(kMeant[known]);
    } else if (uint32_t code = 0;
               c == 'u' && at_ + 4 <= text_.size() &&
               std::from_chars(text_.data() + at_, text_.data() + at_ + 4, code, 16).ptr ==
                   text_.data() + at_ + 4) {
      AppendUtf8(text, code);
      at_ += 4;
    } else {
      return BadText(at_ - 2, "expected \\n \\t \\r \\\\ \\' \\\" or \\u and four digits");
    }
  }
  if (at_ == text_.size()) return BadText(start, "the text in quotes that begins has no end");
  ++at_;
  Token token = Made(TokenKind::kText, start);
  token.text = std::move(text);
  return token;
}

StatusOr<Token> Tokens::Sign(size_t start) {
  static constexpr std::string_view kSigns[] = {"&&", "||", "==", "!=", "<=", ">=", "<", ">",
                                                "+",  "-",  "*",  "/",  "%",  "!",  "?", ":",
                                                "(",  ")",  "[",  "]",  ",",  "."};
  for (const std::string_view sign : kSigns) {
    if (!text_.substr(start).starts_with(sign)) continue;
    at_ += sign.size();
    return Made(TokenKind::kSign, start);
  }
  while (++at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xc0) == 0x80) {
  }
  return SyntaxError("a value or an operator", Made(TokenKind::kSign, start));
}

}  // namespace sluice::transform

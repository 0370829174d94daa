// An expression's text in pieces: names, numbers, texts in quotes, signs. For the parser. Pure.
#ifndef SLUICE_RUNTIME_TRANSFORM_EXPRESSION_TOKENS_H_
#define SLUICE_RUNTIME_TRANSFORM_EXPRESSION_TOKENS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/status.h"

namespace sluice::transform {

enum class TokenKind { kEnd, kName, kInteger, kFloat, kText, kSign };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  size_t start = 0;         // byte in the whole text
  std::string_view source;  // as written
  std::string text = {};    // kName, kText: without quotes and escapes
  int64_t integer = 0;      // kInteger
  double number = 0;        // kFloat
};

// `expected X at position N, found Y`; positions are counted from 1. ConfigException.
Status SyntaxError(std::string_view expected, const Token& found);

class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}
  // The next piece; at the end kEnd, again and again. ConfigException: what cannot be one.
  StatusOr<Token> Next();

 private:
  StatusOr<Token> Number(size_t start);
  StatusOr<Token> Quoted(size_t start);
  StatusOr<Token> Sign(size_t start);
  Token Made(TokenKind kind, size_t start);

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_EXPRESSION_TOKENS_H_

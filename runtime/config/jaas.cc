#include "runtime/config/jaas.h"

#include <optional>
#include <vector>

#include "runtime/base/text.h"

namespace sluice::config {
namespace {

Status Malformed(std::string_view why) {
  return ConfigError(StrCat("Invalid value [hidden] for configuration sasl.jaas.config: ", why,
                            "; expected '<login module class> required key=\"value\" ...;'"));
}

struct Token {
  std::string text;
  bool quoted = false;
};

bool IsWord(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != '=' && c != ';' && c != '"' && c != '\'';
}

// A quoted text from its first quote at `at`; nothing if it does not end.
std::optional<std::string> TakeQuoted(std::string_view text, size_t& at) {
  const char quote = text[at++];
  std::string out;
  while (at < text.size() && text[at] != quote) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out.push_back(text[at++]);
  }
  if (at == text.size()) return std::nullopt;
  ++at;
  return out;
}

std::optional<std::vector<Token>> Tokens(std::string_view text) {
  std::vector<Token> tokens;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) <= ' ') {
      ++at;
    } else if (c == '"' || c == '\'') {
      auto quoted = TakeQuoted(text, at);
      if (!quoted) return std::nullopt;
      tokens.push_back({*std::move(quoted), true});
    } else if (c == '=' || c == ';') {
      tokens.push_back({std::string(1, c)});
      ++at;
    } else {
      const size_t begin = at;
      while (at < text.size() && IsWord(text[at])) ++at;
      tokens.push_back({std::string(text.substr(begin, at - begin))});
    }
  }
  return tokens;
}

bool Is(const Token& token, char mark) {
  return !token.quoted && token.text.size() == 1 && token.text[0] == mark;
}

}  // namespace

StatusOr<JaasEntry> ParseJaas(std::string_view text) {
  const auto tokens = Tokens(text);
  if (!tokens) return Malformed("a quote is not closed");
  if (tokens->size() < 2) return Malformed("the login module or its flag is missing");
  JaasEntry entry;
  entry.login_module = (*tokens)[0].text;
  const std::string flag = ToLower((*tokens)[1].text);
  if (flag != "required" && flag != "requisite" && flag != "sufficient" && flag != "optional") {
    return Malformed("the second word must be required, requisite, sufficient or optional");
  }
  size_t at = 2;
  while (at < tokens->size() && !Is((*tokens)[at], ';')) {
    if (at + 2 >= tokens->size() || !Is((*tokens)[at + 1], '=') || Is((*tokens)[at + 2], ';')) {
      return Malformed("an option is not of the form key=\"value\"");
    }
    entry.options.Set((*tokens)[at].text, (*tokens)[at + 2].text);
    at += 3;
  }
  if (at == tokens->size()) return Malformed("the closing ';' is missing");
  if (at + 1 != tokens->size()) return Malformed("there is more than one login module");
  return entry;
}

}  // namespace sluice::config

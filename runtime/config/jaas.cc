#include "runtime/config/jaas.h"

#include <algorithm>
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

// Files have names, braces and comments around what sasl.jaas.config has.
enum class Syntax { kSetting, kFile };

bool IsMark(char c, Syntax syntax) {
  return c == '=' || c == ';' || (syntax == Syntax::kFile && (c == '{' || c == '}'));
}
bool IsWord(char c, Syntax syntax) {
  return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '\'' && !IsMark(c, syntax);
}

// Where the comment that begins at `at` ends; `at` itself if none does.
size_t CommentEnd(std::string_view text, size_t at) {
  if (text.substr(at, 2) == "//") return std::min(text.find('\n', at), text.size());
  if (text.substr(at, 2) != "/*") return at;
  const size_t end = text.find("*/", at + 2);
  return end == std::string_view::npos ? text.size() : end + 2;
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

std::optional<std::vector<Token>> Tokens(std::string_view text, Syntax syntax) {
  std::vector<Token> tokens;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) <= ' ') {
      ++at;
    } else if (syntax == Syntax::kFile && CommentEnd(text, at) > at) {
      at = CommentEnd(text, at);
    } else if (c == '"' || c == '\'') {
      auto quoted = TakeQuoted(text, at);
      if (!quoted) return std::nullopt;
      tokens.push_back({*std::move(quoted), true});
    } else if (IsMark(c, syntax)) {
      tokens.push_back({std::string(1, c)});
      ++at;
    } else {
      const size_t begin = at;
      while (at < text.size() && IsWord(text[at], syntax)) ++at;
      tokens.push_back({std::string(text.substr(begin, at - begin))});
    }
  }
  return tokens;
}

bool Is(const Token& token, char mark) {
  return !token.quoted && token.text.size() == 1 && token.text[0] == mark;
}

// One login module from tokens[at] to its ';', behind which `at` is moved. Null: malformed, and
// `why` says how.
std::optional<JaasEntry> TakeEntry(const std::vector<Token>& tokens, size_t& at,
                                   std::string_view& why) {
  if (tokens.size() < at + 2) {
    why = "the login module or its flag is missing";
    return std::nullopt;
  }
  JaasEntry entry;
  entry.login_module = tokens[at].text;
  const std::string flag = ToLower(tokens[at + 1].text);
  if (flag != "required" && flag != "requisite" && flag != "sufficient" && flag != "optional") {
    why = "the second word must be required, requisite, sufficient or optional";
    return std::nullopt;
  }
  at += 2;
  while (at < tokens.size() && !Is(tokens[at], ';')) {
    if (at + 2 >= tokens.size() || !Is(tokens[at + 1], '=') || Is(tokens[at + 2], ';')) {
      why = "an option is not of the form key=\"value\"";
      return std::nullopt;
    }
    entry.options.Set(tokens[at].text, tokens[at + 2].text);
    at += 3;
  }
  if (at == tokens.size()) {
    why = "the closing ';' is missing";
    return std::nullopt;
  }
  ++at;
  return entry;
}

}  // namespace

StatusOr<JaasEntry> ParseJaas(std::string_view text) {
  const auto tokens = Tokens(text, Syntax::kSetting);
  if (!tokens) return Malformed("a quote is not closed");
  size_t at = 0;
  std::string_view why;
  auto entry = TakeEntry(*tokens, at, why);
  if (!entry) return Malformed(why);
  if (at != tokens->size()) return Malformed("there is more than one login module");
  return *std::move(entry);
}

StatusOr<std::vector<JaasEntry>> ParseJaasFile(std::string_view text, std::string_view file,
                                               std::string_view name) {
  const auto malformed = [&](std::string_view why) {
    return ConfigError(StrCat(file, " is no JAAS file: ", why,
                              "; expected 'KafkaConnect { <login module class> required "
                              "key=\"value\" ...; };'"));
  };
  const auto tokens = Tokens(text, Syntax::kFile);
  if (!tokens) return malformed("a quote is not closed");
  std::optional<std::vector<JaasEntry>> found;
  for (size_t at = 0; at < tokens->size();) {
    const std::string& entry_name = (*tokens)[at].text;
    if (++at == tokens->size() || !Is((*tokens)[at], '{')) {
      return malformed("a '{' is missing behind an entry's name");
    }
    ++at;
    std::vector<JaasEntry> modules;
    while (at < tokens->size() && !Is((*tokens)[at], '}')) {
      std::string_view why;
      auto module = TakeEntry(*tokens, at, why);
      if (!module) return malformed(why);
      modules.push_back(*std::move(module));
    }
    if (at == tokens->size()) return malformed("the closing '}' is missing");
    ++at;
    if (at < tokens->size() && Is((*tokens)[at], ';')) ++at;
    if (entry_name == name) found = std::move(modules);
  }
  if (!found) return NotFoundError(StrCat(file, " has no entry ", name));
  return *std::move(found);
}

}  // namespace sluice::config

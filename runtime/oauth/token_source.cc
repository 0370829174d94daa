#include "runtime/oauth/token_source.h"

#include <algorithm>
#include <string_view>

#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/base/text.h"
#include "runtime/oauth/token_endpoint.h"
#include "runtime/oauth/unsecured_token.h"

namespace sluice::oauth {
namespace {

constexpr size_t kTokenBytesMax = 1 << 20;
constexpr int64_t kUnknownLifeMs = 300'000;  // of a token that does not say it
constexpr std::string_view kFile = "file://";

using Extensions = std::vector<std::pair<std::string, std::string>>;

// The options that begin with `prefix`.
StatusOr<Extensions> ReadExtensions(const TokenSettings& settings, std::string_view prefix) {
  Extensions extensions;
  for (const auto& [option, value] : settings.options) {
    if (!option.starts_with(prefix)) continue;
    const std::string name = option.substr(prefix.size());
    const bool letters = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    const bool printable = std::all_of(value.begin(), value.end(), [](char c) {
      return (c >= ' ' && c < '\x7f') || c == '\t' || c == '\r' || c == '\n';
    });
    if (name.empty() || !letters || !printable || name == "auth") {
      return ConfigError(StrCat("Invalid value [hidden] for configuration sasl.jaas.config: ",
                                option, " is no SASL extension: letters were expected after ",
                                prefix, ", and printable characters as its value"));
    }
    extensions.emplace_back(name, value);
  }
  return extensions;
}

StatusOr<Token> ReadToken(const std::string& path, const std::string& subject_claim) {
  SLUICE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kTokenBytesMax));
  Token token{.value = std::string(Trim(text)), .principal = {}};
  ReadClaims(subject_claim, token);
  return token;
}

StatusOr<std::shared_ptr<TokenSource>> MakeNew(const TokenSettings& settings) {
  if (settings.url.empty()) {
    SLUICE_RETURN_IF_ERROR(MakeUnsecuredToken(settings.options, 0).status());
    return std::make_shared<TokenSource>([settings](Waiter*) {
      return MakeUnsecuredToken(settings.options, Clock::System().WallMillis());
    });
  }
  if (settings.url.starts_with("file:///")) {
    return std::make_shared<TokenSource>(
        [path = settings.url.substr(kFile.size()), claim = settings.subject_claim](Waiter*) {
          return ReadToken(path, claim);
        });
  }
  SLUICE_ASSIGN_OR_RETURN(std::shared_ptr<TokenEndpoint> endpoint, TokenEndpoint::Make(settings));
  return std::make_shared<TokenSource>(
      [endpoint](Waiter* waiter) { return endpoint->Next(waiter); });
}

// The sources that somebody holds, by their settings.
struct Shared {
  Mutex mutex;
  std::map<TokenSettings, std::weak_ptr<TokenSource>> sources ABSL_GUARDED_BY(mutex);
};

Shared& Sources() {
  static Shared& shared = *new Shared;  // lives for ever
  return shared;
}

}  // namespace

StatusOr<std::shared_ptr<TokenSource>> TokenSource::Make(const TokenSettings& settings) {
  Shared& shared = Sources();
  MutexLock lock(shared.mutex);
  std::erase_if(shared.sources, [](const auto& entry) { return entry.second.expired(); });
  if (auto known = shared.sources.find(settings); known != shared.sources.end()) {
    if (auto source = known->second.lock()) return source;
  }
  SLUICE_ASSIGN_OR_RETURN(std::shared_ptr<TokenSource> source, MakeNew(settings));
  SLUICE_ASSIGN_OR_RETURN(
      source->extensions_,
      ReadExtensions(settings, settings.url.empty() ? "unsecuredLoginExtension_" : "extension_"));
  shared.sources[settings] = source;
  return source;
}

StatusOr<Token> TokenSource::Next(Waiter* waiter) const {
  SLUICE_ASSIGN_OR_RETURN(Token token, next_(waiter));
  const std::string& text = token.value;
  const bool clean = !text.empty() && std::all_of(text.begin(), text.end(),
                                                  [](char c) { return c > ' ' && c < '\x7f'; });
  if (!clean) {
    return ConnectError("OAUTHBEARER: what was found is no token: one word was expected");
  }
  const int64_t now = Clock::System().WallMillis();
  if (token.expires_at_ms == 0) token.expires_at_ms = now + kUnknownLifeMs;
  if (token.expires_at_ms <= now) {
    return ConnectError(StrCat("OAUTHBEARER: the token that was found is ",
                               (now - token.expires_at_ms) / 1000, " s past its end (exp)"));
  }
  return token;
}

milliseconds RenewAfter(milliseconds life, milliseconds buffer) {
  const milliseconds most = life * 4 / 5;
  return life > buffer ? std::min(most, life - buffer) : most;
}

void ReadClaims(const std::string& subject_claim, Token& token) {
  const auto parts = Split(token.value, '.');
  if (parts.size() != 3) return;
  std::string text(parts[1]);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  while (text.size() % 4 != 0) text.push_back('=');
  const auto bytes = Base64Decode(text);
  if (!bytes) return;
  const auto claims = ParseJson(*bytes, 50);
  if (!claims.ok() || !claims->IsObject()) return;
  const rapidjson::Value* subject = FindJsonMember(*claims, subject_claim);
  if (subject != nullptr && subject->IsString()) token.principal = JsonText(*subject);
  const rapidjson::Value* end = FindJsonMember(*claims, "exp");
  if (end != nullptr && end->IsNumber() && end->GetDouble() > 0 && end->GetDouble() < 1e12) {
    token.expires_at_ms = static_cast<int64_t>(end->GetDouble() * 1000);
  }
}

}  // namespace sluice::oauth

#include "runtime/oauth/unsecured_token.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/base/text.h"

namespace sluice::oauth {
namespace {

using Options = std::map<std::string, std::string>;

Status InvalidJaas(std::string_view why) {
  return ConfigError(StrCat("Invalid value [hidden] for configuration sasl.jaas.config: ", why));
}

std::string Base64Url(std::string_view bytes) {
  std::string text = Base64Encode(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (text.ends_with('=')) text.pop_back();
  return text;
}

// Seconds with milliseconds, as Java writes them.
std::string Seconds(int64_t ms) {
  const std::string rest = StrCat(1000 + ms % 1000);
  return StrCat(ms / 1000, ".", rest.substr(1));
}

// The options that begin with `prefix`, without it.
std::vector<std::pair<std::string, std::string>> WithPrefix(const Options& options,
                                                            const std::string& prefix) {
  std::vector<std::pair<std::string, std::string>> found;
  for (auto it = options.lower_bound(prefix); it != options.end() && it->first.starts_with(prefix);
       ++it) {
    found.emplace_back(it->first.substr(prefix.size()), it->second);
  }
  return found;
}

StatusOr<int64_t> LifetimeSeconds(const Options& options) {
  const auto given = options.find("unsecuredLoginLifetimeSeconds");
  if (given == options.end()) return 3600;
  const auto parsed = ParseInt64(Trim(given->second));
  if (!parsed || *parsed < 1 || *parsed > 100'000'000) {
    return InvalidJaas("unsecuredLoginLifetimeSeconds is no number of seconds");
  }
  return *parsed;
}

// Claims that are numbers or lists.
Status WriteOtherClaims(const Options& options, JsonWriter& claims) {
  for (const auto& [name, value] : WithPrefix(options, "unsecuredLoginNumberClaim_")) {
    const auto number = ParseInt64(Trim(value));
    if (!number) return InvalidJaas(StrCat("unsecuredLoginNumberClaim_", name, " is no number"));
    claims.Key(name).Int(*number);
  }
  for (const auto& [name, value] : WithPrefix(options, "unsecuredLoginListClaim_")) {
    claims.Key(name).StartArray();
    if (!value.empty()) {  // its first character stands between its items
      for (const auto item : Split(std::string_view(value).substr(1), value[0])) {
        claims.String(item);
      }
    }
    claims.EndArray();
  }
  return OkStatus();
}

}  // namespace

StatusOr<Token> MakeUnsecuredToken(const Options& options, int64_t now_ms) {
  const auto named = options.find("unsecuredLoginPrincipalClaimName");
  const std::string principal_claim = named == options.end() ? "sub" : named->second;
  SLUICE_ASSIGN_OR_RETURN(const int64_t lifetime_s, LifetimeSeconds(options));
  Token token{.value = {}, .principal = {}, .expires_at_ms = now_ms + lifetime_s * 1000};
  JsonWriter claims;
  claims.StartObject();
  claims.Key("iat").Raw(Seconds(now_ms)).Key("exp").Raw(Seconds(token.expires_at_ms));
  for (const auto& [name, value] : WithPrefix(options, "unsecuredLoginStringClaim_")) {
    if (name == principal_claim) token.principal = value;
    claims.Key(name).String(value);
  }
  SLUICE_RETURN_IF_ERROR(WriteOtherClaims(options, claims));
  claims.EndObject();
  if (token.principal.empty()) {
    return InvalidJaas(StrCat("sasl.mechanism=OAUTHBEARER needs unsecuredLoginStringClaim_",
                              principal_claim, " there, or sasl.oauthbearer.token.endpoint.url"));
  }
  token.value = StrCat(Base64Url(R"({"alg":"none"})"), ".", Base64Url(claims.Take()), ".");
  return token;
}

}  // namespace sluice::oauth

#include "runtime/cluster/sasl_oauth.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"
#include "runtime/cluster/sasl_token_endpoint.h"
#include "runtime/config/properties.h"

namespace sluice::cluster {
namespace {

constexpr char kSeparator = '\x01';
constexpr size_t kTokenBytesMax = 1 << 20;

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

using Source = std::function<StatusOr<std::string>()>;

class OAuthSession : public SaslSession {
 public:
  OAuthSession(Source source, std::string extensions)
      : source_(std::move(source)), extensions_(std::move(extensions)) {}

  StatusOr<std::string> Begin() override {
    SLUICE_ASSIGN_OR_RETURN(const std::string token, source_());
    const bool clean = !token.empty() && std::all_of(token.begin(), token.end(),
                                                     [](char c) { return c > ' ' && c < '\x7f'; });
    if (!clean) return ConnectError("sasl.mechanism=OAUTHBEARER: what was found is no token");
    return StrCat("n,,", kSeparator, "auth=Bearer ", token, kSeparator, extensions_, kSeparator);
  }
  // Nothing is said to a token that is accepted; to a refusal, that it has been heard: the broker
  // then tells it as an error.
  StatusOr<std::string> Answer(std::string_view challenge) override {
    done_ = true;
    return challenge.empty() ? std::string() : std::string(1, kSeparator);
  }
  bool done() const override { return done_; }

 private:
  const Source source_;
  const std::string extensions_;
  bool done_ = false;
};

class OAuthMechanism : public SaslMechanism {
 public:
  OAuthMechanism(Source source, std::string extensions)
      : source_(std::move(source)), extensions_(std::move(extensions)) {}
  const std::string& name() const override { return name_; }
  bool blocks() const override { return true; }
  StatusOr<std::unique_ptr<SaslSession>> NewSession(const std::string&) const override {
    return std::unique_ptr<SaslSession>(std::make_unique<OAuthSession>(source_, extensions_));
  }

 private:
  const std::string name_ = "OAUTHBEARER";
  const Source source_;
  const std::string extensions_;
};

// `name=value` after `name=value`, from the options that begin with `prefix`.
StatusOr<std::string> Extensions(const config::JaasEntry& jaas, std::string_view prefix) {
  std::string text;
  for (const auto& [name, value] : jaas.options.WithPrefix(prefix)) {
    const bool letters = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    const bool printable = std::all_of(value.begin(), value.end(), [](char c) {
      return (c >= ' ' && c < '\x7f') || c == '\t' || c == '\r' || c == '\n';
    });
    if (!letters || !printable || name == "auth") {
      return InvalidJaas(StrCat(prefix, name, " is no SASL extension"));
    }
    StrAppend(text, name, "=", value, kSeparator);
  }
  return text;
}

Source FileSource(std::string path) {
  return [path]() -> StatusOr<std::string> {
    SLUICE_ASSIGN_OR_RETURN(const std::string text, config::ReadFile(path, kTokenBytesMax));
    return std::string(Trim(text));
  };
}

}  // namespace

StatusOr<std::string> MakeUnsecuredToken(const config::JaasEntry& jaas, int64_t now_ms) {
  const std::string principal(jaas.options.Get("unsecuredLoginPrincipalClaimName", "sub"));
  int64_t lifetime_s = 3600;
  if (const std::string* text = jaas.options.Find("unsecuredLoginLifetimeSeconds")) {
    const auto parsed = ParseInt64(Trim(*text));
    if (!parsed || *parsed < 1 || *parsed > 100'000'000) {
      return InvalidJaas("unsecuredLoginLifetimeSeconds is no number of seconds");
    }
    lifetime_s = *parsed;
  }
  JsonWriter claims;
  claims.StartObject();
  claims.Key("iat").Raw(Seconds(now_ms)).Key("exp").Raw(Seconds(now_ms + lifetime_s * 1000));
  bool named = false;
  for (const auto& [name, value] : jaas.options.WithPrefix("unsecuredLoginStringClaim_")) {
    named = named || (name == principal && !value.empty());
    claims.Key(name).String(value);
  }
  for (const auto& [name, value] : jaas.options.WithPrefix("unsecuredLoginNumberClaim_")) {
    const auto number = ParseInt64(Trim(value));
    if (!number) return InvalidJaas(StrCat("unsecuredLoginNumberClaim_", name, " is no number"));
    claims.Key(name).Int(*number);
  }
  for (const auto& [name, value] : jaas.options.WithPrefix("unsecuredLoginListClaim_")) {
    claims.Key(name).StartArray();
    if (!value.empty()) {  // its first character stands between its items
      for (const auto item : Split(std::string_view(value).substr(1), value[0])) {
        claims.String(item);
      }
    }
    claims.EndArray();
  }
  claims.EndObject();
  if (!named) {
    return InvalidJaas(StrCat("sasl.mechanism=OAUTHBEARER needs unsecuredLoginStringClaim_",
                              principal, " there, or sasl.oauthbearer.token.endpoint.url"));
  }
  return StrCat(Base64Url(R"({"alg":"none"})"), ".", Base64Url(claims.Take()), ".");
}

StatusOr<std::shared_ptr<const SaslMechanism>> NewOAuthMechanism(
    const std::map<std::string, std::string>& java, const config::JaasEntry& jaas) {
  const auto found = java.find("sasl.oauthbearer.token.endpoint.url");
  const std::string url(found == java.end() ? "" : Trim(found->second));
  Source source;
  if (url.empty()) {
    SLUICE_ASSIGN_OR_RETURN([[maybe_unused]] const std::string once, MakeUnsecuredToken(jaas, 0));
    source = [jaas] { return MakeUnsecuredToken(jaas, Clock::System().WallMillis()); };
  } else if (url.starts_with("file:///")) {
    source = FileSource(url.substr(std::string_view("file://").size()));
  } else {
    SLUICE_ASSIGN_OR_RETURN(std::shared_ptr<TokenEndpoint> endpoint,
                            TokenEndpoint::Make(url, java, jaas));
    source = [endpoint] { return endpoint->Token(); };
  }
  SLUICE_ASSIGN_OR_RETURN(
      std::string extensions,
      Extensions(jaas, url.empty() ? "unsecuredLoginExtension_" : "extension_"));
  return std::shared_ptr<const SaslMechanism>(
      std::make_shared<OAuthMechanism>(std::move(source), std::move(extensions)));
}

}  // namespace sluice::cluster

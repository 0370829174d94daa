#include "connectors/http/authorization.h"

#include <algorithm>
#include <utility>

#include "connectors/http/header_list.h"
#include "connectors/http/retry_options.h"
#include "connectors/http/text.h"
#include "connectors/http/url.h"
#include "connectors/shared/base64.h"
#include "connectors/shared/shown_url.h"
#include "connectors/shared/text.h"

namespace sluice::http {
namespace {

using sdk::ConfigException;

// The value of the first of these keys that has one; the key that is named if none has.
struct Found {
  std::string key, value;
};
Found FirstOf(const sdk::Config& config, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    std::string value = config.GetString(key);
    if (!value.empty()) return {key, std::move(value)};
  }
  return {*keys.begin(), ""};
}

std::string Needed(const Found& found, std::string_view why) {
  if (found.value.empty()) {
    throw ConfigException::Invalid(found.key, "null", sdk::Cat("a value is needed for ", why));
  }
  return found.value;
}

// The type, and the key that says it.
Found TypeOf(const sdk::Config& config) {
  const std::string aivens = shared::Lower(config.GetString("http.authorization.type"));
  const std::string confluents = shared::Lower(config.GetString("auth.type"));
  if (!aivens.empty() && !confluents.empty() && aivens != confluents) {
    throw ConfigException::Invalid("auth.type", confluents,
                                   "http.authorization.type says something else: give one of them");
  }
  if (!aivens.empty()) return {"http.authorization.type", aivens};
  const bool none = confluents.empty() || confluents == "ssl";  // ssl: the key store does it
  return {"auth.type", none ? "none" : confluents};
}

OAuth2Options ReadOAuth2(const sdk::Config& config) {
  OAuth2Options options;
  const Found url = FirstOf(config, {"oauth2.access.token.url", "oauth2.token.url"});
  options.token_url = Needed(url, "oauth2");
  try {
    CheckUrl(options.token_url);
  } catch (const BadUrl& bad) {
    throw ConfigException::Invalid(url.key, shared::ShownUrl(options.token_url), bad.what());
  }
  options.client_id = Needed(FirstOf(config, {"oauth2.client.id"}), "oauth2");
  options.client_secret = Needed(FirstOf(config, {"oauth2.client.secret"}), "oauth2");
  options.scope = config.GetString("oauth2.client.scope");
  const Found mode =
      FirstOf(config, {"oauth2.client.authorization.mode", "oauth2.client.auth.mode"});
  options.in_body = shared::EqualIgnoringCase(mode.value, "url");
  options.headers =
      ReadHeaderList("oauth2.client.headers", config.GetString("oauth2.client.headers"),
                     config.GetString("oauth2.client.header.separator"));
  const auto named = [&](std::initializer_list<const char*> keys, std::string& place) {
    std::string value = FirstOf(config, keys).value;
    if (!value.empty()) place = std::move(value);
  };
  named({"oauth2.response.token.property", "oauth2.token.property"}, options.token_property);
  named({"oauth2.grant.type"}, options.grant_type);
  named({"oauth2.request.grant.type.property"}, options.grant_type_property);
  named({"oauth2.request.scope.property"}, options.scope_property);
  named({"oauth2.request.client.id.property"}, options.client_id_property);
  named({"oauth2.request.client.secret.property"}, options.client_secret_property);
  NoteLogin(options.secrets, options.client_id, options.client_secret);
  for (const auto& [name, value] : options.headers) {
    NotePassword(options.secrets, value);
    NoteValue(options.secrets, value);
  }
  NoteUrl(options.secrets, options.token_url);
  return options;
}

std::string CheckedHeader(std::string_view key, std::string value) {
  if (!IsHeaderValue(value)) {
    throw ConfigException::Invalid(key, "***",
                                   "it holds a line break or another control character");
  }
  return value;
}

}  // namespace

AuthorizationOptions ReadAuthorization(const sdk::Config& config) {
  AuthorizationOptions options;
  const auto [type_key, type] = TypeOf(config);
  const Found fixed{"http.headers.authorization", config.GetString("http.headers.authorization")};
  if (type != "static" && !fixed.value.empty()) {
    throw ConfigException::Invalid(fixed.key, "***",
                                   "it is for http.authorization.type=static only");
  }
  if (type == "static") {
    options.header = CheckedHeader(fixed.key, Needed(fixed, "static"));
    NotePassword(options.secrets, options.header);
    const size_t blank = std::min(options.header.find(' '), options.header.size());
    NotePassword(options.secrets, shared::Trimmed(std::string_view(options.header).substr(blank)));
  } else if (type == "basic") {
    const std::string user = Needed(FirstOf(config, {"connection.user"}), "basic");
    const std::string password = config.GetString("connection.password");
    options.header = "Basic " + shared::Base64(user + ":" + password);
    NoteLogin(options.secrets, user, password);
  } else if (type == "bearer") {
    const std::string token = Needed(FirstOf(config, {"bearer.token"}), "bearer");
    options.header = CheckedHeader("bearer.token", "Bearer " + token);
    NotePassword(options.secrets, token);
  } else if (type == "oauth2") {
    options.oauth2 = ReadOAuth2(config);
    options.renew_on = ReadStatusSet(config, "oauth2.token.renew.on.status.codes");
    options.secrets = options.oauth2->secrets;
  } else if (type != "none") {
    throw ConfigException::Invalid(type_key, type,
                                   type_key == "auth.type"
                                       ? "expected none, basic, bearer, oauth2 or ssl"
                                       : "expected none, static, basic, bearer or oauth2");
  }
  return options;
}

Authorization::Authorization(AuthorizationOptions options, std::unique_ptr<Client> token_client,
                             Now now)
    : options_(std::move(options)), token_client_(std::move(token_client)) {
  if (options_.oauth2) {
    oauth2_ = std::make_unique<OAuth2>(*options_.oauth2, *token_client_, std::move(now));
  }
}

std::optional<std::string> Authorization::Set(Headers& headers, std::chrono::milliseconds most) {
  if (oauth2_ == nullptr) {
    if (!options_.header.empty()) SetHeader(headers, "Authorization", options_.header);
    return "";
  }
  const std::string* token = oauth2_->Token(most);
  if (token == nullptr) return std::nullopt;
  SetHeader(headers, "Authorization", oauth2_->token_type() + " " + *token);
  return *token;
}

bool Authorization::Refused(int status, const std::string& token) {
  if (oauth2_ == nullptr || !options_.renew_on.contains(status)) return false;
  oauth2_->Refused(token);
  return true;
}

std::optional<std::chrono::milliseconds> Authorization::retry_after() const {
  return oauth2_ == nullptr ? std::nullopt : oauth2_->retry_after();
}

Secrets Authorization::SecretsWith(const std::string& token) const {
  Secrets all = options_.secrets;
  if (!token.empty()) all.push_back(token);
  return all;
}

}  // namespace sluice::http

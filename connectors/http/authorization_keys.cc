// The keys of Authorization as data.
#include "connectors/http/authorization.h"

namespace sluice::http {
namespace {

using sdk::ConfigKey;
using sdk::ConfigType;

void AddTokenRequestKeys(sdk::ConfigDef& keys, const char* group, int order) {
  const struct {
    const char* name;
    const char* fallback;
    const char* doc;
  } names[] = {
      {"oauth2.grant.type", "client_credentials", "The grant that is asked for."},
      {"oauth2.request.grant.type.property", "grant_type", "The name of that field in the form."},
      {"oauth2.request.scope.property", "scope", "The name of the scope's field."},
      {"oauth2.request.client.id.property", "client_id", "The name of the id's field (mode url)."},
      {"oauth2.request.client.secret.property", "client_secret",
       "The name of the secret's field (mode url)."},
  };
  for (const auto& [name, fallback, doc] : names) {
    keys.push_back(ConfigKey(name).Default(fallback).Low().Group(group, ++order).Doc(doc));
  }
}

int AddTokenKeys(sdk::ConfigDef& keys, const char* group, int order) {
  keys.push_back(ConfigKey("oauth2.access.token.url")
                     .Optional()
                     .High()
                     .Wide()
                     .Group(group, ++order)
                     .Doc("Where tokens are fetched, with the client credentials grant."));
  keys.push_back(ConfigKey("oauth2.token.url")
                     .Optional()
                     .High()
                     .Wide()
                     .Group(group, ++order)
                     .Doc("The same in Confluent's words."));
  keys.push_back(ConfigKey("oauth2.client.id")
                     .Optional()
                     .High()
                     .Group(group, ++order)
                     .Doc("The client's id."));
  keys.push_back(ConfigKey("oauth2.client.secret", ConfigType::kPassword)
                     .Optional()
                     .High()
                     .Group(group, ++order)
                     .Doc("Its secret."));
  keys.push_back(ConfigKey("oauth2.client.scope")
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("The scope that is asked for; null: none."));
  keys.push_back(ConfigKey("oauth2.client.authorization.mode")
                     .Optional()
                     .OneOfIgnoreCase({"header", "url"})
                     .Medium()
                     .Group(group, ++order)
                     .Doc("How id and secret are sent: as a Basic header (null too), or as fields "
                          "of the form."));
  keys.push_back(ConfigKey("oauth2.client.auth.mode")
                     .Optional()
                     .OneOfIgnoreCase({"header", "url"})
                     .Low()
                     .Group(group, ++order)
                     .Doc("The same in Confluent's words."));
  keys.push_back(ConfigKey("oauth2.client.headers", ConfigType::kPassword)
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("More headers of the request for a token: `name:value|name:value`."));
  keys.push_back(ConfigKey("oauth2.client.header.separator")
                     .Default("|")
                     .Low()
                     .Group(group, ++order)
                     .Doc("What separates them."));
  keys.push_back(ConfigKey("oauth2.response.token.property")
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("The answer's property that is the token; null: `access_token`."));
  keys.push_back(ConfigKey("oauth2.token.property")
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("The same in Confluent's words."));
  keys.push_back(ConfigKey("oauth2.token.renew.on.status.codes")
                     .Default("401")
                     .Low()
                     .Group(group, ++order)
                     .Doc("Answers after which the token is fetched anew and the request is sent "
                          "once more. It is also renewed before it expires."));
  return order;
}

}  // namespace

void AddAuthorizationKeys(sdk::ConfigDef& keys) {
  const char* group = "Authorization";
  int order = 0;
  keys.push_back(ConfigKey("http.authorization.type")
                     .Optional()
                     .OneOfIgnoreCase({"none", "static", "basic", "bearer", "oauth2"})
                     .High()
                     .Group(group, ++order)
                     .Doc("`static`: `http.headers.authorization`; `basic`: `connection.user` and "
                          "`connection.password`; `bearer`: `bearer.token`; `oauth2`: the "
                          "`oauth2.` keys; null: "
                          "what `auth.type` says, else none."));
  keys.push_back(ConfigKey("auth.type")
                     .Optional()
                     .OneOfIgnoreCase({"none", "basic", "bearer", "oauth2", "ssl"})
                     .High()
                     .Group(group, ++order)
                     .Doc("The same in Confluent's words; `ssl`: the key store alone."));
  keys.push_back(ConfigKey("http.headers.authorization", ConfigType::kPassword)
                     .Optional()
                     .Medium()
                     .Group(group, ++order)
                     .Doc("The whole header `Authorization`."));
  keys.push_back(
      ConfigKey("connection.user").Optional().Medium().Group(group, ++order).Doc("For `basic`."));
  keys.push_back(ConfigKey("connection.password", ConfigType::kPassword)
                     .Optional()
                     .Medium()
                     .Group(group, ++order)
                     .Doc("For `basic`."));
  keys.push_back(ConfigKey("bearer.token", ConfigType::kPassword)
                     .Optional()
                     .Medium()
                     .Group(group, ++order)
                     .Doc("For `bearer`."));
  order = AddTokenKeys(keys, group, order);
  AddTokenRequestKeys(keys, group, order);
}

}  // namespace sluice::http

// How a schema registry is reached. Plain values; two converters with equal ones share a client.
#ifndef SLUICE_RUNTIME_SCHEMA_REGISTRY_CLIENT_OPTIONS_H_
#define SLUICE_RUNTIME_SCHEMA_REGISTRY_CLIENT_OPTIONS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/oauth/token_source.h"

namespace sluice::schema_registry {

struct ClientOptions {
  std::vector<std::string> urls = {};               // schema.registry.url, tried in this order
  std::string user_info = {};                       // name:password for all URLs: a secret
  bool user_info_of_url = true;                     // else what stands before a URL's @ is left out
  std::string bearer_token = {};                    // a secret
  std::optional<oauth::TokenSettings> tokens = {};  // instead of that one: where tokens come from
  std::map<std::string, std::string> headers = {};  // request.header.*
  std::map<std::string, std::string> ssl =
      {};                                // schema.registry.ssl.*, without the first two words
  milliseconds connect_timeout{60'000};  // http.connect.timeout.ms
  milliseconds read_timeout{60'000};     // http.read.timeout.ms
  int max_retries = 3;                   // each goes over all URLs
  milliseconds retries_wait{1000};       // before the first one, then doubled
  milliseconds retries_max_wait{20'000};
  size_t schemas_max = 1000;        // max.schemas.per.subject: remembered, of each kind of question
  milliseconds latest_ttl{60'000};  // negative: for ever
  milliseconds missing_ttl{1000};   // how long "there is none" is believed; 0: not at all
  size_t missing_max = 1000;

  friend bool operator==(const ClientOptions&, const ClientOptions&) = default;
};

}  // namespace sluice::schema_registry

#endif  // SLUICE_RUNTIME_SCHEMA_REGISTRY_CLIENT_OPTIONS_H_

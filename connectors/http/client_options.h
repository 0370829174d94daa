// How to reach a server: time-outs, proxy, TLS, and the keys that say so, which sink and source
// share. Plain values; reading them reads the stores' files. Any thread.
#ifndef SLUICE_CONNECTORS_HTTP_CLIENT_OPTIONS_H_
#define SLUICE_CONNECTORS_HTTP_CLIENT_OPTIONS_H_

#include <chrono>
#include <string>

#include "connectors/sdk/config.h"

namespace sluice::http {

struct ClientOptions {
  size_t connections = 1;  // and requests at once
  std::chrono::milliseconds connect_timeout{30'000};
  std::chrono::milliseconds request_timeout{30'000};  // from the first to the last byte
  size_t answer_bytes_max = 16 << 20;
  bool refuse_long_answers = true;  // else the rest of such an answer is left out
  std::string proxy = {};           // http://host:port; empty: none
  std::string proxy_user = {}, proxy_password = {};
  // TLS: all PEM.
  std::string trusted = {};  // empty: the system's certificates
  std::string key = {}, certificates = {};
  std::string key_password = {};
  bool verify_peer = true, verify_host = true;
};

// Adds the keys of proxy and TLS to `keys`.
void AddConnectionKeys(sdk::ConfigDef& keys);
// What those keys and the time-outs come to. Throws ConfigException, which names the key.
ClientOptions ReadClientOptions(const sdk::Config& config);

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_CLIENT_OPTIONS_H_

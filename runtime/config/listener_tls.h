// TLS of the https listeners, out of the worker's configuration: for the worker, at start.
#ifndef SLUICE_RUNTIME_CONFIG_LISTENER_TLS_H_
#define SLUICE_RUNTIME_CONFIG_LISTENER_TLS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/worker_config.h"
#include "runtime/tls/server_context.h"

namespace sluice::config {

// `prefix` is listeners.https. or admin.listeners.https.: if any key begins with it, only such keys
// count; else the plain ssl.* keys do, as in the peer's SSLUtils. Reads the stores; `notes` gets
// what the log should say of them. Errors (ConfigException) name the key.
StatusOr<tls::ServerSettings> ListenerTls(const WorkerConfig& worker, std::string_view prefix,
                                          std::vector<std::string>& notes);

// How this worker asks others by https: the ssl.* keys by which ListenerTls with listeners.https.
// reads its stores, without their prefix.
struct PeerTlsKeys {
  std::map<std::string, std::string> java;
  bool for_https = false;  // false: they may be for the brokers alone, and of no use for https
};
PeerTlsKeys PeerTls(const WorkerConfig& worker);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_LISTENER_TLS_H_

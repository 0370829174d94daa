// The table of client settings: every key of Kafka's Java clients that has a meaning here, what it
// may hold, what a Java client would take without it, and what becomes of it. A key that is not in
// the table is refused by name. For the client_*.cc files.
#ifndef SLUICE_RUNTIME_CONFIG_CLIENT_KEYS_H_
#define SLUICE_RUNTIME_CONFIG_CLIENT_KEYS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/config/client_config.h"
#include "runtime/config/config_key.h"

namespace sluice::config {

enum class ClientUse {
  kSet,      // as it is, under `rdkafka`
  kConvert,  // by code: client_values.cc or client_security.cc; `rdkafka` is what it mainly sets
  kIgnore,   // accepted without effect; `reason`
  kJvm,  // Java code or a JVM's own: ignored when it comes from the worker's file, refused from a
         // connector
  kRefuse,  // `reason`
};

struct ClientKey {
  std::string_view name;
  uint8_t roles;  // bits, 1 << ClientRole
  ConfigType type;
  const char* default_value;  // nullptr: null
  ClientUse use;
  std::string_view rdkafka = {};
  std::string_view reason = {};
  Validator validator = {};
};

// nullptr: no client of this role has such a key.
const ClientKey* FindClientKey(ClientRole role, std::string_view name);
// Every key of the table, in its order.
const std::vector<ClientKey>& ClientKeys();
// As REST shows it, under `prefix` + name.
ConfigKey ClientKeyDefinition(const ClientKey& key, std::string_view prefix);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CLIENT_KEYS_H_

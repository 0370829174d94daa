// The keys of a worker's configuration as data. For worker_config.cc only.
#ifndef SLUICE_RUNTIME_CONFIG_WORKER_KEYS_H_
#define SLUICE_RUNTIME_CONFIG_WORKER_KEYS_H_

#include <string_view>
#include <vector>

#include "runtime/config/config_def.h"

namespace sluice::config {

std::vector<ConfigKey> CommonWorkerKeys();
std::vector<ConfigKey> RestKeys();
std::vector<ConfigKey> DistributedKeys();
std::vector<ConfigKey> StandaloneKeys();
// TLS and SASL of the worker's own clients, and of its listeners.
std::vector<ConfigKey> TlsKeys();
std::vector<ConfigKey> SaslKeys();

// Keys that mean something to a JVM only; they are accepted and named once in the log.
const std::vector<std::string_view>& JvmOnlyKeys();
// Keys that name Java code which a worker would have to run; they are refused when set.
const std::vector<std::string_view>& JavaCodeKeys();
// Whether keys that begin so belong to somebody: producer., key.converter., config.storage. and the
// like.
bool HasKnownPrefix(std::string_view key);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_WORKER_KEYS_H_

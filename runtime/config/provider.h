// Config providers: `${provider:[path:]key}` in a value stands for text that is kept elsewhere
// (KIP-297). What a provider answered is never logged and never shown.
//
// No provider gives a time to live, as the peer's of the same names don't: config.action.reload is
// checked, and nothing can trigger it.
//
// Made once from a worker's configuration; immutable, so any thread may ask. Resolve reads files:
// not on the herder's thread.
#ifndef SLUICE_RUNTIME_CONFIG_PROVIDER_H_
#define SLUICE_RUNTIME_CONFIG_PROVIDER_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_map.h"

namespace sluice::config {

// One provider: all the keys of one path at once. Implementations are thread-safe.
class ConfigProvider {
 public:
  virtual ~ConfigProvider() = default;
  // The keys that there are; others are left out (their variables stay as they are). Error:
  // ConfigException.
  virtual StatusOr<ConfigMap> Get(std::string_view path,
                                  const std::vector<std::string>& keys) const = 0;
};

class ConfigProviders {
 public:
  // Reads `config.providers` and `config.providers.A.*`. Errors: a class that we do not have (names
  // those that we have), allowed.paths that do not exist, an allowlist.pattern that is no regular
  // expression. `environment` is what EnvVarConfigProvider shows, as `NAME=value`; nullptr: the
  // process's own.
  static StatusOr<std::shared_ptr<const ConfigProviders>> FromWorker(
      const ConfigMap& worker, const char* const* environment = nullptr);

  // `config` with its variables replaced, in one pass. A variable of an unknown provider, or whose
  // key is not found, is left as it is. Error: a provider failed; names provider and path.
  StatusOr<ConfigMap> Resolve(const ConfigMap& config) const;

  // Whether a value holds a variable of any provider.
  static bool HasVariable(std::string_view value);

 private:
  std::map<std::string, std::unique_ptr<ConfigProvider>, std::less<>> providers_;
};

// Task configurations are made of resolved values; before one is stored, every key whose raw
// connector value has a variable gets that raw value back.
ConfigMap WithRawVariables(const ConfigMap& task_config, const ConfigMap& raw_connector_config);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_PROVIDER_H_

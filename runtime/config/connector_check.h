// Validation of a connector's whole configuration, as REST's create and validate do it: the
// framework's keys, the cross checks between them, transforms, predicates, converters, client
// overrides and the connector's own keys, all errors at once. Pure; any thread.
#ifndef SLUICE_RUNTIME_CONFIG_CONNECTOR_CHECK_H_
#define SLUICE_RUNTIME_CONFIG_CONNECTOR_CHECK_H_

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/class_keys.h"
#include "runtime/config/config_def.h"
#include "runtime/config/config_map.h"
#include "runtime/config/connector_config.h"
#include "runtime/config/worker_config.h"

namespace sluice::config {

struct ConnectorCheck {
  ConnectorKind kind = ConnectorKind::kSource;
  const ConfigMap* config = nullptr;             // resolved
  std::set<std::string, std::less<>> null_keys;  // given as JSON null; they are not in `config`
  const WorkerConfig* worker = nullptr;
  const ClassKeys* classes =
      nullptr;  // nullptr: transforms, predicates and converters are not looked up
  const std::vector<ConfigKey>* plugin_keys = nullptr;  // the connector's own; nullptr: none
  std::vector<std::string> plugin_versions;             // that there are of it, ascending
  // What the connector's own validate said: key and text.
  std::vector<std::pair<std::string, std::string>> plugin_errors;
};

// Error: only what makes the whole request fail: `Connector config {...} contains no connector
// type` (400).
StatusOr<ConfigInfos> CheckConnector(const ConnectorCheck& check);

// The given keys that nobody defines, which CheckConnector has named in its answer.
std::vector<std::string> UnknownKeys(const ConfigInfos& infos);

// The answer when there is no such version of the connector: the keys that source and sink share,
// with `why` on class and version.
ConfigInfos WrongVersion(const ConnectorCheck& check, const std::string& why);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CONNECTOR_CHECK_H_

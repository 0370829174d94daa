// Definitions and validation results as the peer's REST API writes them (ConfigKeyInfo and
// ConfigInfos). Used by rest_api and the herder; any thread.
#ifndef SLUICE_RUNTIME_CONFIG_CONFIG_JSON_H_
#define SLUICE_RUNTIME_CONFIG_CONFIG_JSON_H_

#include "runtime/base/json.h"
#include "runtime/base/status.h"
#include "runtime/config/config_def.h"

namespace sluice::config {

// {"name":...,"type":...,...}: an element of GET /connector-plugins/{p}/config.
void WriteConfigKey(JsonWriter& json, const ConfigKey& key);
// {"name":...,"value":...,"recommended_values":[],"errors":[],"visible":true}
void WriteConfigValue(JsonWriter& json, const ConfigValue& value);
// The whole answer of validate.
void WriteConfigInfos(JsonWriter& json, const ConfigInfos& infos);
// {"key":"value",...} in the map's order.
void WriteConfigMap(JsonWriter& json, const ConfigMap& config);

// OK without errors; else BadRequestError with the peer's text: `Connector configuration is invalid
// and contains the following N error(s):`, each error on a line, and where to find them again.
Status InvalidConfigError(const ConfigInfos& infos);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CONFIG_JSON_H_

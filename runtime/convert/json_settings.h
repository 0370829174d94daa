// The settings of JsonConverter. Plain values.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SETTINGS_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SETTINGS_H_

#include <cstddef>
#include <string>

#include "runtime/config/config_def.h"

namespace sluice::convert {

struct JsonSettings {
  bool schemas_enable = true;
  size_t schemas_cache_size = 1000;
  std::string schema_content;     // empty: none
  bool numeric_decimals = false;  // decimal.format
  bool replace_null_with_default = true;
};

const config::ConfigDef& JsonConverterConfig();
StatusOr<JsonSettings> ParseJsonSettings(const config::ConfigMap& settings);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SETTINGS_H_

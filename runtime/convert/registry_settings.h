// What converters of schemas in a registry are configured with, whatever their format: the
// registry's client, how subjects are named, what is registered. Plain values.
#ifndef SLUICE_RUNTIME_CONVERT_REGISTRY_SETTINGS_H_
#define SLUICE_RUNTIME_CONVERT_REGISTRY_SETTINGS_H_

#include <cstdint>
#include <string>

#include "runtime/config/config_def.h"
#include "runtime/convert/converter.h"
#include "runtime/schema_registry/client_options.h"

namespace sluice::convert {

enum class SubjectStrategy { kTopic, kRecord, kTopicRecord };

struct RegistrySettings {
  schema_registry::ClientOptions client = {};
  SubjectStrategy subjects = SubjectStrategy::kTopic;  // of the converter's role
  bool is_key = false;
  bool auto_register = true;        // auto.register.schemas
  bool use_latest_version = false;  // use.latest.version
  bool latest_strict = true;        // latest.compatibility.strict
  bool normalize = false;           // normalize.schemas
  int32_t use_schema_id = -1;       // use.schema.id; negative: none
  bool id_in_header = true;         // key/value.schema.id.deserializer: it is looked for there, too
  bool id_strict = true;            // id.compatibility.strict
  size_t schemas_cache_size = 1000;  // schemas.cache.config
};

// converter.type and all keys of the above.
config::ConfigDef RegistryConverterConfig();
// Confluent's client takes its own keys also behind "schema.registry.": such a one takes the place
// of the bare one. To be called before `settings` are parsed.
config::ConfigMap WithoutClientPrefix(const config::ConfigMap& settings);
// ConfigException: a URL, credentials, a strategy, or a key that is known and cannot be had here.
StatusOr<RegistrySettings> ParseRegistrySettings(const config::ParsedConfig& config,
                                                 const config::ConfigMap& settings);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_REGISTRY_SETTINGS_H_

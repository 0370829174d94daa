// The settings of Debezium's outbox EventRouter. Plain values.
#ifndef SLUICE_RUNTIME_TRANSFORM_COMMUNITY_EVENT_ROUTER_SETTINGS_H_
#define SLUICE_RUNTIME_TRANSFORM_COMMUNITY_EVENT_ROUTER_SETTINGS_H_

#include <string>
#include <vector>

#include "runtime/base/java_regex.h"
#include "runtime/base/status.h"
#include "runtime/config/config_def.h"
#include "runtime/config/config_map.h"

namespace sluice::transform {

enum class Placement { kHeader, kEnvelope, kPartition };
enum class InvalidOperation { kWarn, kError, kFatal };

// A column that goes elsewhere: `name:placement:alias`.
struct AdditionalField {
  Placement placement;
  std::string name, alias;
};

struct EventRouterSettings {
  std::string id, key, payload, timestamp, schema_version, route_by;  // columns
  std::vector<AdditionalField> additional;
  bool error_on_missing, tombstone, expand, null_as_bytes;
  JavaRegex topic_regex;
  std::string topic_replacement;
  InvalidOperation invalid;
};

const config::ConfigDef& EventRouterDefinition();
// ConfigException: which key is wrong, and why.
StatusOr<EventRouterSettings> ParseEventRouterSettings(const config::ConfigMap& settings);

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_COMMUNITY_EVENT_ROUTER_SETTINGS_H_

#include "runtime/herder/validation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "runtime/base/stage.h"
#include "runtime/base/text.h"
#include "runtime/config/connector_check.h"
#include "runtime/config/connector_config.h"
#include "runtime/convert/converter.h"
#include "runtime/transform/transform.h"

namespace sluice::herder {
namespace {

// By full name, simple name or the name without its suffix; nullptr: there is none.
const convert::ConverterInfo* FindConverter(std::string_view type) {
  for (const convert::ConverterInfo& info : convert::ListConverters()) {
    const std::string_view full = info.class_name;
    const std::string_view simple = full.substr(full.rfind('.') + 1);
    if (type == full || type == simple || StrCat(type, "Converter") == simple ||
        StrCat(type, "HeaderConverter") == simple) {
      return &info;
    }
  }
  return nullptr;
}

class BuiltInKeys : public config::ClassKeys {
 public:
  StatusOr<const config::ConfigDef*> TransformKeys(std::string_view type) const override {
    SLUICE_ASSIGN_OR_RETURN(const auto* found, transform::FindTransform(type));
    return found->config;
  }
  StatusOr<const config::ConfigDef*> PredicateKeys(std::string_view type) const override {
    SLUICE_ASSIGN_OR_RETURN(const auto* found, transform::FindPredicate(type));
    return found->config;
  }
  StatusOr<const config::ConfigDef*> ConverterKeys(std::string_view role,
                                                   std::string_view type) const override {
    const convert::ConverterInfo* found = FindConverter(type);
    if (found != nullptr && (role == "header" ? found->header_converter : found->converter)) {
      return found->config;
    }
    return ConfigError(StrCat("Class ", type, " could not be found."));
  }
};

config::ConnectorKind KindOf(const plugin::ClassInfo& info) {
  return info.kind == plugin::ClassKind::kSource ? config::ConnectorKind::kSource
                                                 : config::ConnectorKind::kSink;
}

// A class that is not there, or a version, is the client's mistake.
Status AsBadRequest(const Status& error) { return BadRequestError(Message(error)); }

}  // namespace

StatusOr<config::ConfigInfos> ValidateConnector(const SubmittedConfig& submitted,
                                                const config::WorkerConfig& worker,
                                                Plugins& plugins) {
  StageScope::Begin("resolving transformed configuration properties for the connector");
  SLUICE_ASSIGN_OR_RETURN(const config::ConfigMap resolved,
                          worker.providers->Resolve(submitted.values));
  static const BuiltInKeys keys;
  config::ConnectorCheck check;
  check.config = &resolved;
  check.null_keys = submitted.null_keys;
  check.worker = &worker;
  check.classes = &keys;
  const std::string* type = resolved.Find("connector.class");
  if (type == nullptr) return config::CheckConnector(check);  // says that there is none
  StageScope::Begin("retrieving the configuration definition from the connector");
  const auto info = plugins.Find(*type, resolved.Get("connector.plugin.version"));
  if (!info.ok()) return AsBadRequest(info.status());
  check.kind = KindOf(*info);
  check.plugin_keys = &info->keys;
  StageScope::Begin("performing multi-property validation for the connector");
  SLUICE_ASSIGN_OR_RETURN(check.plugin_errors, plugins.Validate(*info, resolved));
  return config::CheckConnector(check);
}

std::vector<PluginInfo> BuiltInPlugins(const std::string& version) {
  std::vector<PluginInfo> all;
  for (const auto& one : transform::ListTransforms()) {
    all.push_back({one.name, "transformation", version});
  }
  for (const auto& one : transform::ListPredicates()) {
    all.push_back({one.name, "predicate", version});
  }
  for (const auto& one : convert::ListConverters()) {
    if (one.converter) all.push_back({one.class_name, "converter", version});
  }
  for (const auto& one : convert::ListConverters()) {
    if (one.header_converter) all.push_back({one.class_name, "header_converter", version});
  }
  const auto rank = [](const PluginInfo& plugin) {
    return plugin.type == "transformation" ? 0
           : plugin.type == "predicate"    ? 1
           : plugin.type == "converter"    ? 2
                                           : 3;
  };
  std::stable_sort(all.begin(), all.end(), [&](const PluginInfo& a, const PluginInfo& b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : a.class_name < b.class_name;
  });
  return all;
}

StatusOr<std::vector<config::ConfigKey>> KeysOfPlugin(const std::string& name,
                                                      const std::string& version,
                                                      const config::WorkerConfig& worker,
                                                      Plugins& plugins) {
  const auto connectors = plugins.List();
  const bool known = std::any_of(connectors.begin(), connectors.end(), [&](const auto& info) {
    return info.name == name ||
           std::find(info.aliases.begin(), info.aliases.end(), name) != info.aliases.end();
  });
  if (known) {
    const auto info = plugins.Find(name, version);
    if (!info.ok()) return AsBadRequest(info.status());
    std::vector<config::ConfigKey> keys = info->keys;
    std::set<std::string> names;
    for (const config::ConfigKey& key : keys) names.insert(key.name);
    const config::ConfigDef framework = config::ConnectorConfig::Definition(KindOf(*info), &worker);
    for (const config::ConfigKey& key : framework.keys()) {
      if (!names.contains(key.name)) keys.push_back(key);
    }
    return keys;
  }
  if (const auto transform = transform::FindTransform(name); transform.ok()) {
    return (*transform)->config->keys();
  }
  if (const auto predicate = transform::FindPredicate(name); predicate.ok()) {
    return (*predicate)->config->keys();
  }
  if (const convert::ConverterInfo* converter = FindConverter(name)) {
    return converter->config != nullptr ? converter->config->keys()
                                        : std::vector<config::ConfigKey>();
  }
  return NotFoundError(StrCat("Unknown plugin ", name, "."));
}

}  // namespace sluice::herder

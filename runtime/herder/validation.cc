#include "runtime/herder/validation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "runtime/base/secrets.h"
#include "runtime/base/stage.h"
#include "runtime/base/text.h"
#include "runtime/config/connector_check.h"
#include "runtime/config/connector_config.h"
#include "runtime/config/provider.h"
#include "runtime/config/resolved.h"
#include "runtime/herder/built_in_classes.h"
#include "runtime/plugin/version.h"

namespace sluice::herder {
namespace {

constexpr char kVersionKey[] = "connector.plugin.version";
constexpr char kBoundaryUnsupported[] =
    "The connector does not support connector-defined transaction boundaries with the given "
    "configuration. Please reconfigure it to use a different transaction boundary definition.";
constexpr char kExactlyOnceUnsupported[] =
    "The connector does not support exactly-once semantics with the provided configuration.";
constexpr char kExactlyOnceUnknown[] =
    "The connector does not implement the API required for preflight validation of exactly-once "
    "source support. Please consult the documentation for the connector to determine whether it "
    "supports exactly-once semantics, and then consider reconfiguring the connector to use the "
    "value \"requested\" for this property (which will disable this preflight check and allow the "
    "connector to be created).";

config::ConnectorKind KindOf(const plugin::ClassInfo& info) {
  return info.kind == plugin::ClassKind::kSource ? config::ConnectorKind::kSource
                                                 : config::ConnectorKind::kSink;
}

// A class that is not there, or a version, is the client's mistake.
Status AsBadRequest(const Status& error) { return BadRequestError(Message(error)); }

// Ascending; a class that was found has one at least.
std::vector<std::string> VersionsOf(const std::vector<plugin::ClassInfo>& classes,
                                    const std::string& class_name) {
  std::vector<std::string> versions;
  for (const plugin::ClassInfo& info : classes) {
    if (info.name == class_name) versions.push_back(info.version);
  }
  return versions;
}

// What the connector itself says of exactly-once, where the configuration asks for it.
Status AskAboutTransactions(const plugin::ClassInfo& info, Plugins& plugins,
                            config::ConnectorCheck& check) {
  const auto is = [&](const char* key, const char* value) {
    return EqualsIgnoreCase(Trim(check.config->Get(key)), value);
  };
  if (is("exactly.once.support", "required")) {
    SLUICE_ASSIGN_OR_RETURN(const plugin::Support support,
                            plugins.ExactlyOnceSupport(info, *check.config));
    if (support != plugin::Support::kSupported) {
      check.plugin_errors.emplace_back("exactly.once.support", support == plugin::Support::kUnknown
                                                                   ? kExactlyOnceUnknown
                                                                   : kExactlyOnceUnsupported);
    }
  }
  if (is("transaction.boundary", "connector")) {
    SLUICE_ASSIGN_OR_RETURN(const plugin::Support support,
                            plugins.TransactionBoundaries(info, *check.config));
    if (support != plugin::Support::kSupported) {
      check.plugin_errors.emplace_back("transaction.boundary", kBoundaryUnsupported);
    }
  }
  return OkStatus();
}

// What a provider resolved is shown as the variable that it came from; an error on its key does
// not quote it.
void HideResolved(const config::ConfigMap& raw, config::ConfigInfos& infos) {
  infos.name = WithoutSecrets(std::move(infos.name));
  for (config::ConfigInfo& info : infos.configs) {
    config::ConfigValue& value = info.value;
    const std::string* text = raw.Find(value.name);
    const bool variable = text != nullptr && config::ConfigProviders::HasVariable(*text);
    if (variable && value.value && *value.value != "[hidden]") value.value = *text;
    for (std::string& error : value.errors) {
      if (variable) error = config::WithRawValue(error, *text);
      error = WithoutSecrets(std::move(error));
    }
    for (std::string& one : value.recommended) one = WithoutSecrets(std::move(one));
  }
}

StatusOr<config::ConfigInfos> Validate(config::ConnectorCheck& check, Plugins& plugins) {
  const config::ConfigMap& config = *check.config;
  const std::string* type = config.Find("connector.class");
  if (type == nullptr) return config::CheckConnector(check);  // says that there is none
  StageScope::Begin("retrieving the configuration definition from the connector");
  auto info = plugins.Find(*type, "");
  if (!info.ok()) return AsBadRequest(info.status());
  // Files are looked at only for what is not known yet: one that hangs must not hold up others.
  check.plugin_versions = VersionsOf(plugins.Known(), info->name);
  if (const std::string* required = config.Find(kVersionKey)) {
    config::VersionTrouble trouble = CheckVersions(info->name, *required, check.plugin_versions);
    if (!trouble.malformed && !trouble.text.empty()) {
      check.plugin_versions = VersionsOf(plugins.List(), info->name);
      trouble = CheckVersions(info->name, *required, check.plugin_versions);
    }
    if (trouble.malformed) return BadRequestError(trouble.text);
    if (!trouble.text.empty()) return config::WrongVersion(check, trouble.text);
    info = plugins.Find(*type, *required);
    if (!info.ok()) return AsBadRequest(info.status());
  }
  check.kind = KindOf(*info);
  check.plugin_keys = &info->keys;
  StageScope::Begin("performing multi-property validation for the connector");
  SLUICE_ASSIGN_OR_RETURN(check.plugin_errors, plugins.Validate(*info, config));
  if (check.kind == config::ConnectorKind::kSource &&
      check.worker->mode == config::WorkerMode::kDistributed) {
    SLUICE_RETURN_IF_ERROR(AskAboutTransactions(*info, plugins, check));
  }
  return config::CheckConnector(check);
}

StatusOr<std::vector<config::ConfigKey>> KeysOfConnector(const std::string& name,
                                                         const std::string& version,
                                                         Plugins& plugins) {
  const auto info = plugins.Find(name, version);
  if (!info.ok()) return AsBadRequest(info.status());
  std::vector<config::ConfigKey> keys = info->keys;
  std::set<std::string> names;
  for (const config::ConfigKey& key : keys) names.insert(key.name);
  const config::ConfigDef framework = config::ConnectorConfig::Definition(KindOf(*info), nullptr);
  for (config::ConfigKey key : framework.keys()) {
    if (names.contains(key.name)) continue;
    if (key.name == kVersionKey) key.default_value = VersionsOf(plugins.Known(), info->name).back();
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace

StatusOr<config::ConfigInfos> ValidateConnector(const SubmittedConfig& submitted,
                                                const config::WorkerConfig& worker,
                                                const std::string& version, Plugins& plugins) {
  StageScope::Begin("resolving transformed configuration properties for the connector");
  SLUICE_ASSIGN_OR_RETURN(const config::ConfigMap resolved,
                          worker.providers->Resolve(submitted.values));
  const BuiltInClasses classes(version, &plugins);
  config::ConnectorCheck check;
  check.config = &resolved;
  check.null_keys = submitted.null_keys;
  check.worker = &worker;
  check.classes = &classes;
  SLUICE_ASSIGN_OR_RETURN(config::ConfigInfos infos, Validate(check, plugins));
  HideResolved(submitted.values, infos);
  return infos;
}

StatusOr<std::vector<config::ConfigKey>> KeysOfPlugin(const std::string& name,
                                                      const std::string& required,
                                                      const std::string& version,
                                                      Plugins& plugins) {
  if (const auto range = plugin::VersionRange::Parse(required); !range.ok()) {
    return BadRequestError(StrCat("Invalid version specification: ", required));
  }
  const auto connectors = plugins.List();
  const auto connector = std::find_if(connectors.begin(), connectors.end(), [&](const auto& info) {
    return info.name == name ||
           std::find(info.aliases.begin(), info.aliases.end(), name) != info.aliases.end();
  });
  const BuiltInClasses classes(version);
  const config::NamedClass built_in = classes.FindAny(name);
  std::string full_name = built_in.name;
  std::vector<std::string> available = {built_in.version};
  if (connector != connectors.end()) {
    full_name = connector->name;
    available = VersionsOf(connectors, full_name);
  }
  if (full_name.empty()) return NotFoundError(StrCat("Unknown plugin ", name, "."));
  const config::VersionTrouble trouble = CheckVersions(full_name, required, available);
  if (!trouble.text.empty()) return BadRequestError(trouble.text);
  if (connector != connectors.end()) return KeysOfConnector(full_name, required, plugins);
  return built_in.keys != nullptr ? built_in.keys->keys() : std::vector<config::ConfigKey>();
}

}  // namespace sluice::herder

#include "runtime/herder/plugins.h"

namespace sluice::herder {

std::optional<plugin::ClassKind> RegistryPlugins::KindOf(std::string_view name) const {
  MutexLock lock(mutex_);
  const auto it = kinds_.find(name);
  return it == kinds_.end() ? std::nullopt : std::optional(it->second);
}

void RegistryPlugins::Remember(const plugin::ClassInfo& info) {
  MutexLock lock(mutex_);
  kinds_.insert_or_assign(info.name, info.kind);
  for (const std::string& alias : info.aliases) kinds_.insert_or_assign(alias, info.kind);
}

std::vector<plugin::ClassInfo> RegistryPlugins::List() {
  registry_.Scan();
  std::vector<plugin::ClassInfo> all = registry_.List();
  for (const plugin::ClassInfo& info : all) Remember(info);
  return all;
}

StatusOr<plugin::ClassInfo> RegistryPlugins::Find(std::string_view name, std::string_view version) {
  auto found = registry_.Find(name, version);
  if (found.ok()) Remember(*found);
  return found;
}

StatusOr<std::unique_ptr<plugin::ConnectorPlugin>> RegistryPlugins::NewConnector(
    const plugin::ClassInfo& info, plugin::ConnectorHost& host) {
  return registry_.NewConnector(info, host);
}

StatusOr<std::vector<std::pair<std::string, std::string>>> RegistryPlugins::Validate(
    const plugin::ClassInfo& info, const config::ConfigMap& config) {
  return registry_.Validate(info, config);
}

StatusOr<plugin::Support> RegistryPlugins::ExactlyOnceSupport(const plugin::ClassInfo& info,
                                                              const config::ConfigMap& config) {
  return registry_.ExactlyOnceSupport(info, config);
}

StatusOr<plugin::Support> RegistryPlugins::TransactionBoundaries(const plugin::ClassInfo& info,
                                                                 const config::ConfigMap& config) {
  return registry_.TransactionBoundaries(info, config);
}

}  // namespace sluice::herder

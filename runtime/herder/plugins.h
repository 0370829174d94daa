// What the herder asks of the plugin registry, as an interface, so that its tests need no .so.
// The calls that may take time (a scan probes files in child processes, the others run plugin code)
// are for the connector pool only.
#ifndef SLUICE_RUNTIME_HERDER_PLUGINS_H_
#define SLUICE_RUNTIME_HERDER_PLUGINS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/config/config_map.h"
#include "runtime/plugin/connector_plugin.h"
#include "runtime/plugin/registry.h"

namespace sluice::herder {

class Plugins {
 public:
  virtual ~Plugins() = default;
  // At once: what the last Find or List that saw this class or alias said.
  virtual std::optional<plugin::ClassKind> KindOf(std::string_view name) const = 0;

  // Pool only.
  virtual std::vector<plugin::ClassInfo> List() = 0;  // looks for new files first
  // At once, from any thread: what has been seen so far.
  virtual std::vector<plugin::ClassInfo> Known() const = 0;
  virtual StatusOr<plugin::ClassInfo> Find(std::string_view name, std::string_view version) = 0;
  virtual StatusOr<std::unique_ptr<plugin::ConnectorPlugin>> NewConnector(
      const plugin::ClassInfo& info, plugin::ConnectorHost& host) = 0;
  virtual StatusOr<std::vector<std::pair<std::string, std::string>>> Validate(
      const plugin::ClassInfo& info, const config::ConfigMap& config) = 0;
  // What a source says of exactly-once, and of transactions whose borders it sets.
  virtual StatusOr<plugin::Support> ExactlyOnceSupport(const plugin::ClassInfo& info,
                                                       const config::ConfigMap& config) = 0;
  virtual StatusOr<plugin::Support> TransactionBoundaries(const plugin::ClassInfo& info,
                                                          const config::ConfigMap& config) = 0;
};

// The real one. The registry outlives it.
class RegistryPlugins : public Plugins {
 public:
  explicit RegistryPlugins(plugin::Registry& registry) : registry_(registry) {}

  std::optional<plugin::ClassKind> KindOf(std::string_view name) const override;
  std::vector<plugin::ClassInfo> List() override;
  std::vector<plugin::ClassInfo> Known() const override { return registry_.List(); }
  StatusOr<plugin::ClassInfo> Find(std::string_view name, std::string_view version) override;
  StatusOr<std::unique_ptr<plugin::ConnectorPlugin>> NewConnector(
      const plugin::ClassInfo& info, plugin::ConnectorHost& host) override;
  StatusOr<std::vector<std::pair<std::string, std::string>>> Validate(
      const plugin::ClassInfo& info, const config::ConfigMap& config) override;
  StatusOr<plugin::Support> ExactlyOnceSupport(const plugin::ClassInfo& info,
                                               const config::ConfigMap& config) override;
  StatusOr<plugin::Support> TransactionBoundaries(const plugin::ClassInfo& info,
                                                  const config::ConfigMap& config) override;

 private:
  void Remember(const plugin::ClassInfo& info);

  plugin::Registry& registry_;
  mutable Mutex mutex_;
  std::map<std::string, plugin::ClassKind, std::less<>> kinds_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_PLUGINS_H_

// Every connector class that the worker can run, from the .so files under plugin.path. A file is
// probed in a child process first (probe.h), so one that crashes while loading, or is no plugin, is
// reported and skipped; it is loaded into this process only when one of its classes is first used.
// Thread-safe.
#ifndef SLUICE_RUNTIME_PLUGIN_REGISTRY_H_
#define SLUICE_RUNTIME_PLUGIN_REGISTRY_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/config_def.h"
#include "runtime/plugin/connector_plugin.h"
#include "runtime/plugin/sink_plugin.h"
#include "runtime/plugin/source_plugin.h"

namespace sluice::plugin {

enum class ClassKind { kSource, kSink };
enum class Support { kUnknown, kSupported, kNotSupported };

// One class of one file, as its probe described it; no code of the plugin has run in this process
// for it.
struct ClassInfo {
  ClassKind kind;
  std::string name;                  // full (Java) class name
  std::vector<std::string> aliases;  // simple names, with and without Connector and so on
  std::string version;
  std::string task_class;
  std::string documentation;
  std::string file;  // the .so
  std::vector<config::ConfigKey> keys;
  bool has_alter_offsets = false;
  std::string file_id;  // which content of the file: inode, size, mtime and build-id
};

// A file that could not be used, and why.
struct BadFile {
  std::string file;
  Status error;
};

struct RegistryOptions {
  // Folders and .so files; missing ones are logged and ignored.
  std::vector<std::string> plugin_path;
  // This worker's own binary, run with --probe-plugin FILE.
  std::string probe_command;
  // For probe results and private copies of loaded files; empty or not writable: nothing is kept.
  std::string cache_dir = {};
  // How long a file may take to be loaded.
  milliseconds probe_deadline{10'000};
};

class Registry {
 public:
  explicit Registry(RegistryOptions options);
  ~Registry();

  // Looks at plugin.path again and probes what is new or changed (by inode, size, mtime and
  // build-id). Cheap when nothing changed. Called at start, when a class is not found, and when
  // plugins are listed.
  void Scan();

  std::vector<ClassInfo> List() const;  // sinks before sources, by name, then version
  std::vector<BadFile> BadFiles() const;

  // By full name or alias, and version requirement ("", "latest", "1.2.3", "[1.0,2.0)"). Errors in
  // the peer's words: `Failed to find any class that implements Connector and which name matches X,
  // available connectors are: ...`. Scans once more before it says that a class is missing.
  StatusOr<ClassInfo> Find(std::string_view name, std::string_view version = "");

  // Loads the class's file if it is not loaded yet. The hosts must outlive what is made.
  StatusOr<std::unique_ptr<ConnectorPlugin>> NewConnector(const ClassInfo& info,
                                                          ConnectorHost& host);
  StatusOr<std::unique_ptr<SourcePlugin>> NewSourceTask(const ClassInfo& info, SourceHost& host);
  StatusOr<std::unique_ptr<SinkPlugin>> NewSinkTask(const ClassInfo& info, SinkHost& host);

  // Checks across keys: pairs of key and text. Thread-safe as the ABI asks of plugins.
  StatusOr<std::vector<std::pair<std::string, std::string>>> Validate(
      const ClassInfo& info, const config::ConfigMap& config);
  StatusOr<std::vector<std::string>> Recommend(const ClassInfo& info, std::string_view key,
                                               const config::ConfigMap& config);
  // What a source says of exactly-once, and of transactions whose borders it sets.
  StatusOr<Support> ExactlyOnceSupport(const ClassInfo& info, const config::ConfigMap& config);
  StatusOr<Support> TransactionBoundaries(const ClassInfo& info, const config::ConfigMap& config);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_REGISTRY_H_

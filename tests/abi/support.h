// What the tests of the plugin boundary share: a folder of their own, the plugins that were built
// beside them, and hosts that remember what they were told.
#ifndef TESTS_ABI_SUPPORT_H_
#define TESTS_ABI_SUPPORT_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/plugin/registry.h"

namespace sluice::plugin {

inline std::string Built(const std::string& path) {
  return std::string(std::getenv("TEST_SRCDIR")) + "/sluice/" + path;
}
inline std::string ProbeCommand() { return Built("runtime/plugin/probe_main"); }

// A plugin.path folder and a cache folder, empty at first.
class PluginFolder {
 public:
  explicit PluginFolder(const std::string& name)
      : root_(std::string(std::getenv("TEST_TMPDIR")) + "/" + name) {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(plugins());
  }
  std::string plugins() const { return root_ + "/plugins"; }
  std::string cache() const { return root_ + "/cache"; }
  std::string File(const std::string& name) const { return plugins() + "/" + name; }
  // A new file with the bytes of a plugin that was built.
  std::string Install(const std::string& built, const std::string& name) const {
    std::filesystem::create_directories(std::filesystem::path(File(name)).parent_path());
    std::filesystem::copy_file(Built(built), File(name),
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::permissions(File(name), std::filesystem::perms::owner_all);
    return File(name);
  }
  // As `cp` does it: the same file, its bytes rewritten in place.
  void Overwrite(const std::string& built, const std::string& name) const {
    std::ifstream in(Built(built), std::ios::binary);
    std::ofstream out(File(name), std::ios::binary | std::ios::trunc);
    out << in.rdbuf();
  }
  void Write(const std::string& name, std::string_view bytes) const {
    std::ofstream(File(name), std::ios::binary) << bytes;
  }
  std::unique_ptr<Registry> NewRegistry(const std::string& probe = ProbeCommand(),
                                        milliseconds deadline = milliseconds(10'000)) const {
    return std::make_unique<Registry>(RegistryOptions{{plugins()}, probe, cache(), deadline});
  }

 private:
  const std::string root_;
};

class TestConnectorHost : public ConnectorHost {
 public:
  void Log(sluice_log_level, std::string_view text) override { log.emplace_back(text); }
  void Metric(std::string_view, sluice_metric_kind, double) override {}
  StatusOr<std::vector<sluice_value>> StoredOffsets(const sluice_value*, size_t count,
                                                    abi::Arena&) override {
    return std::vector<sluice_value>(count, abi::Null());
  }
  void RequestReconfiguration() override { ++reconfigurations; }
  void RaiseError(Status error) override { raised = error; }
  StatusOr<config::ConfigMap> ResolvedConfig() override { return config::ConfigMap(); }

  std::vector<std::string> log;
  int reconfigurations = 0;
  Status raised;
};

class TestSourceHost : public SourceHost {
 public:
  void Log(sluice_log_level, std::string_view text) override {
    std::lock_guard<std::mutex> lock(mutex);
    log.emplace_back(text);
  }
  void Metric(std::string_view name, sluice_metric_kind kind, double value) override {
    double& number = metrics[std::string(name)];
    number = kind == SLUICE_METRIC_ADD ? number + value : value;
  }
  StatusOr<std::vector<sluice_value>> StoredOffsets(const sluice_value*, size_t count,
                                                    abi::Arena&) override {
    return std::vector<sluice_value>(count, stored);
  }
  StatusOr<config::ConfigMap> ResolvedConfig() override { return config::ConfigMap(); }

  std::mutex mutex;
  std::vector<std::string> log;
  std::map<std::string, double> metrics;
  sluice_value stored = abi::Null();
};

class TestSinkHost : public SinkHost {
 public:
  void Log(sluice_log_level, std::string_view text) override { log.emplace_back(text); }
  void Metric(std::string_view, sluice_metric_kind, double) override {}
  StatusOr<config::ConfigMap> ResolvedConfig() override { return config::ConfigMap(); }
  const std::vector<sluice_topic_partition>& Assignment() override { return assignment; }
  Status Pause(const sluice_topic_partition*, size_t) override { return OkStatus(); }
  Status Resume(const sluice_topic_partition*, size_t) override { return OkStatus(); }
  Status Seek(const sluice_topic_partition*, size_t) override { return OkStatus(); }
  void RequestCommit() override {}
  void RetryAfter(milliseconds) override {}
  Status Verdict(const sluice_batch*, size_t index, sluice_code, Status error) override {
    verdicts.emplace_back(index, error);
    return OkStatus();
  }
  const sluice_batch* Retain(const sluice_batch* batch) override { return ++kept, batch; }
  void Release(const sluice_batch*) override { --kept; }

  std::vector<std::string> log;
  std::vector<sluice_topic_partition> assignment;
  std::vector<std::pair<size_t, Status>> verdicts;
  int kept = 0;
};

}  // namespace sluice::plugin

#endif  // TESTS_ABI_SUPPORT_H_

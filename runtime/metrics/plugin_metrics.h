// The metrics that a connector or a task gives itself by the plugin contract's `metric` (KIP-877):
// the group `plugins`, kafka_connect_plugins_<name>. A name may carry labels:
// record-age-ms{topic="t"}. Counters get the suffix _total, observations become a summary.
//
// Thread-safe. Bounded: what comes after the first kNamesMax names, is no legal name, or uses the
// framework's labels is dropped and named in the log once.
#ifndef SLUICE_RUNTIME_METRICS_PLUGIN_METRICS_H_
#define SLUICE_RUNTIME_METRICS_PLUGIN_METRICS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtime/base/mutex.h"
#include "runtime/metrics/registry.h"

namespace sluice::metrics {

class PluginMetrics {
 public:
  static constexpr size_t kNamesMax = 500;
  enum class Kind { kAdd, kSet, kObserve };

  // Registers the group; `labels` name the connector, and the task if it is one. `registry` may be
  // null: then nobody reads them.
  static std::shared_ptr<PluginMetrics> Make(Registry* registry, std::string labels);

  void Record(std::string_view name, Kind kind, double value);
  // The plugin has been closed: forgets everything, and from now on what comes.
  void Close();

 private:
  struct Metric {
    std::string family;  // empty: not to be shown
    std::string labels;
    Kind kind;
    double value = 0;
    uint64_t count = 0;
  };
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  void Read(LooseReading& reading) const;
  Metric Parse(std::string_view name, Kind kind) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::unordered_map<std::string, Metric, TextHash, std::equal_to<>> metrics_
      ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool full_told_ ABSL_GUARDED_BY(mutex_) = false;
  std::string owner_;                    // its labels, for the log
  Registry::Registration registration_;  // set by Make
};

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_PLUGIN_METRICS_H_

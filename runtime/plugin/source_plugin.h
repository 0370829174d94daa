// A source task's plugin as the worker calls it: one small interface, so that the task loop never
// sees a C table, and a test can be a plugin in ten lines. Registry::NewSourceTask makes the real
// one over a sluice_source_table.
//
// All calls on the task's thread, one at a time; only RequestStop may come from another thread,
// during any call. Order: Start, { Poll, Acked, Release, Committed }*, Stop, Release*, then the
// destructor (close).
#ifndef SLUICE_RUNTIME_PLUGIN_SOURCE_PLUGIN_H_
#define SLUICE_RUNTIME_PLUGIN_SOURCE_PLUGIN_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/config_map.h"

namespace sluice::plugin {

// What a source task asks of the worker. Implemented by the task; outlives the plugin. Called on
// the task's thread inside a call, but for Log and Metric, which may come from any thread.
class SourceHost {
 public:
  virtual ~SourceHost() = default;
  virtual void Log(sluice_log_level level, std::string_view text) = 0;
  virtual void Metric(std::string_view name, sluice_metric_kind kind, double value) = 0;
  // The stored offset of each partition, a null value where there is none, in `arena`.
  virtual StatusOr<std::vector<sluice_value>> StoredOffsets(const sluice_value* partitions,
                                                            size_t count, abi::Arena& arena) = 0;
  virtual StatusOr<config::ConfigMap> ResolvedConfig() = 0;
};

struct PollResult {
  const sluice_batch* batch = nullptr;  // nullptr: nothing yet
  bool finished = false;                // nothing will ever follow
};

class SourcePlugin {
 public:
  virtual ~SourcePlugin() = default;
  virtual Status Start(const config::ConfigMap& config) = 0;
  // Answers by `timeout`. A retriable error means "nothing now"; any other fails the task.
  virtual StatusOr<PollResult> Poll(milliseconds timeout) = 0;
  virtual void Release(const sluice_batch* batch) = 0;
  virtual bool wants_acks() const = 0;  // false: Acked need not be called
  virtual void Acked(const sluice_batch* batch, size_t index, std::string_view topic,
                     int32_t partition, int64_t offset) = 0;
  // Offsets were stored: all of one commit, offsets[i] being where partitions[i] would be resumed
  // now. What a plugin frees in its origin depends on it, so never tell of an offset that is not
  // stored.
  virtual void CommittedOffsets(const sluice_value* /*partitions*/, const sluice_value* /*offsets*/,
                                size_t /*count*/) {
    Committed();
  }
  // The same without saying which: the plugin then frees nothing.
  virtual void Committed() = 0;
  virtual void RequestStop() = 0;
};

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_SOURCE_PLUGIN_H_

// A sink task's plugin as the worker calls it; see source_plugin.h. All calls on the task's thread,
// one at a time; only RequestStop may come from another thread. Order: Start, { Assigned, Put,
// Flush, Revoked }*, then the destructor.
#ifndef SLUICE_RUNTIME_PLUGIN_SINK_PLUGIN_H_
#define SLUICE_RUNTIME_PLUGIN_SINK_PLUGIN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/config_map.h"

namespace sluice::plugin {

// What a sink task asks of the worker, as in sluice_sink_host. Implemented by the task; outlives
// the plugin. Called on the task's thread inside a call, but for Log and Metric, which may come
// from any thread.
class SinkHost {
 public:
  virtual ~SinkHost() = default;
  virtual void Log(sluice_log_level level, std::string_view text) = 0;
  virtual void Metric(std::string_view name, sluice_metric_kind kind, double value) = 0;
  virtual StatusOr<config::ConfigMap> ResolvedConfig() = 0;
  virtual const std::vector<sluice_topic_partition>& Assignment() = 0;
  virtual Status Pause(const sluice_topic_partition* partitions, size_t count) = 0;
  virtual Status Resume(const sluice_topic_partition* partitions, size_t count) = 0;
  virtual Status Seek(const sluice_topic_partition* partitions, size_t count) = 0;
  virtual void RequestCommit() = 0;
  virtual void RetryAfter(milliseconds time) = 0;
  // `error` is OK for SLUICE_OK. Out of range or of a foreign batch: an error, and nothing changes.
  virtual Status Verdict(const sluice_batch* batch, size_t index, sluice_code code,
                         Status error) = 0;
  virtual const sluice_batch* Retain(const sluice_batch* batch) = 0;  // nullptr: over budget
  virtual void Release(const sluice_batch* batch) = 0;
};

class SinkPlugin {
 public:
  virtual ~SinkPlugin() = default;
  virtual bool put_atomic() const = 0;
  virtual Status Start(const config::ConfigMap& config) = 0;
  virtual Status Assigned(const std::vector<sluice_topic_partition>& partitions) = 0;
  virtual Status Revoked(const std::vector<sluice_topic_partition>& partitions, bool lost) = 0;
  // SLUICE_OK, SLUICE_RETRY or SLUICE_BAD_RECORD with `error` filled in for the latter two; any
  // other failure is an error. A record-level verdict came through the host meanwhile.
  struct PutResult {
    sluice_code code = SLUICE_OK;
    Status error;  // says why, unless SLUICE_OK
  };
  virtual PutResult Put(const sluice_batch* batch) = 0;
  // May lower offsets, or set SLUICE_NO_OFFSET for "leave as it is".
  virtual Status Flush(std::vector<sluice_topic_partition>& offsets) = 0;
  virtual void RequestStop() = 0;
};

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_SINK_PLUGIN_H_

// The worker's side of a connector or a task: what it logs, what breaks the contract, the offsets
// that are stored, what a sink asks for. Log and Metric from any thread, all else as the plugin
// interfaces say.
#ifndef TESTS_CONFORMANCE_HOST_H_
#define TESTS_CONFORMANCE_HOST_H_

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/plugin/connector_plugin.h"
#include "runtime/plugin/sink_plugin.h"
#include "runtime/plugin/source_plugin.h"
#include "tests/conformance/offsets.h"
#include "tests/conformance/scene.h"

namespace sluice::conformance {

class Host : public plugin::ConnectorHost, public plugin::SourceHost, public plugin::SinkHost {
 public:
  // Both must outlive it. Without offsets there are none.
  Host(const Scene& scene, const Offsets* offsets) : scene_(scene), offsets_(offsets) {}

  // What the plugin logged, and the first time that it broke the contract.
  std::vector<std::string> log() const;
  Status broken() const;

  void Log(sluice_log_level level, std::string_view text) override;
  void Metric(std::string_view, sluice_metric_kind, double) override {}
  StatusOr<std::vector<sluice_value>> StoredOffsets(const sluice_value* partitions, size_t count,
                                                    abi::Arena& arena) override;
  StatusOr<config::ConfigMap> ResolvedConfig() override { return scene_.config; }
  void RequestReconfiguration() override {}
  void RaiseError(Status error) override;

  // A sink's.
  const std::vector<sluice_topic_partition>& Assignment() override { return assignment; }
  Status Pause(const sluice_topic_partition* list, size_t count) override {
    return Assigned(list, count);
  }
  Status Resume(const sluice_topic_partition* list, size_t count) override {
    return Assigned(list, count);
  }
  Status Seek(const sluice_topic_partition* list, size_t count) override;
  void RequestCommit() override {}
  void RetryAfter(milliseconds time) override { retry_after = time; }
  Status Verdict(const sluice_batch* batch, size_t index, sluice_code code, Status error) override;
  const sluice_batch* Retain(const sluice_batch* batch) override;
  void Release(const sluice_batch* batch) override { kept.erase(batch); }

  std::vector<sluice_topic_partition> assignment;
  std::vector<std::pair<int32_t, int64_t>> seeks;  // partition, offset
  milliseconds retry_after{0};
  const sluice_batch* putting = nullptr;
  std::vector<std::pair<size_t, std::string>> rejected;  // of the batch that is being put
  std::set<const sluice_batch*> kept;
  // Of kept batches: what has no verdict yet is not in here.
  std::set<std::pair<const sluice_batch*, size_t>> settled;

 private:
  Status Assigned(const sluice_topic_partition* list, size_t count) const;

  const Scene& scene_;
  const Offsets* const offsets_;
  mutable Mutex mutex_;
  std::vector<std::string> log_ ABSL_GUARDED_BY(mutex_);
  Status broken_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::conformance

#endif  // TESTS_CONFORMANCE_HOST_H_

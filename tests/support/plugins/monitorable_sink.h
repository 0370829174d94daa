// A sink that tells of every call, with the values that it was given and the partitions that it
// owns; control.h says where. It rejects the values that it is told to, and asks for others again.
#ifndef SLUICE_TESTS_SUPPORT_PLUGINS_MONITORABLE_SINK_H_
#define SLUICE_TESTS_SUPPORT_PLUGINS_MONITORABLE_SINK_H_

#include <string>
#include <vector>

#include "connectors/sdk/plugin.h"
#include "tests/support/plugins/control.h"

namespace sluice::test {

class MonitorableSinkTask : public sdk::SinkTask {
 public:
  void Start(const sdk::Config& config) override;
  void Assigned(const std::vector<sdk::PartitionOffset>& partitions) override;
  void Revoked(const std::vector<sdk::PartitionOffset>& partitions, bool lost) override;
  void Put(const sdk::SinkBatch& batch) override;
  void Flush(std::vector<sdk::PartitionOffset>& offsets) override;
  void Stop() override;

 private:
  Control control_;
  std::vector<std::string> reject_;
  int64_t retries_ = 0;
};

class MonitorableSinkConnector : public sdk::SinkConnector {
 public:
  using Task = MonitorableSinkTask;
  static sdk::ClassInfo Describe();
  static void Validate(const sdk::Config& config, sdk::Problems& problems);

  void Start(const sdk::Config& config) override;
  std::vector<sdk::Config::Map> TaskConfigs(int max) override;
  bool AlterOffsets(const sdk::Config& config,
                    const std::vector<sdk::OffsetChange>& changes) override;
  void Stop() override;

 private:
  Control control_;
};

}  // namespace sluice::test

#endif  // SLUICE_TESTS_SUPPORT_PLUGINS_MONITORABLE_SINK_H_

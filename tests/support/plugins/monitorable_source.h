// A source that sends numbered records at a rate, to a topic, from each of its tasks. It resumes
// after what was stored and takes altered offsets. See control.h for what a test can make of it;
// besides, what is written to command.file is done: `reconfigure`, or `raise TEXT`.
#ifndef SLUICE_TESTS_SUPPORT_PLUGINS_MONITORABLE_SOURCE_H_
#define SLUICE_TESTS_SUPPORT_PLUGINS_MONITORABLE_SOURCE_H_

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "connectors/sdk/plugin.h"
#include "tests/support/plugins/control.h"

namespace sluice::test {

class MonitorableSourceTask : public sdk::SourceTask {
 public:
  void Start(const sdk::Config& config) override;
  void Poll(sdk::RecordBatch& batch, sdk::milliseconds timeout) override;
  void Stop() override;

 private:
  const sdk::Schema schema_ = sdk::schemas::String();
  Control control_;
  std::string id_, topic_;
  bool headers_ = false;
  int64_t per_poll_ = 1, max_ = -1, last_ = 0;
  sdk::milliseconds interval_{0};
  const sdk::Value* partition_ = nullptr;
  std::chrono::steady_clock::time_point due_;
};

class MonitorableSourceConnector : public sdk::SourceConnector {
 public:
  using Task = MonitorableSourceTask;
  static sdk::ClassInfo Describe();
  static void Validate(const sdk::Config& config, sdk::Problems& problems);

  void Start(const sdk::Config& config) override;
  std::vector<sdk::Config::Map> TaskConfigs(int max) override;
  bool AlterOffsets(const sdk::Config& config,
                    const std::vector<sdk::OffsetChange>& changes) override;
  void Stop() override;

 private:
  void Obey(const std::string& command);

  Control control_;
  std::unique_ptr<CommandFile> commands_;
};

}  // namespace sluice::test

#endif  // SLUICE_TESTS_SUPPORT_PLUGINS_MONITORABLE_SOURCE_H_

#include "tests/support/plugins/monitorable_sink.h"

#include <algorithm>

namespace sluice::test {
namespace {

using sdk::ConfigKey;
using sdk::ConfigType;

// `,"partitions":["topic-0@7",...]`
std::string Partitions(const std::vector<sdk::PartitionOffset>& partitions) {
  std::string out = ",\"partitions\":[";
  for (size_t i = 0; i < partitions.size(); ++i) {
    const auto& one = partitions[i];
    out += sdk::Cat(i > 0 ? "," : "", "\"", one.topic, "-", one.partition, "@", one.offset, "\"");
  }
  return out + "]";
}

std::string Shown(const sdk::Value& value) {
  return value.kind == SLUICE_STRING ? std::string(sdk::Text(value)) : std::string("?");
}

}  // namespace

void MonitorableSinkTask::Start(const sdk::Config& config) {
  control_ = Control(config, config.GetInt("task.id"));
  reject_ = config.GetList("reject.values");
  retries_ = config.GetLong("retries");
  control_.Reach("task.start");
}

void MonitorableSinkTask::Assigned(const std::vector<sdk::PartitionOffset>& partitions) {
  control_.Reach("assigned", Partitions(partitions));
}

void MonitorableSinkTask::Revoked(const std::vector<sdk::PartitionOffset>& partitions, bool lost) {
  control_.Reach(lost ? "lost" : "revoked", Partitions(partitions));
}

void MonitorableSinkTask::Put(const sdk::SinkBatch& batch) {
  if (batch.empty()) return;
  std::string values = ",\"values\":[";
  for (const sdk::SinkRecord record : batch) {
    values += sdk::Cat(values.back() == '[' ? "" : ",", JsonText(Shown(record.value())));
  }
  control_.Reach("put", values + "]");
  if (retries_ > 0) {
    --retries_;
    throw sdk::RetriableException("This test double asks for the records again");
  }
  for (const sdk::SinkRecord record : batch) {
    const std::string value = Shown(record.value());
    if (std::find(reject_.begin(), reject_.end(), value) != reject_.end()) {
      record.Reject(sdk::Cat("This test double rejects ", value));
    }
  }
}

void MonitorableSinkTask::Flush(std::vector<sdk::PartitionOffset>& offsets) {
  control_.Reach("flush", Partitions(offsets));
}

void MonitorableSinkTask::Stop() { control_.Reach("task.stop"); }

sdk::ClassInfo MonitorableSinkConnector::Describe() {
  sdk::ClassInfo info;
  info.name = "org.apache.kafka.connect.integration.MonitorableSinkConnector";
  info.doc = "Tells of the calls that it gets; for tests.";
  info.keys = {
      ConfigKey("reject.values", ConfigType::kList).Default("").Doc("Values that are bad."),
      ConfigKey("retries", ConfigType::kLong).Default("0").Doc("Puts that ask for another try."),
      ConfigKey("task.id", ConfigType::kInt).Default("-1").Doc("Set by the connector."),
      ConfigKey("name").Default("").Doc("Of the connector."),
  };
  AddControlKeys(info.keys);
  return info;
}

void MonitorableSinkConnector::Validate(const sdk::Config& config, sdk::Problems&) {
  Control(config, -1).Reach("validate");
}

void MonitorableSinkConnector::Start(const sdk::Config& config) {
  control_ = Control(config, -1);
  control_.Reach("start");
}

std::vector<sdk::Config::Map> MonitorableSinkConnector::TaskConfigs(int max) {
  control_.Reach("task_configs", sdk::Cat(",\"max\":", max));
  std::vector<sdk::Config::Map> tasks;
  for (int i = 0; i < max; ++i) {
    sdk::Config::Map& task = tasks.emplace_back(config().given());
    task["task.id"] = sdk::Cat(i);
  }
  return tasks;
}

bool MonitorableSinkConnector::AlterOffsets(const sdk::Config& config,
                                            const std::vector<sdk::OffsetChange>& changes) {
  Control(config, -1).Reach("alter_offsets", sdk::Cat(",\"changes\":", changes.size()));
  return true;
}

void MonitorableSinkConnector::Stop() { control_.Reach("stop"); }

}  // namespace sluice::test

#include "tests/support/plugins/monitorable_source.h"

#include <algorithm>
#include <cstdlib>

namespace sluice::test {

using sdk::ConfigKey;
using sdk::ConfigType;
using std::chrono::steady_clock;

void MonitorableSourceTask::Start(const sdk::Config& config) {
  control_ = Control(config, config.GetInt("task.id"));
  id_ = sdk::Cat(config.GetString("name"), "-", config.GetInt("task.id"));
  topic_ = config.GetString("topic");
  headers_ = config.GetBool("headers");
  per_poll_ = config.GetLong("messages.per.poll");
  max_ = config.GetLong("max.messages");
  interval_ =
      sdk::milliseconds(1000 * per_poll_ / std::max<int64_t>(1, config.GetLong("throughput")));
  partition_ = MakeMap({{"task.id", sdk::String(id_)}});
  last_ = StoredNumber(*partition_, "saved").value_or(0);
  due_ = steady_clock::now();
  control_.Reach("task.start", sdk::Cat(",\"saved\":", last_, ",\"value.converter\":",
                                        JsonText(config.GetString("value.converter"))));
}

void MonitorableSourceTask::Poll(sdk::RecordBatch& batch, sdk::milliseconds timeout) {
  const auto wait = std::chrono::ceil<sdk::milliseconds>(due_ - steady_clock::now());
  if (!WaitFor(std::clamp(wait, sdk::milliseconds(0), timeout)) || steady_clock::now() < due_)
    return;
  due_ += interval_;
  control_.Reach("poll");
  for (int64_t i = 0; i < per_poll_ && (max_ < 0 || last_ < max_); ++i) {
    ++last_;
    auto record = batch.Add(topic_);
    record.KeyText(schema_, sdk::Cat("key-", id_, "-", last_))
        .Text(schema_, sdk::Cat("value-", id_, "-", last_))
        .From(partition_, "saved", last_);
    if (headers_) {
      record.Header(sdk::Cat("header-", last_ % 10), schema_, batch.arena().CopyString("text"));
    }
  }
}

void MonitorableSourceTask::Stop() { control_.Reach("task.stop"); }

sdk::ClassInfo MonitorableSourceConnector::Describe() {
  sdk::ClassInfo info;
  info.name = "org.apache.kafka.connect.integration.MonitorableSourceConnector";
  info.doc = "Sends numbered records; for tests.";
  info.keys = {
      ConfigKey("topic").High().NonEmpty().Doc("Topic of the records."),
      ConfigKey("messages.per.poll", ConfigType::kLong).Default("10").Doc("Records of a batch."),
      ConfigKey("throughput", ConfigType::kLong)
          .Default("1000")
          .Doc("Records per task and second."),
      ConfigKey("max.messages", ConfigType::kLong).Default("-1").Doc("Records of a task; -1: all."),
      ConfigKey("task.count", ConfigType::kInt).Default("-1").Doc("-1: tasks.max."),
      ConfigKey("task.count.file").Default("").Doc("Its content overrides task.count."),
      ConfigKey("headers", ConfigType::kBoolean).Default("false").Doc("header-0 to header-9."),
      ConfigKey("task.id", ConfigType::kInt).Default("-1").Doc("Set by the connector."),
      ConfigKey("name").Default("").Doc("Of the connector."),
      ConfigKey("value.converter").Default("").Doc("Only told."),
      ConfigKey("command.file").Default("").Doc("What the connector shall do, once."),
  };
  AddControlKeys(info.keys);
  return info;
}

void MonitorableSourceConnector::Validate(const sdk::Config& config, sdk::Problems&) {
  Control(config, -1).Reach("validate");
}

void MonitorableSourceConnector::Start(const sdk::Config& config) {
  control_ = Control(config, -1);
  control_.Reach("start");
  if (const std::string path = config.GetString("command.file"); !path.empty()) {
    commands_ =
        std::make_unique<CommandFile>(path, [this](const std::string& text) { Obey(text); });
  }
}

void MonitorableSourceConnector::Obey(const std::string& command) {
  if (command.starts_with("raise ")) {
    RaiseError(command.substr(6));
  } else if (command.starts_with("reconfigure")) {
    RequestReconfiguration();
  }
}

std::vector<sdk::Config::Map> MonitorableSourceConnector::TaskConfigs(int max) {
  control_.Reach("task_configs", sdk::Cat(",\"max\":", max));
  int count = config().GetInt("task.count");
  const std::string text = ReadFile(config().GetString("task.count.file"));
  if (!text.empty()) count = std::atoi(text.c_str());
  if (count < 0) count = max;
  std::vector<sdk::Config::Map> tasks;
  for (int i = 0; i < count; ++i) {
    sdk::Config::Map& task = tasks.emplace_back(config().given());
    task["task.id"] = sdk::Cat(i);
  }
  return tasks;
}

bool MonitorableSourceConnector::AlterOffsets(const sdk::Config& config,
                                              const std::vector<sdk::OffsetChange>& changes) {
  Control(config, -1).Reach("alter_offsets", sdk::Cat(",\"changes\":", changes.size()));
  return true;
}

void MonitorableSourceConnector::Stop() {
  commands_.reset();
  control_.Reach("stop");
}

}  // namespace sluice::test

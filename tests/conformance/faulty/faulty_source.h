// Sends `records` numbered lines, dealt out to its tasks.
#ifndef TESTS_CONFORMANCE_FAULTY_FAULTY_SOURCE_H_
#define TESTS_CONFORMANCE_FAULTY_FAULTY_SOURCE_H_

#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "connectors/sdk/plugin.h"
#include "tests/conformance/faulty/fault.h"

namespace sluice::faulty {

class FaultySource : public sdk::SourceTask {
 public:
  void Start(const sdk::Config& config) override {
    Leak();
    if (Has("logs_password")) log().Info("The password is ", config.GetPassword("password"));
    topic_ = config.GetString("topic");
    dir_ = config.GetString("dir");
    records_ = config.GetLong("records");
    task_ = config.GetLong("task");
    tasks_ = Has("tasks_overlap") ? 1 : config.GetLong("tasks");
    if (task_ >= config.GetLong("tasks")) records_ = 0;  // one too many
    partition_ = MakeMap({{"task", sdk::Int64(task_)}});
    next_ = StoredNumber(*partition_, "next").value_or(0);
    if (Has("resumes_in_process")) next_ = std::max(next_, InProcess());
    if (Has("trusts_stop")) next_ = FromFile();
  }

  void Poll(sdk::RecordBatch& batch, sdk::milliseconds timeout) override {
    if (IsOutage(dir_)) {
      if (Has("dies_in_outage")) throw sdk::ConnectException("The origin is gone");
      throw sdk::RetriableException("The origin is gone");
    }
    std::string& buffer = buffer_;
    buffer.reserve(4096);
    buffer.clear();
    for (int i = 0; i < 5 && next_ < records_; ++next_) {
      if (next_ % tasks_ != task_ % tasks_) continue;
      Add(batch, buffer);
      ++i;
    }
    if (!batch.empty() || next_ < records_) return;
    Idle(timeout);
  }

  void Committed(const std::vector<sdk::CommittedOffset>& offsets) override {
    for (const auto& one : offsets) committed_ = sdk::Find(one.offset, "next")->as.int64;
    InProcess() = next_;  // of what is under way, too
  }

  void Stop() override {
    if (Has("trusts_stop")) std::ofstream(dir_ + "/position") << committed_;
  }

 private:
  void Add(sdk::RecordBatch& batch, std::string& buffer) {
    auto record = batch.Add(topic_);
    const std::string line = sdk::Cat("line ", next_);
    if (Has("bad_value") && next_ == 2) {
      record.Value(schema_, sdk::Null());
    } else if (Has("reuses_memory")) {
      const size_t at = buffer.size();
      buffer += line;
      record.Borrow(schema_, std::string_view(buffer).substr(at));
    } else {
      record.Text(schema_, line);
    }
    record.From(partition_, "next", next_ + 1);
  }

  void Idle(sdk::milliseconds timeout) {
    static bool was_slow = false;
    if (Has("slow_poll")) {
      if (!std::exchange(was_slow, true)) WaitFor(sdk::milliseconds(3000));
    } else if (Has("deaf_stop")) {
      if (!WaitFor(timeout)) WaitForEver();
    } else {
      Finish();
    }
  }

  static int64_t& InProcess() {
    static int64_t next = 0;
    return next;
  }
  int64_t FromFile() const {
    int64_t position = 0;
    std::ifstream(dir_ + "/position") >> position;
    return position;
  }

  const sdk::Schema schema_ = sdk::schemas::String();
  std::string topic_, dir_, buffer_;
  int64_t records_ = 0, task_ = 0, tasks_ = 1, next_ = 0;
  std::atomic<int64_t> committed_{0};
  const sdk::Value* partition_ = nullptr;
};

class FaultySourceConnector : public sdk::SourceConnector {
 public:
  using Task = FaultySource;

  static sdk::ClassInfo Describe() {
    using sdk::ConfigKey;
    using sdk::ConfigType;
    const std::string doc = Has("undocumented") ? "" : "How many lines there are.";
    return {.name = "test.FaultySourceConnector",
            .doc = "Sends lines, in the wrong way if that is asked for.",
            .keys = {ConfigKey("topic").High().NonEmpty().Doc("Topic of the lines."),
                     ConfigKey("dir").Doc("Where an outage is told of."),
                     ConfigKey("records", ConfigType::kLong)
                         .Default(Has("bad_default") ? "-5" : "30")
                         .AtLeast(0)
                         .Doc(doc),
                     ConfigKey("color")
                         .Default("red")
                         .OneOf({"red", "blue"})
                         .Recommends()
                         .Doc("Looks good."),
                     ConfigKey("shade").Optional().Doc("Needed if the color is blue."),
                     ConfigKey("password", ConfigType::kPassword).Optional().Doc("Lets nobody in."),
                     ConfigKey("task", ConfigType::kLong).Default("0").Low().Doc("Set for tasks."),
                     ConfigKey("tasks", ConfigType::kLong)
                         .Default("1")
                         .AtLeast(1)
                         .Low()
                         .Doc("Set for tasks.")}};
  }

  static void Validate(const sdk::Config& config, sdk::Problems& problems) {
    const auto& given = config.given();
    if (Has("throws_on_wrong") && config.GetString("records") == "a lot") {
      throw sdk::ConnectException("What is this");
    }
    if (Has("refuses_valid")) problems.Add("topic", "I do not like it");
    if (Has("refuses_framework") && given.contains("errors.tolerance")) {
      problems.Add("errors.tolerance", "There is no such key");
    }
    const bool blue = config.GetString("color") == "blue";
    if (blue && !given.contains("shade") && !Has("silent_required")) {
      problems.Add("shade", "Blue needs a shade");
    }
  }

  static std::vector<std::string> Recommend(std::string_view, const sdk::Config&) {
    return {"red", Has("bad_recommendation") ? "green" : "blue"};
  }

  void Start(const sdk::Config& config) override {
    if (Has("start_once") && started_) throw sdk::ConnectException("It was started before");
    if (Has("crashes_on_start") && !config.given().contains("topic")) std::abort();
    started_ = true;
  }

  std::vector<sdk::Config::Map> TaskConfigs(int max) override {
    const int tasks = Has("too_many_tasks") ? max + 1 : max;
    std::vector<sdk::Config::Map> configs;
    for (int task = 0; task < tasks; ++task) {
      configs.push_back(config().given());
      configs.back()["task"] = sdk::Cat(task);
      configs.back()["tasks"] = sdk::Cat(max);
    }
    return configs;
  }

  bool AlterOffsets(const sdk::Config&, const std::vector<sdk::OffsetChange>& changes) override {
    for (const sdk::OffsetChange& change : changes) {
      const sdk::Value* next = sdk::Find(change.offset, "next");
      if (sdk::Find(change.partition, "task") == nullptr ||
          (!sdk::IsNull(change.offset) && (next == nullptr || next->kind != SLUICE_INT64))) {
        throw sdk::ConnectException("A partition has a task, an offset a next");
      }
      if (Has("refuses_own_offsets") && next != nullptr) throw sdk::ConnectException("Not that");
    }
    return true;
  }

 private:
  bool started_ = false;
};

}  // namespace sluice::faulty

#endif  // TESTS_CONFORMANCE_FAULTY_FAULTY_SOURCE_H_

// A source of random records of a known shape, at a given rate. Every record is a function of the
// seed, the task and its number, so a restart goes on where it was, and two runs of one seed make
// the same records.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "connectors/datagen/shapes.h"
#include "connectors/sdk/plugin.h"
#include "connectors/shared/unknown_keys.h"

namespace sluice::datagen {
namespace {

using namespace sluice::sdk;  // NOLINT: a connector speaks the SDK's language
using Clock = std::chrono::steady_clock;

constexpr int64_t kBatchRecords = 1000;
constexpr int64_t kEpochMs = 1'700'000'000'000;  // where time=counted begins
constexpr milliseconds kPaceMin(10);             // at high rates: several records at a time

// Task i of n makes its share of the records, the numbers i, i + n, i + 2n, ...
class DatagenTask : public SourceTask {
 public:
  void Start(const Config& config) override {
    topic_ = config.GetString("topic");
    shape_ = MakeShape(config.GetString("shape"));
    if (shape_ == nullptr) {
      throw ConfigException::Invalid("shape", config.GetString("shape"), "there is no such shape");
    }
    seed_ = static_cast<uint64_t>(config.GetLong("seed"));
    task_ = config.GetLong("task.id");
    tasks_ = std::max<int64_t>(config.GetLong("task.count"), 1);
    now_ = config.GetString("time") == "now";
    rate_ = config.GetDouble("rate") / static_cast<double>(tasks_);
    const int64_t total = config.GetLong("max.records");
    if (total >= 0) limit_ = total / tasks_ + (task_ < total % tasks_ ? 1 : 0);
    partition_ = MakeMap({{"task", Int64(task_)}, {"tasks", Int64(tasks_)}});
    next_ = StoredNumber(*partition_, "records").value_or(0);
    first_ = next_;
    begin_ = Clock::now();
    log().Info("Making ", config.GetString("shape"), " from record ", next_, " on");
  }

  void Poll(RecordBatch& batch, milliseconds timeout) override {
    if (next_ < limit_) {
      const int64_t until = WaitUntilDue(timeout);
      while (next_ < until) AddRecord(batch);
    }
    if (next_ >= limit_) Finish();
  }

 private:
  // Waits for the time of the next record; the number that it is time for, at most a batch's worth
  // ahead.
  int64_t WaitUntilDue(milliseconds timeout) const {
    const int64_t most = std::min(limit_ - next_, kBatchRecords) + next_;
    if (rate_ <= 0) return most;
    const auto due =
        begin_ + std::chrono::duration_cast<Clock::duration>(
                     std::chrono::duration<double>(static_cast<double>(next_ - first_) / rate_));
    const auto wait = std::chrono::ceil<milliseconds>(due - Clock::now());
    if (wait > milliseconds(0)) {
      if (!WaitFor(std::min(std::max(wait, kPaceMin), timeout))) return next_;
    }
    const std::chrono::duration<double> elapsed = Clock::now() - begin_;
    const double due_by_now = std::floor(elapsed.count() * rate_) + 1;  // the first one at once
    return std::clamp(first_ + static_cast<int64_t>(due_by_now), next_, most);
  }

  void AddRecord(RecordBatch& batch) {
    Random random(seed_, static_cast<uint64_t>(task_), static_cast<uint64_t>(next_));
    const int64_t number = next_ * tasks_ + task_;
    shape_->Fill(random, number, now_ ? NowMs() : kEpochMs + number, batch, batch.Add(topic_));
    ++next_;
    batch.Last().From(partition_, "records", next_);
  }

  static int64_t NowMs() {
    return std::chrono::duration_cast<milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  std::string topic_;
  std::unique_ptr<Shape> shape_;
  uint64_t seed_ = 0;
  int64_t task_ = 0, tasks_ = 1;
  bool now_ = true;
  double rate_ = 0;  // of this task
  const Value* partition_ = nullptr;
  int64_t next_ = 0;   // of this task's own records
  int64_t first_ = 0;  // where this run began
  int64_t limit_ = std::numeric_limits<int64_t>::max();
  Clock::time_point begin_;
};

// A whole number that is not negative, as the tasks write it.
void CheckNumber(const Value& map, std::string_view key) {
  const Value* number = Find(map, key);
  if (number == nullptr || number->kind != SLUICE_INT64 || number->as.int64 < 0) {
    throw ConnectException("'", key, "' should be a whole number that is not negative, as in ",
                           "partition {\"task\":0,\"tasks\":1} and offset {\"records\":1000}");
  }
}

class DatagenConnector : public SourceConnector {
 public:
  using Task = DatagenTask;
  static ClassInfo Describe() {
    return {.name = "dev.sluice.datagen.DatagenSourceConnector",
            .doc = "Makes random records of a known shape, at a given rate.",
            .keys = {
                ConfigKey("topic").High().NonEmpty().Doc("Topic that the records go to."),
                ConfigKey("shape")
                    .Default("orders")
                    .OneOf(ShapeNames())
                    .High()
                    .Doc("What the records look like."),
                ConfigKey("rate", ConfigType::kDouble)
                    .Default("10")
                    .Range(0, 1e9)
                    .High()
                    .Doc("Records per second, all tasks together; 0: as fast as they can."),
                ConfigKey("max.records", ConfigType::kLong)
                    .Default("-1")
                    .AtLeast(-1)
                    .Doc("How many records are made, all tasks together; then the connector idles. "
                         "-1: no "
                         "end."),
                ConfigKey("seed", ConfigType::kLong)
                    .Default("1")
                    .Doc("Two runs with one seed, and one number of tasks, make the same records."),
                ConfigKey("time")
                    .Default("now")
                    .OneOf({"now", "counted"})
                    .Low()
                    .Doc("The time in the records: of the clock; or counted up by 1 ms from record "
                         "to record, "
                         "so that it repeats too."),
                ConfigKey("tasks", ConfigType::kInt)
                    .Default("1")
                    .AtLeast(1)
                    .Doc("How many tasks share the work, at most tasks.max."),
            }};
  }
  static void Validate(const Config& config, Problems& problems) {
    shared::ReportUnknownKeys(config, Describe().keys, {}, problems);
  }
  std::vector<Config::Map> TaskConfigs(int max) override {
    const int count = std::min(max, config().GetInt("tasks"));
    std::vector<Config::Map> tasks;
    for (int i = 0; i < count; ++i) {
      Config::Map& task = tasks.emplace_back(config().given());
      task["task.id"] = Cat(i);
      task["task.count"] = Cat(count);
    }
    return tasks;
  }
  bool AlterOffsets(const Config&, const std::vector<OffsetChange>& changes) override {
    for (const OffsetChange& change : changes) {
      if (IsNull(change.offset)) continue;  // whatever it is, it may go
      CheckNumber(change.partition, "task");
      CheckNumber(change.partition, "tasks");
      CheckNumber(change.offset, "records");
    }
    return true;
  }
};

}  // namespace
}  // namespace sluice::datagen

SLUICE_PLUGIN("datagen", "0.1.0", sluice::datagen::DatagenConnector)

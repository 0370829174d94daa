// Fakes for the tests of plugin authors: a worker of one thread that drives the plugin which is
// linked into the test, through its C table, as the real one does. A test reads as a story:
//
//   FakeSource ticker("TickerSourceConnector");
//   ticker.Start({{"name", "t"}, {"topic", "ticks"}});
//   auto records = ticker.Poll(milliseconds(100));
//   EXPECT_EQ(records.at(0).value, "1");
//   ticker.Commit();                       // all acknowledged, their offsets stored
//   ticker.Restart();                      // a new task, which resumes from them
//
// A call that answers an error throws PluginFailure. One thread; everything is freed in the
// destructors.
#ifndef SLUICE_CONNECTORS_SDK_FAKES_H_
#define SLUICE_CONNECTORS_SDK_FAKES_H_

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"

namespace sluice::sdk {

using ConfigText = std::map<std::string, std::string, std::less<>>;

// A value as one line: 7, "text", 0x0aff, [1,2], {"a":1}, Order{id=1}; decimals as 12.50.
std::string ToText(const sluice_value& value);

struct PluginFailure : std::runtime_error {
  PluginFailure(std::string_view call, sluice_code code, const sluice_error& error);
  sluice_code code;
  std::string type;  // Java's exception class
};

// The class that is called `name`, or whose name ends with ".name", in the plugin linked into this
// test.
const sluice_class& FindClass(std::string_view name);
// The Markdown table of a class's configuration keys, for its README.
std::string MarkdownTable(const sluice_class& of);
// True if the file has that table; prints it otherwise.
bool ReadmeHasTable(const std::string& file, std::string_view class_name);

// What the fakes of both kinds do alike: the log, the metrics, stored offsets.
class FakeHost {
 public:
  struct Stored {
    abi::Arena arena{1024};
    sluice_value partition;
    sluice_value offset;
  };
  std::vector<std::string> log;           // "WARN text"
  std::map<std::string, double> metrics;  // sums, or the last value
  void Store(const sluice_value& partition, const sluice_value& offset);
  const sluice_value* FindStored(const sluice_value& partition) const;
  bool reconfiguration_requested = false;
  std::string raised_error;
  ConfigText config;

  // Functions of a host's table, with a FakeHost as context.
  static void Log(void* context, sluice_log_level level, sluice_str text);
  static void Metric(void* context, sluice_str name, sluice_metric_kind kind, double value);
  static sluice_code StoredOffset(void* context, const sluice_value* partitions, size_t count,
                                  const sluice_value** offsets, sluice_error* error);
  static sluice_code GetConfig(void* context, sluice_config* config, sluice_error* error);

 private:
  std::vector<std::unique_ptr<Stored>> stored_;
  std::vector<sluice_value> answer_;
  std::vector<sluice_key_value> entries_;
};

// Starts a connector and asks it for its tasks' configurations.
std::vector<ConfigText> RunConnector(const sluice_class& of, const ConfigText& config, int max,
                                     FakeHost& host);
// Asks a connector that was not started whether these offsets (null: removed) may be stored for
// these partitions. True: it has nothing else to change. Throws PluginFailure if it refuses.
bool RunAlterOffsets(const sluice_class& of, const ConfigText& config,
                     const std::vector<std::pair<sluice_value, sluice_value>>& changes);
// What a connector's Validate says, as key: text.
std::vector<std::string> RunValidate(const sluice_class& of, const ConfigText& config);
// Their keys alone, a blank behind each.
std::string KeysOf(const std::vector<std::string>& problems);

struct FakeRecord {
  std::string topic;
  int32_t partition;
  int64_t timestamp;
  std::string key, value;  // ToText
  std::string source_partition, source_offset;
  std::vector<std::string> headers;  // "key=value"
  const sluice_record* raw;          // until the batch is released
  const sluice_batch* batch;
  size_t index;
};

class FakeSource {
 public:
  explicit FakeSource(std::string_view class_name);
  ~FakeSource();

  // The text or whole numbers of a partition and an offset, for a task that resumes.
  using Number = std::pair<std::string, int64_t>;
  void StoreOffset(std::pair<std::string, std::string> partition, Number offset);

  // Runs the connector for `max` tasks and starts the one at `task`.
  void Start(const ConfigText& config, int max = 1, size_t task = 0);
  std::vector<FakeRecord> Poll(std::chrono::milliseconds timeout = std::chrono::milliseconds(0));
  // Polls until there are `count` records, or the source finished, or 10 s have passed.
  std::vector<FakeRecord> PollRecords(size_t count);
  // Tells of the ack of a record, at offset 0.. of its topic.
  void Ack(const FakeRecord& record);
  // Acknowledges all that is out, stores its offsets, tells so, releases the batches.
  void Commit();
  // Stops and closes the task without storing anything, and starts it again.
  void Restart();
  void RequestStop();
  bool finished() const { return finished_; }
  size_t tasks() const { return task_configs_.size(); }
  size_t batches_out() const { return out_.size(); }
  FakeHost& host() { return host_; }

 private:
  void Open();
  void Close();
  const sluice_class& class_;
  const sluice_source_table& table_;
  FakeHost host_;
  sluice_source_host c_host_{};
  std::vector<ConfigText> task_configs_;
  size_t task_ = 0;
  void* handle_ = nullptr;
  bool finished_ = false;
  int64_t next_offset_ = 0;
  std::vector<const sluice_batch*> out_;
};

// A record to be put. Values may be borrowed from the test: they are copied.
struct FakeInput {
  std::string topic = "t";
  int32_t partition = 0;
  int64_t offset = 0;
  sluice_value key = {};
  sluice_value value = {};
  abi::SchemaRef key_schema = {};
  abi::SchemaRef value_schema = {};
  int64_t timestamp = SLUICE_NO_TIMESTAMP;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

class FakeSink {
 public:
  struct Partition {
    std::string topic;
    int32_t partition;
    int64_t offset;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  explicit FakeSink(std::string_view class_name);
  ~FakeSink();

  void Start(const ConfigText& config, int max = 1, size_t task = 0);
  void Assign(const std::vector<Partition>& partitions);
  void Revoke(const std::vector<Partition>& partitions, bool lost = false);
  // Throws PluginFailure unless the put answers OK; bad records are in rejected().
  void Put(const std::vector<FakeInput>& records);
  std::vector<Partition> Flush(const std::vector<Partition>& offsets);
  void Restart();
  void RequestStop();

  // "topic-partition@offset: why", in the order of the verdicts; those of SLUICE_OK are in done().
  const std::vector<std::string>& rejected() const { return rejected_; }
  const std::vector<std::string>& done() const { return done_; }
  size_t kept() const { return kept_.size(); }
  void RefuseToKeep(bool refuse) { refuse_to_keep_ = refuse; }
  int64_t retry_after_ms() const { return retry_after_ms_; }
  bool commit_requested() const { return commit_requested_; }
  const std::vector<std::string>& paused() const { return paused_; }  // "topic-partition"
  const std::vector<Partition>& seeks() const { return seeks_; }
  FakeHost& host() { return host_; }

 private:
  struct Batch;
  struct Calls;
  void Open();
  void Close();
  const sluice_class& class_;
  const sluice_sink_table& table_;
  FakeHost host_;
  sluice_sink_host c_host_{};
  std::vector<ConfigText> task_configs_;
  size_t task_ = 0;
  void* handle_ = nullptr;
  std::vector<Partition> assigned_, seeks_;
  std::vector<sluice_topic_partition> c_assigned_;
  std::vector<std::string> rejected_, done_, paused_;
  std::vector<std::unique_ptr<Batch>> kept_;
  const Batch* putting_ = nullptr;
  bool refuse_to_keep_ = false, commit_requested_ = false;
  int64_t retry_after_ms_ = -1;
};

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_FAKES_H_

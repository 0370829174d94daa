// What tests of tasks are made of: converters that fail on demand, plugins that a test scripts, a
// waiter that turns the clock. One thread.
#ifndef SLUICE_RUNTIME_TASK_TESTING_FAKES_H_
#define SLUICE_RUNTIME_TASK_TESTING_FAKES_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/abi/views.h"
#include "runtime/convert/converter.h"
#include "runtime/errors/reporter.h"
#include "runtime/metrics/registry.h"
#include "runtime/plugin/sink_plugin.h"
#include "runtime/plugin/source_plugin.h"
#include "runtime/record/value.h"
#include "runtime/task/outbox.h"

namespace sluice::task::testing {

// The value of task c-0's metric kafka_connect_<name>, as text; "none" if there is none.
inline std::string MetricOf(const metrics::Registry& registry, const std::string& name) {
  const std::string text = "\n" + registry.Text();
  const std::string begin = "\nkafka_connect_" + name + "{connector=\"c\",task=\"0\"} ";
  const size_t at = text.find(begin);
  if (at == text.npos) return "none";
  return text.substr(at + begin.size(), text.find('\n', at + 1) - at - begin.size());
}

class TurningWaiter : public Waiter {
 public:
  explicit TurningWaiter(FakeClock& clock) : clock_(clock) {}
  bool Wait(milliseconds time) override {
    clock_.Advance(time);
    return true;
  }

 private:
  FakeClock& clock_;
};

// Text as it is, behind the value of a header "schema"; `bad...` is at fault, `late...` succeeds at
// the third try.
class TextConverter : public convert::Converter {
 public:
  std::string_view class_name() const override { return "test.TextConverter"; }
  StatusOr<record::Bytes> FromConnect(std::string_view, const sluice_schema*,
                                      const sluice_value& value, record::BatchMemory&) override {
    if (abi::IsNull(value)) return record::kNullBytes;
    SLUICE_RETURN_IF_ERROR(Check(abi::Text(value)));
    return abi::Str(abi::Text(value));
  }
  StatusOr<convert::SchemaAndValue> ToConnect(std::string_view, record::Bytes bytes,
                                              record::BatchMemory&) override {
    if (record::IsNull(bytes)) return convert::SchemaAndValue{};
    SLUICE_RETURN_IF_ERROR(Check(abi::View(bytes)));
    return convert::SchemaAndValue{nullptr, abi::String(abi::View(bytes))};
  }
  std::string_view id_header() const override { return "schema"; }
  StatusOr<convert::SchemaAndValue> ToConnectWithId(std::string_view, record::Bytes id,
                                                    record::Bytes bytes,
                                                    record::BatchMemory& memory) override {
    const std::string both = std::string(abi::View(id)) + ":" + std::string(abi::View(bytes));
    return convert::SchemaAndValue{nullptr, abi::String(memory.arena().Copy(both))};
  }

 private:
  Status Check(std::string_view text) {
    if (text.starts_with("bad")) return DataError("cannot convert");
    if (text.starts_with("late") && ++tries_ % 3 != 0) return RetriableError("not yet");
    return OkStatus();
  }
  int tries_ = 0;
};

class TextHeaderConverter : public convert::HeaderConverter {
 public:
  std::string_view class_name() const override { return "test.TextHeaderConverter"; }
  StatusOr<record::Bytes> FromConnect(std::string_view, std::string_view, const sluice_schema*,
                                      const sluice_value& value, record::BatchMemory&) override {
    return abi::Str(abi::Text(value));
  }
  StatusOr<convert::SchemaAndValue> ToConnect(std::string_view, std::string_view,
                                              record::Bytes bytes, record::BatchMemory&) override {
    return convert::SchemaAndValue{nullptr, abi::String(abi::View(bytes))};
  }
};

// Takes note of what is reported; durable when the test says so.
struct ReportLog {
  std::vector<std::string> reports;  // "TASK_PUT v: message"
  bool durable = true;
  bool broken = false;   // reports that are pending fail for good
  bool letters = false;  // a dead letter queue
  size_t pending = 0;
};
class FakeReporter : public errors::Reporter {
 public:
  explicit FakeReporter(ReportLog& log) : log_(log) {}
  void Attach(metrics::ErrorCounts&) override {}
  Status Report(const errors::Failure& failure) override {
    std::string value;
    if (failure.subject.consumed != nullptr && !record::IsNull(failure.subject.consumed->value)) {
      value = std::string(abi::View(failure.subject.consumed->value));
    } else if (failure.subject.source != nullptr) {
      value = std::string(abi::Text(failure.subject.source->value));
    }
    log_.reports.push_back(std::string(errors::StageName(failure.stage)) + " " + value);
    if (!log_.durable) ++log_.pending;
    return OkStatus();
  }
  Status Serve(milliseconds) override {
    if (log_.pending > 0 && log_.broken) return ConnectError("the dead letter queue is gone");
    if (log_.durable) log_.pending = 0;
    return OkStatus();
  }
  size_t pending() const override { return log_.pending; }
  bool keeps_records() const override { return log_.letters; }
  uint64_t taken() const override { return log_.letters ? log_.reports.size() : 0; }
  uint64_t durable() const override { return log_.letters ? taken() - log_.pending : 0; }

 private:
  ReportLog& log_;
};

// A source whose batches the test queues. Released batches are spoiled, as a plugin may do.
struct SourceScript {
  struct Record {
    std::string value;
    std::string partition = "p";
    int64_t offset = 0;
    std::string topic = "t";
    int64_t timestamp = SLUICE_NO_TIMESTAMP;
    std::vector<std::pair<std::string, std::string>> headers = {};
  };
  std::deque<std::vector<Record>> batches;
  std::deque<Status> poll_errors;  // answered before any batch
  bool finished = false;
  Status start = OkStatus();
  bool wants_acks = true;

  std::vector<std::string> acked;  // "v@t-0:3", "v@dropped"
  std::vector<std::map<std::string, int64_t>> committed;
  int polls = 0, released = 0, out = 0, stops = 0, closed = 0;
  std::vector<std::string> order;  // "stop", "release", "close"
};
class FakeSource : public plugin::SourcePlugin {
 public:
  FakeSource(SourceScript& script, FakeClock& clock) : script_(script), clock_(clock) {}
  ~FakeSource() override {
    script_.closed += 1;
    script_.order.push_back("close");
  }
  Status Start(const config::ConfigMap&) override { return script_.start; }
  StatusOr<plugin::PollResult> Poll(milliseconds timeout) override {
    ++script_.polls;
    if (!script_.poll_errors.empty()) {
      const Status status = script_.poll_errors.front();
      script_.poll_errors.pop_front();
      return status;
    }
    plugin::PollResult result;
    if (script_.batches.empty()) {
      clock_.Advance(timeout);
      result.finished = script_.finished;
      return result;
    }
    auto batch = std::make_unique<Batch>(std::move(script_.batches.front()));
    script_.batches.pop_front();
    result.batch = &batch->batch;
    live_[&batch->batch] = std::move(batch);
    ++script_.out;
    return result;
  }
  void Release(const sluice_batch* batch) override {
    live_.at(batch)->arena.Reset();
    for (int i = 0; i < 300; ++i) live_.at(batch)->arena.Copy("################################");
    live_.erase(batch);
    ++script_.released;
    --script_.out;
    script_.order.push_back("release");
  }
  bool wants_acks() const override { return script_.wants_acks; }
  void Acked(const sluice_batch* batch, size_t index, std::string_view topic, int32_t partition,
             int64_t offset) override {
    std::string text(abi::Text(abi::RecordAt(*batch, index).value));
    text += partition == SLUICE_NO_PARTITION
                ? "@dropped"
                : "@" + std::string(topic) + "-" + std::to_string(partition) + ":" +
                      std::to_string(offset);
    script_.acked.push_back(text);
  }
  void CommittedOffsets(const sluice_value* partitions, const sluice_value* offsets,
                        size_t count) override {
    std::map<std::string, int64_t> set;
    for (size_t i = 0; i < count; ++i) {
      set[std::string(abi::Text(*abi::Find(partitions[i], "name")))] =
          abi::Find(offsets[i], "at")->as.int64;
    }
    script_.committed.push_back(std::move(set));
  }
  void Committed() override {}
  void RequestStop() override {
    ++script_.stops;
    script_.order.push_back("stop");
  }

 private:
  struct Batch {
    explicit Batch(const std::vector<SourceScript::Record>& wanted) {
      for (const auto& from : wanted) {
        sluice_record record = abi::EmptyRecord();
        record.topic = abi::Str(arena.Copy(from.topic));
        record.value = arena.CopyString(from.value);
        record.timestamp = from.timestamp;
        record.source_partition = Map("name", arena.CopyString(from.partition));
        record.source_offset = Map("at", abi::Int64(from.offset));
        if (!from.headers.empty()) {
          auto* headers = arena.NewArray<sluice_header>(from.headers.size());
          for (size_t i = 0; i < from.headers.size(); ++i) {
            headers[i] = {abi::Str(arena.Copy(from.headers[i].first)), nullptr,
                          arena.CopyString(from.headers[i].second)};
          }
          record.headers = headers;
          record.header_count = from.headers.size();
        }
        records.push_back(record);
      }
      batch = {sizeof(sluice_batch), sizeof(sluice_record), records.size(),
               records.data(),       arena.used(),          nullptr};
    }
    const sluice_value* Map(std::string_view key, sluice_value value) {
      const sluice_map_entry entry{abi::String(key), value};
      return arena.New(arena.CopyMap(&entry, 1));
    }
    abi::Arena arena{256};
    std::vector<sluice_record> records;
    sluice_batch batch;
  };

  SourceScript& script_;
  FakeClock& clock_;
  std::map<const sluice_batch*, std::unique_ptr<Batch>> live_;
};

// Where offsets go: at once, with an error, or when the test says.
struct OffsetLog {
  std::map<std::string, int64_t> stored;
  std::vector<std::map<std::string, int64_t>> writes;
  std::deque<Status> errors;  // of the next writes
  bool hold = false;
  std::vector<std::function<void(Status)>> held;
};
class FakeOffsetWriter : public OffsetWriter {
 public:
  explicit FakeOffsetWriter(OffsetLog& log) : log_(log) {}
  void Write(const OffsetSet& set, std::function<void(Status)> done) override {
    std::map<std::string, int64_t> write;
    for (size_t i = 0; i < set.partitions.size(); ++i) {
      write[std::string(abi::Text(*abi::Find(set.partitions[i], "name")))] =
          abi::Find(set.offsets[i], "at")->as.int64;
    }
    log_.writes.push_back(write);
    Status status = OkStatus();
    if (!log_.errors.empty()) {
      status = log_.errors.front();
      log_.errors.pop_front();
    }
    if (status.ok()) {
      for (const auto& [name, at] : write) log_.stored[name] = at;
    }
    if (log_.hold) {
      log_.held.push_back(std::move(done));
    } else {
      done(status);
    }
  }

 private:
  OffsetLog& log_;
};

// A sink that a test scripts; by default it takes everything.
struct SinkScript {
  using Put = plugin::SinkPlugin::PutResult;
  plugin::SinkHost* host = nullptr;
  bool put_atomic = false;
  Status start = OkStatus();
  // The answer to a put of these values.
  std::function<Put(const sluice_batch*, const std::vector<std::string>&)> on_put;
  std::function<Status(std::vector<sluice_topic_partition>&)> on_flush;
  std::function<Status(const std::vector<sluice_topic_partition>&)> on_assigned;
  std::function<Status(const std::vector<sluice_topic_partition>&, bool)> on_revoked;
  std::function<Status()> on_start;
  std::function<void()> on_close;

  std::vector<std::vector<std::string>> puts;  // every put that had records
  std::vector<std::string> taken;              // values of puts that answered OK, in order
  int empty_puts = 0, stops = 0, closed = 0;
  std::vector<std::string> calls;  // "assigned t-0@3", "flush", "revoked t-0", "lost t-0", "stop"
};
class FakeSink : public plugin::SinkPlugin {
 public:
  explicit FakeSink(SinkScript& script) : script_(script) {}
  ~FakeSink() override {
    if (script_.on_close) script_.on_close();
    ++script_.closed;
  }
  bool put_atomic() const override { return script_.put_atomic; }
  Status Start(const config::ConfigMap&) override {
    return script_.on_start ? script_.on_start() : script_.start;
  }
  Status Assigned(const std::vector<sluice_topic_partition>& partitions) override {
    for (const auto& id : partitions) script_.calls.push_back("assigned " + Name(id));
    return script_.on_assigned ? script_.on_assigned(partitions) : OkStatus();
  }
  Status Revoked(const std::vector<sluice_topic_partition>& partitions, bool lost) override {
    for (const auto& id : partitions) {
      script_.calls.push_back((lost ? "lost " : "revoked ") + Short(id));
    }
    return script_.on_revoked ? script_.on_revoked(partitions, lost) : OkStatus();
  }
  PutResult Put(const sluice_batch* batch) override {
    std::vector<std::string> values;
    for (size_t i = 0; i < batch->count; ++i) {
      const sluice_value& value = abi::RecordAt(*batch, i).value;
      values.push_back(value.kind == SLUICE_STRUCT ? record::JavaText(value)
                                                   : std::string(abi::Text(value)));
    }
    if (values.empty()) {
      ++script_.empty_puts;
    } else {
      script_.puts.push_back(values);
    }
    const PutResult result =
        script_.on_put ? script_.on_put(batch, values) : PutResult{SLUICE_OK, OkStatus()};
    if (result.code == SLUICE_OK) {
      script_.taken.insert(script_.taken.end(), values.begin(), values.end());
    }
    return result;
  }
  Status Flush(std::vector<sluice_topic_partition>& offsets) override {
    script_.calls.push_back("flush");
    return script_.on_flush ? script_.on_flush(offsets) : OkStatus();
  }
  void RequestStop() override {
    ++script_.stops;
    script_.calls.push_back("stop");
  }

 private:
  static std::string Short(const sluice_topic_partition& id) {
    return std::string(abi::View(id.topic)) + "-" + std::to_string(id.partition);
  }
  static std::string Name(const sluice_topic_partition& id) {
    return Short(id) + "@" + (id.offset == SLUICE_NO_OFFSET ? "none" : std::to_string(id.offset));
  }
  SinkScript& script_;
};

}  // namespace sluice::task::testing

#endif  // SLUICE_RUNTIME_TASK_TESTING_FAKES_H_

// A sink task. Derive from SinkTask; Start and Put are all that it must have. All calls come one at
// a time, from the task's thread; only Stop may come from another thread, during any call.
//
//   void Put(const SinkBatch& batch) override {
//     for (SinkRecord record : batch) {
//       if (record.value().kind != SLUICE_STRING) record.Reject("not a string");   // goes to the
//       dead letter queue else file_.Write(Text(record.value()));
//     }
//   }
//
// What a record shows is borrowed until Put returns. A sink that works in the background keeps the
// batch:
//
//   KeptBatch kept = batch.Keep();      // empty if the memory budget is used up: wait for one to
//   be given back uploads_.Start(std::move(kept));    // later, inside any call: kept.Done(i),
//   kept.Reject(i, why), then destroy it
#ifndef SLUICE_CONNECTORS_SDK_SINK_H_
#define SLUICE_CONNECTORS_SDK_SINK_H_

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/sdk/boundary.h"
#include "connectors/sdk/config.h"
#include "connectors/sdk/logger.h"
#include "connectors/sdk/value.h"

namespace sluice::sdk {

struct TopicPartition {
  std::string topic;
  int32_t partition = 0;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};
struct PartitionOffset {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = SLUICE_NO_OFFSET;
};

class SinkBatch;

// One record of a batch, a view.
class SinkRecord {
 public:
  SinkRecord(const SinkBatch* batch, size_t index, const sluice_record* record)
      : batch_(batch), index_(index), record_(record) {}

  std::string_view topic() const { return abi::View(record_->topic); }
  int32_t partition() const { return record_->partition; }
  int64_t offset() const { return record_->original_offset; }
  // Where it came from, whatever transforms made of topic and partition.
  std::string_view original_topic() const { return abi::View(record_->original_topic); }
  int32_t original_partition() const { return record_->original_partition; }
  std::optional<int64_t> timestamp() const {
    if (record_->timestamp == SLUICE_NO_TIMESTAMP) return std::nullopt;
    return record_->timestamp;
  }
  const Value& key() const { return record_->key; }
  const Value& value() const { return record_->value; }
  const sluice_schema* key_schema() const { return record_->key_schema; }  // nullptr: schemaless
  const sluice_schema* value_schema() const { return record_->value_schema; }
  std::span<const sluice_header> headers() const {
    return {record_->headers, record_->header_count};
  }
  size_t index() const { return index_; }
  const sluice_record& raw() const { return *record_; }
  // This record is bad: it goes to the reporters (dead letter queue, log) if errors.tolerance
  // allows, else fails the task.
  inline void Reject(std::string_view why) const;

 private:
  const SinkBatch* batch_;
  size_t index_;
  const sluice_record* record_;
};

// A batch that was kept beyond Put, with the same indexes. Its calls, and its destruction, belong
// inside a call on the task; the destructor gives it back.
class KeptBatch {
 public:
  KeptBatch() = default;
  KeptBatch(const sluice_sink_host* host, const sluice_batch* batch) : host_(host), batch_(batch) {}
  KeptBatch(KeptBatch&& other) noexcept
      : host_(other.host_), batch_(std::exchange(other.batch_, nullptr)) {}
  KeptBatch& operator=(KeptBatch&& other) noexcept {
    std::swap(host_, other.host_);
    std::swap(batch_, other.batch_);
    return *this;
  }
  ~KeptBatch() {
    if (batch_ != nullptr) host_->release(host_->context, batch_);
  }
  explicit operator bool() const { return batch_ != nullptr; }
  inline SinkBatch batch() const;
  void Done(size_t index) const {
    host_->verdict(host_->context, batch_, index, SLUICE_OK, nullptr);
  }
  void Reject(size_t index, std::string_view why) const;

 private:
  const sluice_sink_host* host_ = nullptr;
  const sluice_batch* batch_ = nullptr;
};

class SinkBatch {
 public:
  class Iterator {
   public:
    using value_type = SinkRecord;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const SinkBatch* batch, size_t index) : batch_(batch), index_(index) {}
    SinkRecord operator*() const { return (*batch_)[index_]; }
    Iterator& operator++() { return ++index_, *this; }
    Iterator operator++(int) {
      Iterator before = *this;
      return ++index_, before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

   private:
    const SinkBatch* batch_ = nullptr;
    size_t index_ = 0;
  };

  SinkBatch(const sluice_sink_host* host, const sluice_batch* batch) : host_(host), batch_(batch) {}
  size_t size() const { return batch_->count; }
  bool empty() const { return batch_->count == 0; }
  SinkRecord operator[](size_t index) const {
    return {this, index, &abi::RecordAt(*batch_, index)};
  }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }
  KeptBatch Keep() const { return {host_, host_->retain(host_->context, batch_)}; }
  void Reject(size_t index, std::string_view why) const {
    sluice_error error;
    internal::PutError(internal::Prepare(error), SLUICE_BAD_RECORD,
                       "org.apache.kafka.connect.errors.DataException", why);
    if (host_->verdict(host_->context, batch_, index, SLUICE_BAD_RECORD, &error) != SLUICE_OK) {
      throw ConnectException("The worker refused the verdict on record ", index, " of a batch of ",
                             size(), ": ", why);
    }
  }

 private:
  const sluice_sink_host* host_;
  const sluice_batch* batch_;
};

inline void SinkRecord::Reject(std::string_view why) const { batch_->Reject(index_, why); }
inline SinkBatch KeptBatch::batch() const { return {host_, batch_}; }
inline void KeptBatch::Reject(size_t index, std::string_view why) const {
  batch().Reject(index, why);
}

class SinkTask {
 public:
  virtual ~SinkTask() = default;

  virtual void Start(const Config& config) = 0;
  // New partitions, and the offsets where consuming begins; Seek here changes them.
  virtual void Assigned(const std::vector<PartitionOffset>&) {}
  // They go away. `lost`: another task may own them already.
  virtual void Revoked(const std::vector<PartitionOffset>&, bool /*lost*/) {}
  // Takes the records; also called with none, about once a second. Throw RetriableException to get
  // the same batch again, DataException if something in it is bad (see ClassInfo::put_atomic),
  // ConnectException to fail.
  virtual void Put(const SinkBatch& batch) = 0;
  // Make durable what was put. Offsets may be lowered, or set to SLUICE_NO_OFFSET: leave what is
  // committed.
  virtual void Flush(std::vector<PartitionOffset>&) {}
  virtual void Stop() {}  // any thread: end what waits

 protected:
  const Logger& log() const { return log_; }
  // The partitions that the task owns now.
  std::vector<PartitionOffset> Assignment() const {
    const sluice_topic_partition* list = nullptr;
    size_t count = 0;
    host_->assignment(host_->context, &list, &count);
    return FromC(list, count);
  }
  void Pause(const std::vector<PartitionOffset>& list) const { Tell(host_->pause, list, "Pause"); }
  void Resume(const std::vector<PartitionOffset>& list) const {
    Tell(host_->resume, list, "Resume");
  }
  void Seek(const std::vector<PartitionOffset>& list) const { Tell(host_->seek, list, "Seek"); }
  void RequestCommit() const { host_->request_commit(host_->context); }
  // The next Put comes after `time` at latest.
  void RetryAfter(milliseconds time) const { host_->retry_after(host_->context, time.count()); }
  Config ResolvedConfig() const {
    sluice_error error;
    sluice_config config{};
    internal::ThrowIfFailed(host_->config(host_->context, &config, internal::Prepare(error)), error,
                            "Resolving the configuration");
    return Config(config, table_);
  }

 private:
  template <typename T>
  friend class SinkCalls;
  using PartitionsFn = sluice_code (*)(void*, const sluice_topic_partition*, size_t);
  static std::vector<PartitionOffset> FromC(const sluice_topic_partition* list, size_t count) {
    std::vector<PartitionOffset> out;
    for (size_t i = 0; i < count; ++i) {
      out.push_back({std::string(abi::View(list[i].topic)), list[i].partition, list[i].offset});
    }
    return out;
  }
  void Tell(PartitionsFn call, const std::vector<PartitionOffset>& list,
            std::string_view name) const {
    std::vector<sluice_topic_partition> raw;
    for (const auto& p : list) raw.push_back({abi::Str(p.topic), p.partition, 0, p.offset});
    if (call(host_->context, raw.data(), raw.size()) != SLUICE_OK) {
      throw ConnectException(name, ": a partition is not assigned to this task");
    }
  }

  const sluice_sink_host* host_ = nullptr;
  const ConfigTable* table_ = nullptr;
  Logger log_;
};

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_SINK_H_

// A source task. Derive from SourceTask; Start and Poll are all that it must have.
//
// All calls come one at a time, from the task's thread; only Stop may come from another thread,
// during any call. After an exception out of Poll, what that Poll had added is dropped, so read on
// from where the last good Poll ended.
#ifndef SLUICE_CONNECTORS_SDK_SOURCE_H_
#define SLUICE_CONNECTORS_SDK_SOURCE_H_

#include <atomic>
#include <condition_variable>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/sdk/boundary.h"
#include "connectors/sdk/config.h"
#include "connectors/sdk/logger.h"
#include "connectors/sdk/record.h"

namespace sluice::sdk {

// Where Kafka put a record; no partition and offset for one that was dropped on its way (filtered,
// or bad and tolerated).
struct Ack {
  std::string_view topic;
  std::optional<int32_t> partition;
  std::optional<int64_t> offset;
};

// Where a partition would be resumed now; both are maps.
struct CommittedOffset {
  Value partition;
  Value offset;
};

class SourceTask {
 public:
  virtual ~SourceTask() = default;

  virtual void Start(const Config& config) = 0;
  // Adds what there is to the batch, waiting up to `timeout` for the first record (WaitFor ends
  // early at Stop). An empty batch means: nothing yet. Throw RetriableException for "not now",
  // ConnectException to fail.
  virtual void Poll(RecordBatch& batch, milliseconds timeout) = 0;
  // The record was acknowledged. Called only if overridden.
  virtual void Acked(const sluice_record&, const Ack&) {}
  // These offsets are stored now. Called only if overridden. A source frees its origin up to here,
  // and no further.
  virtual void Committed(const std::vector<CommittedOffset>&) {}
  // Any thread. WaitFor has been ended already; override it to end waits of your own.
  virtual void Stop() {}

 protected:
  const Logger& log() const { return log_; }
  // Memory that lives as long as the task: source partitions, offsets that never change.
  abi::Arena& arena() { return arena_; }
  const Value* MakeMap(std::initializer_list<std::pair<std::string_view, Value>> entries) {
    auto* copy = arena_.NewArray<sluice_map_entry>(entries.size());
    size_t count = 0;
    for (const auto& [key, value] : entries) {
      copy[count++] = {arena_.CopyString(key), abi::CopyValue(arena_, value)};
    }
    return arena_.New(abi::Map(copy, count));
  }
  // The stored offset of `partition`, a map, or nullptr. Borrowed until this call returns to the
  // worker.
  const Value* StoredOffset(const Value& partition) const {
    sluice_error error;
    const Value* offsets = nullptr;
    internal::ThrowIfFailed(
        host_->stored_offset(host_->context, &partition, 1, &offsets, internal::Prepare(error)),
        error, "Reading a stored offset");
    return IsNull(offsets[0]) ? nullptr : &offsets[0];
  }
  // The number under `name` in the stored offset; nothing if there is none.
  std::optional<int64_t> StoredNumber(const Value& partition, std::string_view name) const {
    const Value* offset = StoredOffset(partition);
    const Value* number = offset == nullptr ? nullptr : Find(*offset, name);
    if (number == nullptr || IsNull(*number)) return std::nullopt;
    if (number->kind < SLUICE_INT8 || number->kind > SLUICE_INT64) {
      throw ConnectException("The stored offset's ", name, " should be a whole number, but is a ",
                             abi::KindName(number->kind),
                             "; correct it with PATCH /connectors/<name>/offsets");
    }
    return number->as.int64;
  }
  // False: the task is being stopped.
  bool WaitFor(milliseconds time) const {
    std::unique_lock<std::mutex> lock(mutex_);
    stop_changed_.wait_for(lock, time, [this] { return stopping(); });
    return !stopping();
  }
  bool stopping() const { return stopping_.load(std::memory_order_acquire); }
  // This Poll's batch is the last: nothing will ever follow it.
  void Finish() { finished_ = true; }
  // With transaction.boundary=connector: ends the transaction after this Poll's batch, or after one
  // record of it.
  void CommitTransaction(size_t after_record = SIZE_MAX) const {
    EndTransaction(host_->transaction_commit, after_record);
  }
  void AbortTransaction(size_t after_record = SIZE_MAX) const {
    EndTransaction(host_->transaction_abort, after_record);
  }
  // The configuration once more, with config providers asked anew.
  Config ResolvedConfig() const {
    sluice_error error;
    sluice_config config{};
    internal::ThrowIfFailed(host_->config(host_->context, &config, internal::Prepare(error)), error,
                            "Resolving the configuration");
    return Config(config, table_);
  }

 private:
  template <typename T>
  friend class SourceCalls;
  void EndTransaction(sluice_code (*how)(void*, size_t), size_t after_record) const {
    if (how(host_->context, after_record) != SLUICE_OK) {
      throw UnsupportedException("The connector does not define its transactions here: set ",
                                 "transaction.boundary=connector and exactly-once support");
    }
  }
  void RequestStop() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_.store(true, std::memory_order_release);
    }
    stop_changed_.notify_all();
    Stop();
  }

  const sluice_source_host* host_ = nullptr;
  const ConfigTable* table_ = nullptr;
  Logger log_;
  abi::Arena arena_{1024};
  bool finished_ = false;

  mutable std::mutex mutex_;
  mutable std::condition_variable stop_changed_;
  std::atomic<bool> stopping_{false};
};

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_SOURCE_H_

// A log without a topic: what is appended is read back at once, inside the call. Standalone workers
// keep configurations and statuses in it; tests take it for the topic. Thread-safe; callbacks run
// on the caller's thread.
#ifndef SLUICE_RUNTIME_STORAGE_MEMORY_TOPIC_LOG_H_
#define SLUICE_RUNTIME_STORAGE_MEMORY_TOPIC_LOG_H_

#include <atomic>
#include <string>
#include <utility>

#include "runtime/storage/topic_log.h"

namespace sluice::storage {

class MemoryTopicLog : public TopicLog {
 public:
  Status Start(Reader reader, milliseconds) override {
    reader_ = std::move(reader);
    return OkStatus();
  }
  void Append(std::string key, std::optional<std::string> value, milliseconds, Done done) override {
    if (stopped_) return done(StoppedError());
    LogRecord record;
    record.key = key;
    if (value) record.value = *value;
    record.offset = next_offset_++;
    reader_(record);
    done(OkStatus());
  }
  void Barrier(milliseconds, Done done) override { done(stopped_ ? StoppedError() : OkStatus()); }
  void TakeBack() override {}  // everything is acknowledged at once
  void Stop() override { stopped_ = true; }

 private:
  Reader reader_;  // fixed by Start
  std::atomic<int64_t> next_offset_{0};
  std::atomic<bool> stopped_{false};
};

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_MEMORY_TOPIC_LOG_H_

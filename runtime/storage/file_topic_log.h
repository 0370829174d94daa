// A log in a file of Java's own format (java_map_file.h): where a standalone worker keeps source
// offsets (offset.storage.file.filename). Every append writes the whole file anew, under another
// name first, so that a crash leaves the old one or the new one. Thread-safe; callbacks run on the
// caller's thread, inside the call.
#ifndef SLUICE_RUNTIME_STORAGE_FILE_TOPIC_LOG_H_
#define SLUICE_RUNTIME_STORAGE_FILE_TOPIC_LOG_H_

#include <string>

#include "runtime/base/mutex.h"
#include "runtime/storage/java_map_file.h"
#include "runtime/storage/topic_log.h"

namespace sluice::storage {

class FileTopicLog : public TopicLog {
 public:
  explicit FileTopicLog(std::string path) : path_(std::move(path)) {}

  // A file that is missing or empty holds nothing. ConnectException if it cannot be read, or is
  // something else.
  Status Start(Reader reader, milliseconds timeout) override;
  void Append(std::string key, std::optional<std::string> value, milliseconds timeout,
              Done done) override;
  void TakeBack() override {}  // everything is acknowledged at once
  void Barrier(milliseconds timeout, Done done) override;
  void Stop() override;

 private:
  Status Save() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;
  Reader reader_;  // fixed by Start
  Mutex mutex_;
  JavaMap map_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_FILE_TOPIC_LOG_H_

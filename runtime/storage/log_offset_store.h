// The offset store over a log: the offsets topic in a group of workers, a file of Java's format
// (file_topic_log.h) in standalone mode. See offset_store.h for the contract. Holds the last offset
// of every partition of every connector.
#ifndef SLUICE_RUNTIME_STORAGE_LOG_OFFSET_STORE_H_
#define SLUICE_RUNTIME_STORAGE_LOG_OFFSET_STORE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/storage/offset_store.h"
#include "runtime/storage/topic_log.h"

namespace sluice::storage {

class LogOffsetStore : public OffsetStore {
 public:
  explicit LogOffsetStore(std::unique_ptr<TopicLog> log);
  ~LogOffsetStore() override;

  Status Start(milliseconds timeout) override;
  void Stop() override;
  StatusOr<std::vector<sluice_value>> Read(std::string_view connector,
                                           const std::vector<sluice_value>& partitions,
                                           abi::Arena& arena, milliseconds timeout) override;
  void Write(std::string_view connector, const std::vector<OffsetWrite>& offsets,
             milliseconds timeout, Done done) override;
  std::vector<StoredOffset> List(std::string_view connector) const override;
  void Refresh(milliseconds timeout, Done done) override;

 private:
  struct Entry {
    std::string key;  // the record's key, byte for byte
    int64_t timestamp = -1;
    std::string partition;  // its second element, as JSON text
    std::optional<std::string>
        offset;  // nothing: a tombstone; the key is remembered for the next write
  };
  void OnRecord(const LogRecord& record);

  const std::unique_ptr<TopicLog> log_;
  mutable Mutex mutex_;
  // By connector, then by record::PartitionKey.
  std::map<std::string, std::map<std::string, Entry>, std::less<>> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_LOG_OFFSET_STORE_H_

// A file that is open: the object of its values, and, on demand, those of its records' keys and
// headers, which share its name. One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_DATA_FILE_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_DATA_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/object_store_sink/format.h"
#include "connectors/object_store_sink/object_store.h"
#include "connectors/object_store_sink/side_values.h"

namespace sluice::object_store_sink {

// Which objects a file has: a format, or nullptr for none.
struct FileFormats {
  const Format* value = nullptr;
  const Format* key = nullptr;
  const Format* headers = nullptr;
};

class DataFile {
 public:
  // Throws DataException if a format has no form of the values' schemas, or the store no name as
  // long; then nothing was begun.
  DataFile(ObjectStore& store, const FileFormats& formats, const std::string& stem,
           const SideValue& value, const SideValue& key, const SideValue& headers);

  // One record, as with FileEncoder. Throws DataException.
  void Stage(const SideValue& value, const SideValue& key, const SideValue& headers);
  void Keep(int64_t offset);
  // Full parts. True: there were some. Throws StoreError; may be called again.
  bool Send();
  // All of it; may be called again after a StoreError. Objects that are finished stay so.
  void Finish(const FinishOptions& options);

  bool finished() const { return finished_; }
  int64_t first_offset() const { return first_offset_; }
  int64_t last_offset() const { return last_offset_; }
  int64_t count() const { return count_; }
  // Bytes in memory.
  size_t memory() const;
  uint64_t size() const;
  // Of the object that is written first: of the values if there are any.
  const std::string& name() const { return streams_.front()->name; }
  template <typename Body>
  void EachName(Body&& body) const {
    for (const auto& stream : streams_) body(stream->name);
  }
  // An object of our name is good as it is.
  void TakeAsFinished() { finished_ = true; }

 private:
  struct Stream : Output {
    void Append(std::string_view bytes) override { upload->Append(bytes); }
    std::string name;
    std::unique_ptr<Upload> upload;
    std::unique_ptr<FileEncoder> encoder;
    int role = 0;  // 0: values, 1: keys, 2: headers
    bool ended = false, done = false;
  };
  void Open(ObjectStore& store, const Format* format, int role, const std::string& stem,
            const SideValue& value);

  std::vector<std::unique_ptr<Stream>> streams_;
  int64_t first_offset_ = -1, last_offset_ = -1, count_ = 0;
  bool finished_ = false;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_DATA_FILE_H_

// Where files go: S3 and what speaks like it, or a local folder; a test's memory. One thread at a
// time. All failures are StoreErrors.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_OBJECT_STORE_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_OBJECT_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::object_store_sink {

using Metadata = std::vector<std::pair<std::string, std::string>>;

struct FinishOptions {
  bool only_if_absent = false;  // an object of the name is not overwritten: kExists
  Metadata metadata = {};       // kept with the object, if the store still can
};

struct ObjectInfo {
  uint64_t size = 0;
  Metadata metadata = {};
};

// An object that is being written. Nobody sees it before Finish returned. The destructor gives up
// what was not finished, and does not throw.
//
// What was appended stays in memory until the store has it, so that Send and Finish may be called
// again after a transient error, with the same effect as once.
class Upload {
 public:
  virtual ~Upload() = default;
  void Append(std::string_view bytes) {
    buffer_.append(bytes);
    size_ += bytes.size();
  }
  // Hands full parts to the store.
  virtual void Send() = 0;
  virtual void Finish(const FinishOptions& options) = 0;
  size_t buffered() const { return buffer_.size(); }
  // Bytes that it takes, with what the buffer has in reserve.
  size_t memory() const { return buffer_.capacity(); }
  uint64_t size() const { return size_; }

 protected:
  // What was sent, and its memory.
  void Drop(size_t sent) {
    if (sent == 0) return;
    std::string rest(std::string_view(buffer_).substr(sent));
    buffer_.swap(rest);  // an assignment of little would keep the memory
  }
  std::string buffer_;
  uint64_t size_ = 0;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  // Is the bucket there, and may we use it?
  virtual void Check() = 0;
  // Bytes of a name, and of a part of it between slashes.
  virtual size_t name_max() const { return 1024; }
  virtual size_t part_max() const { return 1024; }
  virtual std::unique_ptr<Upload> Begin(const std::string& name) = 0;
  // Nothing: no such object.
  virtual std::optional<ObjectInfo> Look(const std::string& name) = 0;
  virtual void Tag(const std::string& name, const Metadata& tags) = 0;
  // For texts: s3://bucket/name, file:///folder/name.
  virtual std::string Locate(const std::string& name) const = 0;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_OBJECT_STORE_H_

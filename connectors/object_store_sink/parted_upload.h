// An upload that goes by one call while it is small, and in parts of one size when it is not: what
// S3's and Azure's have in common. One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTED_UPLOAD_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTED_UPLOAD_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "connectors/object_store_sink/object_store.h"
#include "connectors/object_store_sink/store_error.h"

namespace sluice::object_store_sink {

class PartedUpload : public Upload {
 public:
  explicit PartedUpload(size_t part_size) : part_size_(part_size) {}

  // The last part waits for Finish, also if it is full.
  void Send() final {
    size_t sent = 0;
    try {
      for (; buffer_.size() - sent > part_size_; sent += part_size_) {
        SendPart(std::string_view(buffer_).substr(sent, part_size_));
      }
    } catch (const StoreError&) {
      buffer_.erase(0, sent);
      throw;
    }
    Drop(sent);
  }

  void Finish(const FinishOptions& options) final {
    if (finished_) return;
    if (!begun() && buffer_.size() <= part_size_) {
      PutWhole(options);
    } else {
      Send();
      if (!buffer_.empty()) {
        SendPart(buffer_);
        Drop(buffer_.size());
      }
      Complete(options);
    }
    finished_ = true;
    buffer_ = std::string();
  }

 protected:
  bool finished() const { return finished_; }
  // Whether the store knows of parts.
  virtual bool begun() const = 0;
  virtual void SendPart(std::string_view bytes) = 0;
  // The buffer, by one call.
  virtual void PutWhole(const FinishOptions& options) = 0;
  // Makes the object of the parts.
  virtual void Complete(const FinishOptions& options) = 0;

 private:
  const size_t part_size_;
  bool finished_ = false;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARTED_UPLOAD_H_

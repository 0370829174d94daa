#include "connectors/object_store_sink/s3_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "connectors/object_store_sink/digest.h"
#include "connectors/object_store_sink/parted_upload.h"
#include "connectors/object_store_sink/store_error.h"
#include "connectors/sdk/text.h"

namespace sluice::object_store_sink {
namespace {

// S3 has no part above this number. At the usual size that is 250 GB.
constexpr size_t kPartsMax = 10'000;
// Of an object's metadata: which upload has made it.
constexpr const char* kUpload = "sluice-upload";

class S3Upload : public PartedUpload {
 public:
  S3Upload(S3Client& client, std::string name)
      : PartedUpload(client.options().part_size), client_(client), name_(std::move(name)) {}
  ~S3Upload() override {
    if (id_.empty() || finished()) return;
    try {
      client_.AbortUpload(name_, id_);
    } catch (const std::exception&) {
      // Its parts stay until a lifecycle rule of the bucket removes them.
    }
  }

 private:
  bool begun() const override { return !id_.empty(); }
  void PutWhole(const FinishOptions& options) override {
    const bool heeded = client_.options().google;
    if (options.only_if_absent && !heeded && LookBefore()) ThrowExists();
    client_.PutObject(name_, buffer_, options);
  }
  void SendPart(std::string_view bytes) override {
    if (tags_.size() == kPartsMax) {
      throw StoreError(StoreErrorKind::kFatal,
                       sdk::Cat(name_, " would have more than ", kPartsMax,
                                " parts: make s3.part.size larger, or flush.size smaller"));
    }
    if (id_.empty()) {
      mark_ = RandomMark();
      id_ = client_.CreateUpload(name_, {{kUpload, mark_}});
    }
    tags_.push_back(client_.PutPart(name_, id_, static_cast<int>(tags_.size()) + 1, bytes));
  }

  // The answer to a completion that worked may be lost: then the upload is gone and its object is
  // there. One of the same size may be another's, as of a task that is not dead yet.
  void Complete(const FinishOptions& options) override {
    const bool google = client_.options().google;  // whose completion takes no condition
    if (options.only_if_absent) {
      if (const auto there = LookBefore()) {
        if (IsOurs(*there)) return;
        ThrowExists();
      }
    }
    try {
      client_.CompleteUpload(name_, id_, tags_, options.only_if_absent && !google);
    } catch (const StoreError& error) {
      if (error.kind() != StoreErrorKind::kGone) throw;
      const std::optional<ObjectInfo> there = Look();
      if (!there || !IsOurs(*there)) throw;
    }
  }

  // Servers that speak like S3 may take a condition and not heed it: then the object of a task that
  // is dead is overwritten by one that ends elsewhere. What another task writes at this moment
  // stays to the condition, and why a look is refused, to the write, whose answer has a text: but
  // for Google's completion, for which the look is all there is.
  std::optional<ObjectInfo> LookBefore() {
    try {
      return client_.HeadObject(name_);
    } catch (const StoreError& error) {
      if (error.kind() == StoreErrorKind::kTransient || client_.options().google) throw;
      return std::nullopt;
    }
  }

  std::optional<ObjectInfo> Look() {
    try {
      return client_.HeadObject(name_);
    } catch (const StoreError& error) {
      if (error.status() != 403) throw;  // without the right to list, that is a 404
      return std::nullopt;
    }
  }

  [[noreturn]] void ThrowExists() const {
    throw StoreError(StoreErrorKind::kExists, sdk::Cat(name_, " is there already"));
  }

  bool IsOurs(const ObjectInfo& object) const {
    if (object.size != size_) return false;
    const std::pair<std::string, std::string> mark(kUpload, mark_);
    return std::find(object.metadata.begin(), object.metadata.end(), mark) != object.metadata.end();
  }

  S3Client& client_;
  const std::string name_;
  std::string id_, mark_;
  std::vector<std::string> tags_;
};

}  // namespace

std::unique_ptr<Upload> S3Store::Begin(const std::string& name) {
  return std::make_unique<S3Upload>(client_, name);
}

std::string S3Store::Locate(const std::string& name) const {
  return sdk::Cat(client_.options().google ? "gs://" : "s3://", client_.options().bucket, "/",
                  name);
}

}  // namespace sluice::object_store_sink

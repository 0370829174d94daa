#include "connectors/object_store_sink/azure_store.h"

#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include "connectors/object_store_sink/digest.h"
#include "connectors/object_store_sink/parted_upload.h"
#include "connectors/object_store_sink/store_error.h"
#include "connectors/sdk/text.h"

namespace sluice::object_store_sink {
namespace {

// Azure has no more in a blob. At the usual size that is 1.3 TB.
constexpr size_t kBlocksMax = 50'000;

// What is given up needs no call: blocks that no list names are gone after a week, or once somebody
// finishes a blob of the name.
class AzureUpload : public PartedUpload {
 public:
  AzureUpload(AzureClient& client, std::string name)
      : PartedUpload(client.options().part_size), client_(client), name_(std::move(name)) {}

 private:
  bool begun() const override { return !blocks_.empty(); }
  void PutWhole(const FinishOptions& options) override { client_.PutBlob(name_, buffer_, options); }
  // If the answer to one that worked was lost, the same list again names the same blocks.
  void Complete(const FinishOptions& options) override {
    client_.PutBlockList(name_, blocks_, options);
  }
  void SendPart(std::string_view bytes) override {
    if (blocks_.size() == kBlocksMax) {
      throw StoreError(
          StoreErrorKind::kFatal,
          sdk::Cat(client_.Locate(name_), " would have more than ", kBlocksMax,
                   " blocks: make azure.datalake.gen2.part.size larger, or flush.size smaller"));
    }
    if (mark_.empty()) mark_ = RandomMark();
    char number[16];
    std::snprintf(number, sizeof number, "-%05zu", blocks_.size());
    std::string id = mark_ + number;
    client_.PutBlock(name_, id, bytes);
    blocks_.push_back(std::move(id));
  }

  AzureClient& client_;
  const std::string name_;
  // Tells our blocks from those of another writer of the name, as of a task that is not dead yet.
  std::string mark_;
  std::vector<std::string> blocks_;  // their ids
};

}  // namespace

std::unique_ptr<Upload> AzureStore::Begin(const std::string& name) {
  return std::make_unique<AzureUpload>(client_, name);
}

}  // namespace sluice::object_store_sink

// Objects as files of a local folder (store.url=file:///folder), under the bucket's name. A file
// appears whole, under its last name, and is on the disk when Finish returns. What a sync that
// failed has not written is lost for good, whatever the next one says: kGone. Drafts of writers
// that died are removed (local_draft.h). One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_LOCAL_STORE_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_LOCAL_STORE_H_

#include <functional>
#include <memory>
#include <string>

#include "connectors/object_store_sink/local_draft.h"
#include "connectors/object_store_sink/object_store.h"

namespace sluice::object_store_sink {

class LocalStore : public ObjectStore {
 public:
  using Sync = std::function<int(int descriptor)>;
  // `block`: how much a file holds in memory before it is written on; `sync`: fsync, but for a
  // test.
  LocalStore(std::string folder, std::string bucket, size_t block, Sync sync = nullptr);

  void Check() override;
  size_t part_max() const override { return 255; }
  std::unique_ptr<Upload> Begin(const std::string& name) override;
  std::optional<ObjectInfo> Look(const std::string& name) override;
  void Tag(const std::string&, const Metadata&) override {}
  std::string Locate(const std::string& name) const override {
    return "file://" + root_ + "/" + name;
  }

 private:
  const std::string folder_, root_;
  const size_t block_;
  const Sync sync_;
  const std::string mark_;  // of its drafts
  int count_ = 0;           // of files that were begun
  DeadDrafts dead_drafts_;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_LOCAL_STORE_H_

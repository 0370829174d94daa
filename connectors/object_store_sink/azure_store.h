// Files of Azure Data Lake Storage Gen2 (and blobs of accounts without its folders). One that is
// below the part size when it is finished is put by one call; a larger one by blocks, each sent as
// soon as it is full, and a list of them at the end, by which it appears whole. One thread at a
// time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_STORE_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_STORE_H_

#include <memory>
#include <string>

#include "connectors/object_store_sink/azure_client.h"
#include "connectors/object_store_sink/object_store.h"

namespace sluice::object_store_sink {

class AzureStore : public ObjectStore {
 public:
  // Takes over what the client needs to live.
  AzureStore(const AzureOptions& options, std::unique_ptr<HttpTransport> http,
             std::unique_ptr<CredentialsProvider> credentials, Clock clock,
             shared::StopSignal& stop)
      : http_(std::move(http)),
        credentials_(std::move(credentials)),
        client_(options, *http_, *credentials_, std::move(clock), stop) {}

  void Check() override { client_.HeadContainer(); }
  std::unique_ptr<Upload> Begin(const std::string& name) override;
  std::optional<ObjectInfo> Look(const std::string& name) override {
    return client_.HeadBlob(name);
  }
  void Tag(const std::string&, const Metadata&) override {}
  std::string Locate(const std::string& name) const override { return client_.Locate(name); }

 private:
  const std::unique_ptr<HttpTransport> http_;
  const std::unique_ptr<CredentialsProvider> credentials_;
  AzureClient client_;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_STORE_H_

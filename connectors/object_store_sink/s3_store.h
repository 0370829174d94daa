// Objects of S3. One that is below the part size when it is finished is put by one call; a larger
// one by parts, each sent as soon as it is full. One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_S3_STORE_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_S3_STORE_H_

#include <memory>
#include <string>

#include "connectors/object_store_sink/object_store.h"
#include "connectors/object_store_sink/s3_client.h"

namespace sluice::object_store_sink {

class S3Store : public ObjectStore {
 public:
  // Takes over what the client needs to live.
  S3Store(const S3Options& options, std::unique_ptr<HttpTransport> http,
          std::unique_ptr<CredentialsProvider> credentials, Clock clock, shared::StopSignal& stop)
      : http_(std::move(http)),
        credentials_(std::move(credentials)),
        client_(options, *http_, *credentials_, std::move(clock), stop) {}

  void Check() override { client_.HeadBucket(); }
  std::unique_ptr<Upload> Begin(const std::string& name) override;
  std::optional<ObjectInfo> Look(const std::string& name) override {
    return client_.HeadObject(name);
  }
  void Tag(const std::string& name, const Metadata& tags) override { client_.PutTags(name, tags); }
  std::string Locate(const std::string& name) const override;

 private:
  const std::unique_ptr<HttpTransport> http_;
  const std::unique_ptr<CredentialsProvider> credentials_;
  S3Client client_;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_S3_STORE_H_

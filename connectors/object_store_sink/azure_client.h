// The calls of Azure's Blob API that writing needs, each with retries for what may pass. Data Lake
// Storage Gen2 is the same storage by another API, whose calls cannot put a file whole. One thread
// at a time; a stop ends every wait. Failures are StoreErrors.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_CLIENT_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_CLIENT_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/object_store_sink/credentials.h"
#include "connectors/object_store_sink/http.h"
#include "connectors/object_store_sink/object_store.h"
#include "connectors/object_store_sink/retries.h"
#include "connectors/object_store_sink/uri.h"
#include "connectors/shared/stop_signal.h"

namespace sluice::object_store_sink {

struct AzureOptions {
  Endpoint endpoint;
  std::string account;
  std::string container;
  std::string sas = {};  // a query, escaped; then nothing else says who we are
  size_t part_size = 26214400;
  int retries = 3;  // of a call
  std::chrono::milliseconds retry_backoff{200};
};

class AzureClient {
 public:
  // Credentials are an account's key (in `secret`) or a token (in `bearer`).
  AzureClient(const AzureOptions& options, HttpTransport& http, CredentialsProvider& credentials,
              Clock clock, shared::StopSignal& stop);

  void HeadContainer();
  void PutBlob(const std::string& name, std::string_view body, const FinishOptions& finish);
  // A block is nobody's before a list names it. All ids of a blob have the same length.
  void PutBlock(const std::string& name, const std::string& id, std::string_view body);
  void PutBlockList(const std::string& name, const std::vector<std::string>& ids,
                    const FinishOptions& finish);
  std::optional<ObjectInfo> HeadBlob(const std::string& name);
  // For texts: abfs://container@account/name.
  std::string Locate(std::string_view name) const;

  const AzureOptions& options() const { return options_; }

 private:
  struct Call {
    std::string_view method;
    std::string name = {};  // "": the container
    Query query = {};
    Headers headers = {};
    std::string_view body = {};
  };
  // The answer of a success, or of a 404 to a HEAD; else throws.
  HttpResponse Run(const Call& call);
  HttpResponse Try(const Call& call);

  const AzureOptions options_;
  HttpTransport& http_;
  CredentialsProvider& credentials_;
  const Clock clock_;
  Retries retries_;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_CLIENT_H_

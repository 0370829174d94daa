// The calls of S3's REST API that writing needs, each with retries: s3.part.retries of them, with
// jittered exponential back-off, for what may pass. Google's XML API is the same with other words.
// One thread at a time; a stop ends every wait. Failures are StoreErrors.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_S3_CLIENT_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_S3_CLIENT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/object_store_sink/credentials.h"
#include "connectors/object_store_sink/http.h"
#include "connectors/object_store_sink/object_store.h"
#include "connectors/object_store_sink/retries.h"
#include "connectors/object_store_sink/signature.h"
#include "connectors/object_store_sink/uri.h"
#include "connectors/shared/stop_signal.h"

namespace sluice::object_store_sink {

struct S3Options {
  Endpoint endpoint;
  bool path_style = true;
  std::string bucket;
  std::string region = "us-west-2";
  std::string service = "s3";
  bool google = false;  // the dialect of signatures, headers and conditions
  size_t part_size = 26214400;
  int retries = 3;  // of a call
  std::chrono::milliseconds retry_backoff{200};
  bool send_digest = false;  // Content-MD5
  std::string acl = {};      // a canned one
  std::string sse_name = {}, sse_kms_key = {};
  std::string sse_customer_key = {};  // base64 of 32 bytes
};

class S3Client {
 public:
  S3Client(const S3Options& options, HttpTransport& http, CredentialsProvider& credentials,
           Clock clock, shared::StopSignal& stop);

  void HeadBucket();
  void PutObject(const std::string& name, std::string_view body, const FinishOptions& finish);
  // Answers the upload's id. The object will have this metadata.
  std::string CreateUpload(const std::string& name, const Metadata& metadata);
  // Numbers begin at 1. Answers the part's tag.
  std::string PutPart(const std::string& name, const std::string& id, int number,
                      std::string_view body);
  void CompleteUpload(const std::string& name, const std::string& id,
                      const std::vector<std::string>& tags, bool only_if_absent);
  // Tried once; of many in a row those behind one that got no answer, or that come too late, are
  // not: a rebalance waits for them.
  void AbortUpload(const std::string& name, const std::string& id);
  std::optional<ObjectInfo> HeadObject(const std::string& name);
  void PutTags(const std::string& name, const Metadata& tags);

  const S3Options& options() const { return options_; }

 private:
  struct Call {
    std::string_view method;
    std::string name = {};  // "": the bucket
    Query query = {};
    Headers headers = {};
    std::string_view body = {};
    bool clean_up = false;  // tried once, also after a stop
  };
  // The answer of a success, or of a 404 to a HEAD; else throws.
  HttpResponse Run(const Call& call);
  HttpResponse Try(const Call& call);
  void AddObjectHeaders(Headers& headers, const Metadata& metadata) const;
  void AddCustomerKey(Headers& headers) const;
  void AddDigest(Headers& headers, std::string_view body) const;
  void AddCondition(Headers& headers) const;
  std::string What(const Call& call) const;

  const S3Options options_;
  HttpTransport& http_;
  CredentialsProvider& credentials_;
  const Clock clock_;
  Retries retries_;
  // Of the aborts since the last other call.
  std::chrono::steady_clock::duration aborting_{};
  bool abort_unanswered_ = false;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_S3_CLIENT_H_

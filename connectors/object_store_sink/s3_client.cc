#include "connectors/object_store_sink/s3_client.h"

#include <cstdlib>
#include <utility>

#include "connectors/object_store_sink/digest.h"
#include "connectors/object_store_sink/s3_error.h"
#include "connectors/object_store_sink/store_error.h"
#include "connectors/object_store_sink/xml.h"
#include "connectors/sdk/text.h"
#include "connectors/shared/base64.h"
#include "connectors/shared/text.h"

namespace sluice::object_store_sink {
namespace {

constexpr int kCleanUpSeconds = 5;

const SignatureDialect& DialectOf(const S3Options& options) {
  return options.google ? kGoogle : kAws;
}

}  // namespace

S3Client::S3Client(const S3Options& options, HttpTransport& http, CredentialsProvider& credentials,
                   Clock clock, shared::StopSignal& stop)
    : options_(options),
      http_(http),
      credentials_(credentials),
      clock_(std::move(clock)),
      retries_(options.retries, options.retry_backoff, stop) {}

std::string S3Client::What(const Call& call) const {
  return sdk::Cat(call.method, " ", options_.google ? "gs://" : "s3://", options_.bucket,
                  call.name.empty() ? "" : "/", call.name);
}

HttpResponse S3Client::Run(const Call& call) {
  if (call.clean_up) return Try(call);
  return retries_.Run([&] { return Try(call); });
}

HttpResponse S3Client::Try(const Call& call) {
  HttpRequest request;
  request.method = call.method;
  request.body = call.body;
  if (call.clean_up) request.clean_up_s = kCleanUpSeconds;
  const std::string host = options_.path_style
                               ? options_.endpoint.host
                               : sdk::Cat(options_.bucket, ".", options_.endpoint.host);
  std::string path = options_.endpoint.base;
  if (options_.path_style) path += sdk::Cat("/", shared::PercentEncode(options_.bucket));
  if (!call.name.empty()) path += sdk::Cat("/", shared::PercentEncodePath(call.name));
  if (path.empty()) path = "/";
  const std::string query = EscapeQuery(call.query);
  request.url =
      sdk::Cat(options_.endpoint.scheme, "://", host, path, query.empty() ? "" : "?", query);
  request.headers = call.headers;
  request.headers.emplace_back("Host", host);
  const Credentials& credentials = credentials_.Get();
  if (!credentials.bearer.empty()) {
    request.headers.emplace_back("Authorization", sdk::Cat("Bearer ", credentials.bearer));
  } else {
    const std::string hash = Hex(Sha256(call.body));
    Sign(DialectOf(options_),
         {call.method, path, query, hash, options_.region, options_.service, clock_()}, credentials,
         request.headers);
  }
  HttpResponse answer = http_.Send(request);
  if (!call.clean_up) {
    aborting_ = {};
    abort_unanswered_ = false;
  }
  if (call.method == "HEAD" && answer.status == 404) return answer;
  // A completion may begin with 200 and fail behind it.
  const bool failed_late = answer.status == 200 && XmlRoot(answer.body) == "Error";
  if (answer.status >= 200 && answer.status < 300 && !failed_late) return answer;
  if (IsExpired(XmlText(answer.body, "Code"))) credentials_.Forget();
  throw ErrorOf(What(call), answer);
}

void S3Client::AddDigest(Headers& headers, std::string_view body) const {
  if (options_.send_digest) headers.emplace_back("Content-MD5", shared::Base64(Md5(body)));
}

void S3Client::AddCondition(Headers& headers) const {
  if (options_.google) {
    headers.emplace_back("x-goog-if-generation-match", "0");
  } else {
    headers.emplace_back("If-None-Match", "*");
  }
}

void S3Client::AddCustomerKey(Headers& headers) const {
  if (options_.sse_customer_key.empty()) return;
  const std::string prefix = "x-amz-server-side-encryption-customer-";
  headers.emplace_back(prefix + "algorithm", "AES256");
  headers.emplace_back(prefix + "key", options_.sse_customer_key);
  headers.emplace_back(
      prefix + "key-md5",
      shared::Base64(Md5(shared::FromBase64(options_.sse_customer_key).value_or(""))));
}

void S3Client::AddObjectHeaders(Headers& headers, const Metadata& metadata) const {
  const std::string prefix(DialectOf(options_).header_prefix);
  headers.emplace_back("Content-Type", "application/octet-stream");
  if (!options_.acl.empty()) headers.emplace_back(prefix + "acl", options_.acl);
  for (const auto& [key, value] : metadata) headers.emplace_back(prefix + "meta-" + key, value);
  AddCustomerKey(headers);
  if (options_.sse_name.empty()) return;
  headers.emplace_back("x-amz-server-side-encryption", options_.sse_name);
  if (!options_.sse_kms_key.empty()) {
    headers.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", options_.sse_kms_key);
  }
}

// Who may write objects need not be allowed to look at the bucket: a 403 is left to the first
// write, whose answer says more.
void S3Client::HeadBucket() {
  const Call call{"HEAD"};
  HttpResponse answer;
  try {
    answer = Run(call);
  } catch (const StoreError& error) {
    if (error.status() != 403) throw;
  }
  if (answer.status == 404) {
    throw StoreError(StoreErrorKind::kFatal,
                     sdk::Cat("There is no bucket ", options_.bucket, " at ",
                              options_.endpoint.scheme, "://", options_.endpoint.host));
  }
}

void S3Client::PutObject(const std::string& name, std::string_view body,
                         const FinishOptions& finish) {
  Call call{"PUT", name};
  call.body = body;
  AddObjectHeaders(call.headers, finish.metadata);
  AddDigest(call.headers, body);
  if (finish.only_if_absent) AddCondition(call.headers);
  Run(call);
}

std::string S3Client::CreateUpload(const std::string& name, const Metadata& metadata) {
  Call call{"POST", name, {{"uploads", ""}}};
  AddObjectHeaders(call.headers, metadata);
  std::string id = XmlText(Run(call).body, "UploadId");
  if (id.empty()) {
    throw StoreError(StoreErrorKind::kTransient, What(call) + ": the answer has no UploadId");
  }
  return id;
}

std::string S3Client::PutPart(const std::string& name, const std::string& id, int number,
                              std::string_view body) {
  Call call{"PUT", name, {{"partNumber", sdk::Cat(number)}, {"uploadId", id}}};
  call.body = body;
  AddCustomerKey(call.headers);
  AddDigest(call.headers, body);
  return std::string(Run(call).Header("etag"));
}

void S3Client::CompleteUpload(const std::string& name, const std::string& id,
                              const std::vector<std::string>& tags, bool only_if_absent) {
  std::string body = "<CompleteMultipartUpload>";
  for (size_t i = 0; i < tags.size(); ++i) {
    body += sdk::Cat("<Part><PartNumber>", i + 1, "</PartNumber><ETag>", XmlEscape(tags[i]),
                     "</ETag></Part>");
  }
  body += "</CompleteMultipartUpload>";
  Call call{"POST", name, {{"uploadId", id}}};
  call.body = body;
  call.headers.emplace_back("Content-Type", "application/xml");
  if (only_if_absent) AddCondition(call.headers);
  Run(call);
}

void S3Client::AbortUpload(const std::string& name, const std::string& id) {
  Call call{"DELETE", name, {{"uploadId", id}}};
  call.clean_up = true;
  if (abort_unanswered_ || aborting_ > std::chrono::seconds(kCleanUpSeconds)) return;
  const auto began = std::chrono::steady_clock::now();
  abort_unanswered_ = true;
  try {
    Run(call);
    abort_unanswered_ = false;
  } catch (const StoreError& error) {
    abort_unanswered_ = error.status() == 0;
    aborting_ += std::chrono::steady_clock::now() - began;
    throw;
  }
  aborting_ += std::chrono::steady_clock::now() - began;
}

std::optional<ObjectInfo> S3Client::HeadObject(const std::string& name) {
  Call call{"HEAD", name};
  AddCustomerKey(call.headers);
  const HttpResponse answer = Run(call);
  if (answer.status == 404) return std::nullopt;
  ObjectInfo out;
  out.size = std::strtoull(std::string(answer.Header("content-length")).c_str(), nullptr, 10);
  const std::string prefix = sdk::Cat(DialectOf(options_).header_prefix, "meta-");
  for (const auto& [key, value] : answer.headers) {
    if (key.starts_with(prefix)) out.metadata.emplace_back(key.substr(prefix.size()), value);
  }
  return out;
}

void S3Client::PutTags(const std::string& name, const Metadata& tags) {
  std::string body = "<Tagging><TagSet>";
  for (const auto& [key, value] : tags) {
    body +=
        sdk::Cat("<Tag><Key>", XmlEscape(key), "</Key><Value>", XmlEscape(value), "</Value></Tag>");
  }
  body += "</TagSet></Tagging>";
  Call call{"PUT", name, {{"tagging", ""}}};
  call.body = body;
  call.headers.emplace_back("Content-MD5", shared::Base64(Md5(body)));  // asked for by this call
  Run(call);
}

}  // namespace sluice::object_store_sink

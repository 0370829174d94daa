#include "connectors/object_store_sink/azure_client.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "connectors/object_store_sink/azure_error.h"
#include "connectors/object_store_sink/azure_signature.h"
#include "connectors/object_store_sink/store_error.h"
#include "connectors/sdk/text.h"
#include "connectors/shared/base64.h"
#include "connectors/shared/text.h"

namespace sluice::object_store_sink {
namespace {

constexpr const char* kVersion = "2021-12-02";
constexpr std::string_view kMeta = "x-ms-meta-";

// Names of metadata are identifiers there: no hyphens.
std::string Renamed(std::string name, char from, char to) {
  std::replace(name.begin(), name.end(), from, to);
  return name;
}

void AddFinish(Headers& headers, const FinishOptions& finish) {
  for (const auto& [key, value] : finish.metadata) {
    headers.emplace_back(sdk::Cat(kMeta, Renamed(key, '-', '_')), value);
  }
  if (finish.only_if_absent) headers.emplace_back("If-None-Match", "*");
}

}  // namespace

AzureClient::AzureClient(const AzureOptions& options, HttpTransport& http,
                         CredentialsProvider& credentials, Clock clock, shared::StopSignal& stop)
    : options_(options),
      http_(http),
      credentials_(credentials),
      clock_(std::move(clock)),
      retries_(options.retries, options.retry_backoff, stop) {}

std::string AzureClient::Locate(std::string_view name) const {
  return sdk::Cat("abfs://", options_.container, "@", options_.account, name.empty() ? "" : "/",
                  name);
}

HttpResponse AzureClient::Run(const Call& call) {
  return retries_.Run([&] {
    try {
      return Try(call);
    } catch (const StoreError& error) {
      if (error.status() != 401) throw;
      credentials_.Forget();  // a token may have been revoked: once with a new one
      return Try(call);
    }
  });
}

HttpResponse AzureClient::Try(const Call& call) {
  HttpRequest request;
  request.method = call.method;
  request.body = call.body;
  request.headers = call.headers;
  request.headers.emplace_back("x-ms-version", kVersion);
  std::string path =
      sdk::Cat(options_.endpoint.base, "/", shared::PercentEncode(options_.container));
  if (!call.name.empty()) path += sdk::Cat("/", shared::PercentEncodePath(call.name));
  std::string query = EscapeQuery(call.query);
  if (!options_.sas.empty()) {
    query += sdk::Cat(query.empty() ? "" : "&", options_.sas);
  } else {
    const Credentials& credentials = credentials_.Get();
    request.headers.emplace_back("x-ms-date", HttpDate(clock_()));
    if (!credentials.bearer.empty()) {
      request.headers.emplace_back("Authorization", sdk::Cat("Bearer ", credentials.bearer));
    } else {
      AzureSign(options_.account, credentials.secret,
                {request.method, path, call.query, call.body.size()}, request.headers);
    }
  }
  request.url = sdk::Cat(options_.endpoint.scheme, "://", options_.endpoint.host, path,
                         query.empty() ? "" : "?", query);
  HttpResponse answer = http_.Send(request);
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (call.method == "HEAD" && answer.status == 404) return answer;
  throw AzureErrorOf(sdk::Cat(call.method, " ", Locate(call.name)), answer);
}

// Who may write blobs need not be allowed to look at the container: that is left to the first
// write, whose answer says more. Who is nobody is told at once.
void AzureClient::HeadContainer() {
  HttpResponse answer;
  try {
    answer = Run({.method = "HEAD", .query = {{"restype", "container"}}});
  } catch (const StoreError& error) {
    const bool nobody =
        std::string_view(error.what()).find("AuthenticationFailed") != std::string_view::npos;
    if (error.status() != 403 || nobody) throw;
  }
  if (answer.status == 404) {
    throw StoreError(
        StoreErrorKind::kFatal,
        sdk::Cat("There is no container ", options_.container, " in the account ", options_.account,
                 " at ", options_.endpoint.scheme, "://", options_.endpoint.host));
  }
}

void AzureClient::PutBlob(const std::string& name, std::string_view body,
                          const FinishOptions& finish) {
  Call call{.method = "PUT", .name = name, .headers = {{"x-ms-blob-type", "BlockBlob"}}};
  call.body = body;
  AddFinish(call.headers, finish);
  Run(call);
}

void AzureClient::PutBlock(const std::string& name, const std::string& id, std::string_view body) {
  Run({.method = "PUT",
       .name = name,
       .query = {{"comp", "block"}, {"blockid", shared::Base64(id)}},
       .body = body});
}

void AzureClient::PutBlockList(const std::string& name, const std::vector<std::string>& ids,
                               const FinishOptions& finish) {
  std::string body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";
  for (const std::string& id : ids) body += sdk::Cat("<Latest>", shared::Base64(id), "</Latest>");
  body += "</BlockList>";
  Call call{.method = "PUT",
            .name = name,
            .query = {{"comp", "blocklist"}},
            .headers = {{"Content-Type", "application/xml"}},
            .body = body};
  AddFinish(call.headers, finish);
  Run(call);
}

std::optional<ObjectInfo> AzureClient::HeadBlob(const std::string& name) {
  const HttpResponse answer = Run({.method = "HEAD", .name = name});
  if (answer.status == 404) return std::nullopt;
  ObjectInfo out;
  out.size = std::strtoull(std::string(answer.Header("content-length")).c_str(), nullptr, 10);
  for (const auto& [key, value] : answer.headers) {
    if (!key.starts_with(kMeta)) continue;
    out.metadata.emplace_back(Renamed(key.substr(kMeta.size()), '_', '-'), value);
  }
  return out;
}

}  // namespace sluice::object_store_sink

#include "rest_api/peer_client.h"

#include <algorithm>
#include <utility>

#include "runtime/base/json.h"
#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

constexpr milliseconds kConnectTime{10'000};
constexpr size_t kResponseBytesMax = 64 << 20;

Status Failure(const std::string& url, std::string_view why) {
  return ConnectError(
      StrCat("The worker at ", url.substr(0, url.find('?')), " cannot be asked: ", why));
}

// An error of another worker's: its message; all of the body if it is not in the usual form.
Status RemoteError(const http::Response& response) {
  const auto body = ParseJson(response.body);
  const rapidjson::Value* message =
      body.ok() && body->IsObject() ? FindJsonMember(*body, "message") : nullptr;
  const std::string text =
      message != nullptr && message->IsString() ? std::string(JsonText(*message)) : response.body;
  constexpr size_t kTextMax = 1024;  // it goes into logs and traces
  return ConnectError(StrCat("The leader answered ", response.status, ": ",
                             ReplaceInvalidUtf8(text.substr(0, kTextMax)),
                             text.size() > kTextMax ? "..." : ""));
}

Response Answered(const StatusOr<http::Response>& answer, const std::string& base_url) {
  if (!answer.ok()) {
    return ErrorResponse(
        500, StrCat("IO Error trying to forward REST request: ", Message(answer.status())));
  }
  if (answer->status < 200 || (answer->status >= 300 && answer->status < 400)) {
    return ErrorResponse(
        500, StrCat("Unexpected status code when handling forwarded request: ", answer->status));
  }
  if (answer->status >= 400) {  // an error in the usual form, or made so
    const auto body = ParseJson(answer->body);
    if (!body.ok() || !body->IsObject()) return ErrorResponse(answer->status, answer->body);
  }
  Response response = JsonResponse(answer->status, answer->body);
  const std::string location(answer->Header("location"));
  if (const size_t path = location.find("/connectors"); path != std::string::npos) {
    response.headers.emplace_back("Location", base_url + location.substr(path));
  }
  return response;
}

// A path segment may hold what means something in a query.
std::string QueryEncode(std::string_view text) {
  std::string out;
  for (const char c : PercentEncode(text)) {
    c == '&' ? out += "%26" : c == '=' ? out += "%3D" : c == '+' ? out += "%2B" : out += c;
  }
  return out;
}

std::string ForwardedTarget(const Request& request) {
  std::string target;
  for (const std::string& segment : request.path) {
    StrAppend(target, target.empty() ? "" : "/", PercentEncode(segment));
  }
  // The first worker asks once more, the second one for the last time.
  StrAppend(target, "?forward=", request.Query("forward").empty() ? "true" : "false");
  for (const auto& [name, value] : request.query) {
    if (name == "forward") continue;
    StrAppend(target, "&", QueryEncode(name), "=", QueryEncode(value));
  }
  return target;
}

}  // namespace

PeerClient::PeerClient(std::shared_ptr<const tls::ClientContext> tls, milliseconds timeout)
    : has_tls_(tls != nullptr),
      client_(http::NewClient({.tls = std::move(tls),
                               .connect_timeout = std::min(timeout, kConnectTime),
                               .read_timeout = timeout,
                               .response_bytes_max = kResponseBytesMax})) {}
PeerClient::~PeerClient() = default;

void PeerClient::Send(http::Request request, http::Client::Done done) {
  if (request.url.starts_with("https:") && !has_tls_) {
    return done(Failure(request.url,
                        "this worker has no settings for https. Set listeners.https.ssl."
                        "truststore.location and its password"));
  }
  request.headers.emplace_back("User-Agent", "kafka-connect");
  request.headers.emplace_back("Accept", "application/json");
  if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  client_->Send(request, [url = request.url, done = std::move(done)](StatusOr<http::Response> got) {
    done(got.ok() ? std::move(got) : Failure(url, Message(got.status())));
  });
}

void PeerClient::Forward(const Request& request, const std::string& url, Reply reply) {
  const std::string_view forward = request.Query("forward");
  if (!forward.empty() && !EqualsIgnoreCase(forward, "true")) {
    return reply([url] { return ErrorResponse(herder::OtherWorkerError(url)); });
  }
  http::Request forwarded;
  forwarded.method = request.method;
  forwarded.url = StrCat(url, url.ends_with('/') ? "" : "/", ForwardedTarget(request));
  if (!request.authorization.empty()) {
    forwarded.headers.emplace_back("Authorization", request.authorization);
  }
  forwarded.body = request.body;
  Send(std::move(forwarded),
       [reply = std::move(reply), base_url = request.base_url](StatusOr<http::Response> answer) {
         reply([answer = std::move(answer), base_url] { return Answered(answer, base_url); });
       });
}

void PeerClient::PutTaskConfigs(const std::string& leader_url, const std::string& connector,
                                herder::SignedRequest request, herder::Done done) {
  http::Request put;
  put.method = "POST";
  put.url = StrCat(leader_url, leader_url.ends_with('/') ? "" : "/", "connectors/",
                   PercentEncode(connector), "/tasks?forward=true");
  if (request.signature) put.headers.emplace_back("X-Connect-Authorization", *request.signature);
  if (request.algorithm) {
    put.headers.emplace_back("X-Connect-Request-Signature-Algorithm", *request.algorithm);
  }
  put.body = std::move(request.body);
  Send(std::move(put), [done = std::move(done)](StatusOr<http::Response> answer) {
    if (!answer.ok()) return done(std::move(answer).status());
    done(answer->status >= 200 && answer->status < 300 ? OkStatus() : RemoteError(*answer));
  });
}

}  // namespace sluice::rest_api

#include "runtime/cluster/kafka_connection.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "runtime/base/text.h"
#include "runtime/cluster/kafka_bytes.h"
#include "runtime/cluster/kafka_error_code.h"
#include "runtime/cluster/sasl.h"

namespace sluice::cluster {
namespace {

using std::chrono::steady_clock;

constexpr size_t kReadPiece = 64 << 10;  // memory grows as bytes come, not as a length claims
constexpr int kSaslRoundsMax = 20;

// Secrets: the buffer of an authentication goes as soon as it is sent.
void Wipe(std::string& secret) { std::fill(secret.begin(), secret.end(), '\0'); }

}  // namespace

KafkaConnection::KafkaConnection(const KafkaContext& context, HostPort server)
    : context_(context), server_(std::move(server)) {}

net::awaitable<KafkaConnection::Opened> KafkaConnection::Open(const KafkaContext& context,
                                                              HostPort server, TimePoint deadline) {
  auto connection = std::make_shared<KafkaConnection>(context, std::move(server));
  const Status status = co_await connection->ConnectAndSecure(deadline);
  if (!status.ok()) co_return connection->Named(status);
  co_return connection;
}

net::awaitable<Status> KafkaConnection::ConnectAndSecure(TimePoint deadline) {
  const KafkaSettings& settings = context_.settings;
  Status status = co_await ConnectToAny(deadline);
  if (status.ok() && settings.tls != nullptr) {
    status = co_await stream_->StartTls(*settings.tls, server_.host, deadline);
  }
  if (status.ok() && settings.sasl != nullptr) status = co_await Authenticate(deadline);
  if (!status.ok()) Close();
  co_return status;
}

net::awaitable<Status> KafkaConnection::ConnectToAny(TimePoint deadline) {
  auto endpoints = co_await ResolveHost(context_.mailbox, server_, deadline);
  if (!endpoints.ok()) co_return endpoints.status();
  Status status = ConnectError("its name has no address");
  for (size_t i = 0; i < endpoints->size(); ++i) {
    const TimePoint now = steady_clock::now();
    const auto left = (deadline - now) / static_cast<int>(endpoints->size() - i);
    stream_ = std::make_shared<KafkaStream>(context_.io);
    status = co_await stream_->Connect((*endpoints)[i], now + left);
    if (status.ok()) break;
  }
  co_return status;
}

net::awaitable<StatusOr<std::string>> KafkaConnection::Exchange(KafkaApi api, std::string body,
                                                                TimePoint deadline) {
  if (authenticate_at_ && steady_clock::now() >= *authenticate_at_) {
    const Status status = co_await Authenticate(deadline);
    if (!status.ok()) {
      Close();
      co_return Named(status);
    }
  }
  StatusOr<std::string> answer = co_await Converse(api, std::move(body), deadline);
  if (!answer.ok()) {
    Close();
    co_return Named(answer.status());
  }
  co_return answer;
}

net::awaitable<StatusOr<std::string>> KafkaConnection::Converse(KafkaApi api, std::string body,
                                                                TimePoint deadline) {
  if (stream_ == nullptr) co_return ConnectError("the connection is closed");
  const std::shared_ptr<KafkaStream> stream = stream_;  // Close may drop ours meanwhile
  const int32_t id = ++correlation_id_;
  std::string request = EncodeKafkaRequest(api, id, context_.settings.client_id, body);
  Wipe(body);
  const Status sent = co_await stream->Write(request, deadline);
  Wipe(request);
  Status status = sent;
  if (status.ok()) {
    StatusOr<std::string> answer = co_await ReadFrame(id, deadline);
    if (answer.ok()) co_return answer;
    status = answer.status();
  }
  std::string text = StrCat(KafkaApiName(api), ": ", Message(status));
  if (IsRetriable(status)) co_return TimeoutError(text);
  if (id == 1) text += ". Is security.protocol that of the listener?";
  co_return ConnectError(text);
}

net::awaitable<StatusOr<std::string>> KafkaConnection::ReadFrame(int32_t correlation_id,
                                                                 TimePoint deadline) {
  const std::shared_ptr<KafkaStream> stream = stream_;
  char prefix[8];
  const Status started = co_await stream->Read(prefix, sizeof prefix, deadline);
  if (!started.ok()) co_return started;
  KafkaReader in("The response", std::string_view(prefix, sizeof prefix));
  const int32_t size = in.Int32("length"), id = in.Int32("correlation_id");
  if (size < 4 || size > kKafkaResponseBytesMax) {
    co_return ConnectError(StrCat("an answer of ", size, " bytes is none of a Kafka broker"));
  }
  if (id != correlation_id) {
    co_return ConnectError(StrCat("the answer is to request ", id, ", expected ", correlation_id));
  }
  std::string body;
  const size_t total = static_cast<size_t>(size) - 4;
  while (body.size() < total) {
    const size_t at = body.size();
    const size_t piece = std::min(total - at, std::max(kReadPiece, at));
    body.resize(at + piece);
    const Status read = co_await stream->Read(body.data() + at, piece, deadline);
    if (!read.ok()) co_return read;
  }
  co_return body;
}

net::awaitable<Status> KafkaConnection::Handshake(TimePoint deadline) {
  const std::string& mechanism = context_.settings.sasl->name();
  SaslHandshakeRequest request;
  request.mechanism = mechanism;
  std::string encoded = request.Encode();
  StatusOr<std::string> body =
      co_await Converse(SaslHandshakeRequest::kApi, std::move(encoded), deadline);
  if (!body.ok()) co_return body.status();
  const auto response = SaslHandshakeResponse::Decode(*body);
  if (!response.ok()) co_return response.status();
  if (response->error == 0) co_return OkStatus();
  co_return ConnectError(StrCat("the listener does not take sasl.mechanism=", mechanism, " (",
                                KafkaErrorName(response->error), "); it has ",
                                StrJoin(response->mechanisms, ", ")));
}

net::awaitable<Status> KafkaConnection::Authenticate(TimePoint deadline) {
  authenticate_at_.reset();
  const Status shaken = co_await Handshake(deadline);
  if (!shaken.ok()) co_return shaken;
  auto made = context_.settings.sasl->NewSession(server_.host);
  if (!made.ok()) co_return made.status();
  const std::shared_ptr<SaslSession> session = *std::move(made);
  std::optional<std::string> challenge;
  for (int round = 0; round < kSaslRoundsMax; ++round) {
    StatusOr<std::string> token = co_await NextToken(session, challenge, deadline);
    if (!token.ok()) co_return token.status();
    if (round > 0 && session->done() && token->empty()) co_return OkStatus();
    SaslAuthenticateRequest request;
    request.bytes = *std::move(token);
    std::string encoded = request.Encode();
    Wipe(request.bytes);
    StatusOr<std::string> body =
        co_await Converse(SaslAuthenticateRequest::kApi, std::move(encoded), deadline);
    if (!body.ok()) co_return body.status();
    auto response = SaslAuthenticateResponse::Decode(*body);
    if (!response.ok()) co_return response.status();
    if (response->error != 0) {
      co_return ConnectError(StrCat(
          "authentication with sasl.mechanism=", context_.settings.sasl->name(), " failed (",
          KafkaErrorName(response->error), "): ",
          response->error_message.empty() ? "the broker says no more" : response->error_message));
    }
    PlanToAuthenticateAgain(response->session_lifetime_ms);
    if (session->done()) co_return OkStatus();
    challenge = std::move(response->bytes);
  }
  co_return ConnectError("the broker never ends the authentication");
}

net::awaitable<StatusOr<std::string>> KafkaConnection::NextToken(
    std::shared_ptr<SaslSession> session, std::optional<std::string> challenge,
    TimePoint deadline) {
  std::function<StatusOr<std::string>()> work = [session, challenge] {
    return challenge ? session->Answer(*challenge) : session->Begin();
  };
  if (!context_.settings.sasl->blocks()) co_return work();
  std::string what = StrCat("sasl.mechanism=", context_.settings.sasl->name());
  co_return co_await RunBlocking<std::string>(context_.mailbox, std::move(what), std::move(work),
                                              deadline);
}

// At 85 % of the session, as Java's clients do at 85 to 95.
void KafkaConnection::PlanToAuthenticateAgain(int64_t session_lifetime_ms) {
  if (session_lifetime_ms <= 0) return;
  const int64_t lifetime = std::min<int64_t>(session_lifetime_ms, 7 * 86'400'000LL);
  authenticate_at_ = steady_clock::now() + milliseconds(lifetime * 85 / 100);
}

void KafkaConnection::Close() {
  if (stream_ != nullptr) stream_->Close();
}

Status KafkaConnection::Named(const Status& status) const {
  std::string text = StrCat("Broker ", ToString(server_), ": ", Message(status));
  return IsRetriable(status) ? TimeoutError(text) : ConnectError(text);
}

}  // namespace sluice::cluster

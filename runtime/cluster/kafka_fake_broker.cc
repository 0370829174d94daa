#include "runtime/cluster/kafka_fake_broker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "runtime/cluster/kafka_bytes.h"
#include "runtime/cluster/kafka_error_code.h"

namespace sluice::cluster {
namespace {

constexpr std::chrono::seconds kPatience{20};

bool ReadAll(int socket, char* into, size_t size) {
  while (size > 0) {
    const ssize_t got = recv(socket, into, size, 0);
    if (got <= 0) return false;
    into += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

bool WriteAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void ReadPairs(KafkaReader& in, std::vector<std::pair<std::string, std::string>>& out) {
  for (size_t left = in.Count("pairs", 6); left > 0 && in.ok(); --left) {
    std::string name = in.String("name");
    out.emplace_back(std::move(name), in.Bytes("bytes"));
  }
}

FakeRequest Decode(KafkaApi api, KafkaReader& in) {
  FakeRequest request;
  request.api = api;
  const bool grouped = api == KafkaApi::kJoinGroup || api == KafkaApi::kSyncGroup ||
                       api == KafkaApi::kHeartbeat || api == KafkaApi::kLeaveGroup ||
                       api == KafkaApi::kFindCoordinator;
  if (grouped) request.group_id = in.String("group_id");
  if (api == KafkaApi::kJoinGroup) {
    request.session_timeout_ms = in.Int32("session_timeout_ms");
    request.rebalance_timeout_ms = in.Int32("rebalance_timeout_ms");
    request.member_id = in.String("member_id");
    in.NullableString("group_instance_id");
    request.protocol_type = in.String("protocol_type");
    ReadPairs(in, request.protocols);
  } else if (api == KafkaApi::kSyncGroup || api == KafkaApi::kHeartbeat) {
    request.generation = in.Int32("generation_id");
    request.member_id = in.String("member_id");
    in.NullableString("group_instance_id");
    if (api == KafkaApi::kSyncGroup) ReadPairs(in, request.assignments);
  } else if (api == KafkaApi::kLeaveGroup) {
    in.Count("members", 1);
    request.member_id = in.String("member_id");
    in.NullableString("group_instance_id");
  } else if (api == KafkaApi::kSaslHandshake) {
    request.bytes = in.String("mechanism");
  } else if (api == KafkaApi::kSaslAuthenticate) {
    request.bytes = in.Bytes("auth_bytes");
  }
  return request;
}

std::string Framed(int32_t correlation_id, std::string_view body) {
  KafkaWriter out;
  out.Int32(static_cast<int32_t>(4 + body.size()));
  out.Int32(correlation_id);
  return out.Take().append(body);
}

}  // namespace

KafkaFakeBroker::KafkaFakeBroker() {
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 16) != 0) {
    std::abort();
  }
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  coordinator_ = this->address();
  accepting_ = std::thread([this] { Accept(); });
}

void KafkaFakeBroker::Stop() {
  {
    MutexLock lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    for (const Connection& connection : connections_) shutdown(connection.socket, SHUT_RDWR);
    changed_.NotifyAll();
  }
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  close(listener_);
  std::list<Connection> connections;
  {
    MutexLock lock(mutex_);
    connections.swap(connections_);
  }
  for (Connection& connection : connections) {
    connection.thread.join();
    close(connection.socket);
  }
}

void KafkaFakeBroker::Accept() {
  while (true) {
    const int socket = accept(listener_, nullptr, nullptr);
    MutexLock lock(mutex_);
    if (stopping_ || socket < 0) {
      if (socket >= 0) close(socket);
      return;
    }
    Connection& connection = connections_.emplace_back();
    connection.socket = socket;
    connection.thread = std::thread([this, socket] { Serve(socket); });
  }
}

void KafkaFakeBroker::Serve(int socket) {
  while (ServeOne(socket)) {
  }
  shutdown(socket, SHUT_RDWR);
}

bool KafkaFakeBroker::ServeOne(int socket) {
  char prefix[4];
  if (!ReadAll(socket, prefix, sizeof prefix)) return false;
  KafkaReader length("request", std::string_view(prefix, sizeof prefix));
  std::string bytes(static_cast<size_t>(length.Int32("length")), '\0');
  if (!ReadAll(socket, bytes.data(), bytes.size())) return false;
  KafkaReader in("request", bytes);
  const auto api = static_cast<KafkaApi>(in.Int16("api_key"));
  const int16_t version = in.Int16("api_version");
  const int32_t correlation_id = in.Int32("correlation_id");
  const std::string client_id = in.String("client_id");
  FakeRequest request = Decode(api, in);
  if (!in.ok() || version != KafkaApiVersion(api)) return false;
  request.client_id = client_id;
  return Respond(socket, correlation_id, request);
}

bool KafkaFakeBroker::Respond(int socket, int32_t correlation_id, const FakeRequest& request) {
  Reaction reaction;
  std::string body;
  {
    MutexLock lock(mutex_);
    requests_.push_back(request);
    changed_.NotifyAll();
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (held_.contains(request.api) && !stopping_ && changed_.WaitUntil(mutex_, deadline)) {
    }
    if (stopping_) return false;
    reaction = NextReaction(request.api);
    body = reaction.kind == Reaction::kBody     ? reaction.raw
           : reaction.kind == Reaction::kAnswer ? Body(request, Check(request))
                                                : Body(request, reaction.error);
  }
  switch (reaction.kind) {
    case Reaction::kDisconnect:
      return false;
    case Reaction::kSilence:
      return true;
    case Reaction::kRaw:
      WriteAll(socket, reaction.raw);
      return false;
    case Reaction::kAnswer:
    case Reaction::kError:
    case Reaction::kBody:
      break;
  }
  return WriteAll(socket, Framed(correlation_id, body));
}

KafkaFakeBroker::Reaction KafkaFakeBroker::NextReaction(KafkaApi api) {
  std::deque<Reaction>& queue = next_[api];
  if (queue.empty()) return always_[api];
  Reaction reaction = std::move(queue.front());
  queue.pop_front();
  return reaction;
}

// What a coordinator says to it.
int16_t KafkaFakeBroker::Check(const FakeRequest& request) {
  switch (request.api) {
    case KafkaApi::kJoinGroup:
      if (request.member_id.empty()) return kMemberIdRequired;
      if (!members_.contains(request.member_id)) return kUnknownMemberId;
      return kNone;
    case KafkaApi::kSyncGroup:
    case KafkaApi::kHeartbeat:
      if (!members_.contains(request.member_id)) return kUnknownMemberId;
      if (request.generation != generation_) return kIllegalGeneration;
      return rejoin_ ? kRebalanceInProgress : kNone;
    case KafkaApi::kLeaveGroup:
      return members_.erase(request.member_id) == 1 ? kNone : kUnknownMemberId;
    default:
      return kNone;
  }
}

std::string KafkaFakeBroker::JoinBody(const FakeRequest& request, int16_t error) {
  std::string member = request.member_id;
  if (error == kMemberIdRequired) {
    member = "member-" + std::to_string(++named_);
    members_.insert(member);
  }
  if (error == kNone) {
    ++generation_;
    rejoin_ = false;
  }
  const std::string leader = error != kNone ? "" : leader_.empty() ? member : leader_;
  KafkaWriter out;
  out.Int32(0);  // throttle_time_ms
  out.Int16(error);
  out.Int32(error == kNone ? generation_ : -1);
  out.String(error == kNone && !request.protocols.empty() ? request.protocols.front().first : "");
  out.String(leader);
  out.String(member);
  out.Count(error == kNone && leader == member ? 1 : 0);
  if (error == kNone && leader == member) {
    out.String(member);
    out.NullString();
    out.Bytes(request.protocols.empty() ? "" : request.protocols.front().second);
  }
  return out.Take();
}

std::string KafkaFakeBroker::Body(const FakeRequest& request, int16_t error) {
  if (request.api == KafkaApi::kJoinGroup) return JoinBody(request, error);
  KafkaWriter out;
  const bool sasl =
      request.api == KafkaApi::kSaslHandshake || request.api == KafkaApi::kSaslAuthenticate;
  if (!sasl) out.Int32(0);  // throttle_time_ms
  if (request.api != KafkaApi::kMetadata) out.Int16(error);
  switch (request.api) {
    case KafkaApi::kFindCoordinator:
      out.NullString();  // error_message
      out.Int32(error == kNone ? 1 : -1);
      out.String(error == kNone ? coordinator_.host : "");
      out.Int32(error == kNone ? coordinator_.port : -1);
      break;
    case KafkaApi::kMetadata:
      out.Count(0);      // brokers
      out.NullString();  // cluster_id
      out.Int32(1);      // controller_id
      out.Count(0);      // topics
      break;
    case KafkaApi::kSyncGroup:
      for (const auto& [member, assignment] : request.assignments) {
        if (member == request.member_id) return out.Bytes(assignment), out.Take();
      }
      out.Bytes(error == kNone ? "from the leader" : "");
      break;
    case KafkaApi::kLeaveGroup:
      out.Count(0);
      break;
    case KafkaApi::kSaslHandshake:
      out.Count(1);
      out.String("PLAIN");
      break;
    case KafkaApi::kSaslAuthenticate:
      out.NullString();
      out.Bytes("");
      out.Int64(error == kNone ? session_lifetime_ms_ : 0);
      break;
    default:
      break;
  }
  return out.Take();
}

void KafkaFakeBroker::Next(KafkaApi api, Reaction reaction) {
  MutexLock lock(mutex_);
  next_[api].push_back(std::move(reaction));
}
void KafkaFakeBroker::Always(KafkaApi api, Reaction reaction) {
  MutexLock lock(mutex_);
  always_[api] = std::move(reaction);
}
void KafkaFakeBroker::Hold(KafkaApi api) {
  MutexLock lock(mutex_);
  held_.insert(api);
}
void KafkaFakeBroker::Release(KafkaApi api) {
  MutexLock lock(mutex_);
  held_.erase(api);
  changed_.NotifyAll();
}
void KafkaFakeBroker::SetCoordinator(HostPort address) {
  MutexLock lock(mutex_);
  coordinator_ = std::move(address);
}
void KafkaFakeBroker::Lead(std::string leader_id) {
  MutexLock lock(mutex_);
  leader_ = std::move(leader_id);
}
void KafkaFakeBroker::AskToRejoin() {
  MutexLock lock(mutex_);
  rejoin_ = true;
}
void KafkaFakeBroker::Expel() {
  MutexLock lock(mutex_);
  members_.clear();
}
void KafkaFakeBroker::Adopt(const KafkaFakeBroker& other) {
  std::set<std::string> members;
  int32_t generation = 0;
  {
    MutexLock lock(other.mutex_);
    members = other.members_;
    generation = other.generation_;
  }
  MutexLock lock(mutex_);
  members_ = std::move(members);
  generation_ = generation;
}
void KafkaFakeBroker::set_session_lifetime_ms(int64_t lifetime) {
  MutexLock lock(mutex_);
  session_lifetime_ms_ = lifetime;
}

bool KafkaFakeBroker::WaitFor(KafkaApi api, size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  MutexLock lock(mutex_);
  while (CountLocked(api) < count && changed_.WaitUntil(mutex_, deadline)) {
  }
  return CountLocked(api) >= count;
}

size_t KafkaFakeBroker::CountLocked(KafkaApi api) const {
  size_t count = 0;
  for (const FakeRequest& one : requests_) count += one.api == api ? 1 : 0;
  return count;
}

std::vector<FakeRequest> KafkaFakeBroker::Requests(KafkaApi api) const {
  MutexLock lock(mutex_);
  std::vector<FakeRequest> found;
  for (const FakeRequest& one : requests_) {
    if (one.api == api) found.push_back(one);
  }
  return found;
}

}  // namespace sluice::cluster

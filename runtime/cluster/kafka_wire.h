// The requests that a member of a group makes, and the answers to them, byte for byte; no I/O. For
// the group client and its fakes. Pure functions, any thread.
//
// Each in the version that brokers from 2.4 (LeaveGroup v3) to 4.3 speak, none of them a flexible
// one. A request is int32 length, int16 api key, int16 version, int32 correlation id, string client
// id, body; a response int32 length, int32 correlation id, body.
#ifndef SLUICE_RUNTIME_CLUSTER_KAFKA_WIRE_H_
#define SLUICE_RUNTIME_CLUSTER_KAFKA_WIRE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/status.h"

namespace sluice::cluster {

enum class KafkaApi : int16_t {
  kMetadata = 3,
  kFindCoordinator = 10,
  kJoinGroup = 11,
  kHeartbeat = 12,
  kLeaveGroup = 13,
  kSyncGroup = 14,
  kSaslHandshake = 17,
  kSaslAuthenticate = 36,
};
std::string_view KafkaApiName(KafkaApi api);
int16_t KafkaApiVersion(KafkaApi api);  // the one that we speak

// No answer is larger: a length above it is that of something else than a Kafka broker.
inline constexpr int32_t kKafkaResponseBytesMax = 64 << 20;

// With the length in front.
std::string EncodeKafkaRequest(KafkaApi api, int32_t correlation_id, std::string_view client_id,
                               std::string_view body);

// Decode errors (ConnectException) say which field is cut off or makes no sense.

struct HostPort {
  std::string host;
  uint16_t port = 0;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};
std::string ToString(const HostPort& address);  // host:port, an IPv6 address in brackets

// The brokers of the cluster, without any topic.
struct MetadataResponse {
  std::vector<HostPort> brokers;
  static StatusOr<MetadataResponse> Decode(std::string_view body);
};
struct MetadataRequest {
  static constexpr KafkaApi kApi = KafkaApi::kMetadata;
  using Response = MetadataResponse;
  std::string Encode() const;
};

struct FindCoordinatorResponse {
  int16_t error = 0;
  HostPort address;
  static StatusOr<FindCoordinatorResponse> Decode(std::string_view body);
};
struct FindCoordinatorRequest {
  static constexpr KafkaApi kApi = KafkaApi::kFindCoordinator;
  using Response = FindCoordinatorResponse;
  std::string group_id;
  std::string Encode() const;
};

struct JoinGroupResponse {
  struct Member {
    std::string id, metadata;
  };
  int16_t error = 0;
  int32_t generation = -1;
  std::string protocol, leader_id, member_id;
  std::vector<Member> members;
  static StatusOr<JoinGroupResponse> Decode(std::string_view body);
};
struct JoinGroupRequest {
  static constexpr KafkaApi kApi = KafkaApi::kJoinGroup;
  using Response = JoinGroupResponse;
  std::string group_id;
  int32_t session_timeout_ms = 0, rebalance_timeout_ms = 0;
  std::string member_id, protocol_type;
  std::vector<std::pair<std::string, std::string>> protocols;  // name, metadata
  std::string Encode() const;
};

struct SyncGroupResponse {
  int16_t error = 0;
  std::string assignment;
  static StatusOr<SyncGroupResponse> Decode(std::string_view body);
};
struct SyncGroupRequest {
  static constexpr KafkaApi kApi = KafkaApi::kSyncGroup;
  using Response = SyncGroupResponse;
  std::string group_id;
  int32_t generation = -1;
  std::string member_id;
  std::vector<std::pair<std::string, std::string>> assignments;  // member id, bytes
  std::string Encode() const;
};

struct HeartbeatResponse {
  int16_t error = 0;
  static StatusOr<HeartbeatResponse> Decode(std::string_view body);
};
struct HeartbeatRequest {
  static constexpr KafkaApi kApi = KafkaApi::kHeartbeat;
  using Response = HeartbeatResponse;
  std::string group_id;
  int32_t generation = -1;
  std::string member_id;
  std::string Encode() const;
};

struct LeaveGroupResponse {
  int16_t error = 0;  // of the whole, or of the one member
  static StatusOr<LeaveGroupResponse> Decode(std::string_view body);
};
struct LeaveGroupRequest {
  static constexpr KafkaApi kApi = KafkaApi::kLeaveGroup;
  using Response = LeaveGroupResponse;
  std::string group_id, member_id;
  std::string Encode() const;
};

struct SaslHandshakeResponse {
  int16_t error = 0;
  std::vector<std::string> mechanisms;  // that the broker has
  static StatusOr<SaslHandshakeResponse> Decode(std::string_view body);
};
struct SaslHandshakeRequest {
  static constexpr KafkaApi kApi = KafkaApi::kSaslHandshake;
  using Response = SaslHandshakeResponse;
  std::string mechanism;
  std::string Encode() const;
};

struct SaslAuthenticateResponse {
  int16_t error = 0;
  std::string error_message, bytes;
  int64_t session_lifetime_ms = 0;  // 0: for ever
  static StatusOr<SaslAuthenticateResponse> Decode(std::string_view body);
};
struct SaslAuthenticateRequest {
  static constexpr KafkaApi kApi = KafkaApi::kSaslAuthenticate;
  using Response = SaslAuthenticateResponse;
  std::string bytes;  // a secret
  std::string Encode() const;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_KAFKA_WIRE_H_

#include "runtime/cluster/kafka_wire.h"

#include "runtime/base/text.h"
#include "runtime/cluster/kafka_bytes.h"

namespace sluice::cluster {
namespace {

constexpr int8_t kGroupKey = 0;  // of FindCoordinator: a group's, not a transaction's

// A port that no TCP has makes no sense either.
StatusOr<HostPort> ToAddress(std::string_view what, std::string host, int32_t port) {
  if (host.empty() || port < 1 || port > 65535) {
    return ConnectError(StrCat(what, ": field port: ", host, ":", port, " is no address"));
  }
  return HostPort{std::move(host), static_cast<uint16_t>(port)};
}

}  // namespace

std::string_view KafkaApiName(KafkaApi api) {
  switch (api) {
    case KafkaApi::kMetadata:
      return "Metadata";
    case KafkaApi::kFindCoordinator:
      return "FindCoordinator";
    case KafkaApi::kJoinGroup:
      return "JoinGroup";
    case KafkaApi::kHeartbeat:
      return "Heartbeat";
    case KafkaApi::kLeaveGroup:
      return "LeaveGroup";
    case KafkaApi::kSyncGroup:
      return "SyncGroup";
    case KafkaApi::kSaslHandshake:
      return "SaslHandshake";
    case KafkaApi::kSaslAuthenticate:
      return "SaslAuthenticate";
  }
  return "?";
}

int16_t KafkaApiVersion(KafkaApi api) {
  switch (api) {
    case KafkaApi::kMetadata:
    case KafkaApi::kJoinGroup:
      return 5;
    case KafkaApi::kFindCoordinator:
      return 2;
    case KafkaApi::kHeartbeat:
    case KafkaApi::kLeaveGroup:
    case KafkaApi::kSyncGroup:
      return 3;
    case KafkaApi::kSaslHandshake:
    case KafkaApi::kSaslAuthenticate:
      return 1;
  }
  return 0;
}

std::string EncodeKafkaRequest(KafkaApi api, int32_t correlation_id, std::string_view client_id,
                               std::string_view body) {
  KafkaWriter out;
  out.Int32(static_cast<int32_t>(2 + 2 + 4 + 2 + client_id.size() + body.size()));
  out.Int16(static_cast<int16_t>(api));
  out.Int16(KafkaApiVersion(api));
  out.Int32(correlation_id);
  out.String(client_id);
  return out.Take().append(body);
}

std::string ToString(const HostPort& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return v6 ? StrCat("[", address.host, "]:", address.port)
            : StrCat(address.host, ":", address.port);
}

std::string MetadataRequest::Encode() const {
  KafkaWriter out;
  out.Count(0);  // no topic
  out.Int8(0);   // allow_auto_topic_creation
  return out.Take();
}

StatusOr<MetadataResponse> MetadataResponse::Decode(std::string_view body) {
  MetadataResponse response;
  KafkaReader in("The Metadata response", body);
  in.Int32("throttle_time_ms");
  for (size_t left = in.Count("brokers", 12); left > 0 && in.ok(); --left) {
    in.Int32("node_id");
    std::string host = in.String("host");
    const int32_t port = in.Int32("port");
    in.NullableString("rack");
    if (!in.ok()) break;
    SLUICE_ASSIGN_OR_RETURN(HostPort address,
                            ToAddress("The Metadata response", std::move(host), port));
    response.brokers.push_back(std::move(address));
  }
  in.NullableString("cluster_id");
  in.Int32("controller_id");
  if (in.Count("topics", 1) > 0) {
    return ConnectError("The Metadata response: field topics is not empty, and none was asked for");
  }
  SLUICE_RETURN_IF_ERROR(in.Finish());
  return response;
}

std::string FindCoordinatorRequest::Encode() const {
  KafkaWriter out;
  out.String(group_id);
  out.Int8(kGroupKey);
  return out.Take();
}

StatusOr<FindCoordinatorResponse> FindCoordinatorResponse::Decode(std::string_view body) {
  FindCoordinatorResponse response;
  KafkaReader in("The FindCoordinator response", body);
  in.Int32("throttle_time_ms");
  response.error = in.Int16("error_code");
  in.NullableString("error_message");
  in.Int32("node_id");
  std::string host = in.String("host");
  const int32_t port = in.Int32("port");
  SLUICE_RETURN_IF_ERROR(in.Finish());
  if (response.error != 0) return response;
  SLUICE_ASSIGN_OR_RETURN(response.address,
                          ToAddress("The FindCoordinator response", std::move(host), port));
  return response;
}

std::string JoinGroupRequest::Encode() const {
  KafkaWriter out;
  out.String(group_id);
  out.Int32(session_timeout_ms);
  out.Int32(rebalance_timeout_ms);
  out.String(member_id);
  out.NullString();  // group_instance_id: no static membership
  out.String(protocol_type);
  out.Count(protocols.size());
  for (const auto& [name, metadata] : protocols) {
    out.String(name);
    out.Bytes(metadata);
  }
  return out.Take();
}

StatusOr<JoinGroupResponse> JoinGroupResponse::Decode(std::string_view body) {
  JoinGroupResponse response;
  KafkaReader in("The JoinGroup response", body);
  in.Int32("throttle_time_ms");
  response.error = in.Int16("error_code");
  response.generation = in.Int32("generation_id");
  response.protocol = in.NullableString("protocol_name").value_or("");
  response.leader_id = in.String("leader");
  response.member_id = in.String("member_id");
  for (size_t left = in.Count("members", 8); left > 0 && in.ok(); --left) {
    Member member;
    member.id = in.String("member_id of a member");
    in.NullableString("group_instance_id");
    member.metadata = in.Bytes("metadata");
    response.members.push_back(std::move(member));
  }
  SLUICE_RETURN_IF_ERROR(in.Finish());
  return response;
}

std::string SyncGroupRequest::Encode() const {
  KafkaWriter out;
  out.String(group_id);
  out.Int32(generation);
  out.String(member_id);
  out.NullString();
  out.Count(assignments.size());
  for (const auto& [member, assignment] : assignments) {
    out.String(member);
    out.Bytes(assignment);
  }
  return out.Take();
}

StatusOr<SyncGroupResponse> SyncGroupResponse::Decode(std::string_view body) {
  SyncGroupResponse response;
  KafkaReader in("The SyncGroup response", body);
  in.Int32("throttle_time_ms");
  response.error = in.Int16("error_code");
  response.assignment = in.Bytes("assignment");
  SLUICE_RETURN_IF_ERROR(in.Finish());
  return response;
}

std::string HeartbeatRequest::Encode() const {
  KafkaWriter out;
  out.String(group_id);
  out.Int32(generation);
  out.String(member_id);
  out.NullString();
  return out.Take();
}

StatusOr<HeartbeatResponse> HeartbeatResponse::Decode(std::string_view body) {
  HeartbeatResponse response;
  KafkaReader in("The Heartbeat response", body);
  in.Int32("throttle_time_ms");
  response.error = in.Int16("error_code");
  SLUICE_RETURN_IF_ERROR(in.Finish());
  return response;
}

std::string LeaveGroupRequest::Encode() const {
  KafkaWriter out;
  out.String(group_id);
  out.Count(1);
  out.String(member_id);
  out.NullString();
  return out.Take();
}

StatusOr<LeaveGroupResponse> LeaveGroupResponse::Decode(std::string_view body) {
  LeaveGroupResponse response;
  KafkaReader in("The LeaveGroup response", body);
  in.Int32("throttle_time_ms");
  response.error = in.Int16("error_code");
  for (size_t left = in.Count("members", 6); left > 0 && in.ok(); --left) {
    in.String("member_id");
    in.NullableString("group_instance_id");
    const int16_t error = in.Int16("error_code of a member");
    if (response.error == 0) response.error = error;
  }
  SLUICE_RETURN_IF_ERROR(in.Finish());
  return response;
}

std::string SaslHandshakeRequest::Encode() const {
  KafkaWriter out;
  out.String(mechanism);
  return out.Take();
}

StatusOr<SaslHandshakeResponse> SaslHandshakeResponse::Decode(std::string_view body) {
  SaslHandshakeResponse response;
  KafkaReader in("The SaslHandshake response", body);
  response.error = in.Int16("error_code");
  for (size_t left = in.Count("mechanisms", 2); left > 0 && in.ok(); --left) {
    response.mechanisms.push_back(in.String("mechanism"));
  }
  SLUICE_RETURN_IF_ERROR(in.Finish());
  return response;
}

std::string SaslAuthenticateRequest::Encode() const {
  KafkaWriter out;
  out.Bytes(bytes);
  return out.Take();
}

StatusOr<SaslAuthenticateResponse> SaslAuthenticateResponse::Decode(std::string_view body) {
  SaslAuthenticateResponse response;
  KafkaReader in("The SaslAuthenticate response", body);
  response.error = in.Int16("error_code");
  response.error_message = in.NullableString("error_message").value_or("");
  response.bytes = in.Bytes("auth_bytes");
  response.session_lifetime_ms = in.Int64("session_lifetime_ms");
  SLUICE_RETURN_IF_ERROR(in.Finish());
  return response;
}

}  // namespace sluice::cluster

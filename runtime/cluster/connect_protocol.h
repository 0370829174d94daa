// What the workers of a group tell each other when they join it, in Kafka Connect's own bytes
// (IncrementalCooperativeConnectProtocol): a member's subscription, and the leader's answer to it.
// Pure functions, any thread.
//
// The three protocols differ in their version and in how the leader assigns: `default` takes all
// away at every rebalance, `compatible` and `sessioned` move only what must move.
#ifndef SLUICE_RUNTIME_CLUSTER_CONNECT_PROTOCOL_H_
#define SLUICE_RUNTIME_CLUSTER_CONNECT_PROTOCOL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/cluster/membership.h"

namespace sluice::cluster {

enum class Protocol : int16_t { kEager = 0, kCompatible = 1, kSessioned = 2 };
std::string_view ProtocolName(Protocol protocol);  // default, compatible, sessioned
std::optional<Protocol> ParseProtocol(std::string_view name);
// Those that a worker offers with this connect.protocol (eager, compatible, sessioned), best first.
std::vector<Protocol> OfferedProtocols(std::string_view connect_protocol);

enum class AssignmentError : int16_t { kNone = 0, kConfigMismatch = 1 };

// The leader's word to one member.
struct GroupAssignment {
  AssignmentError error = AssignmentError::kNone;
  std::string leader_id;   // member id
  std::string leader_url;  // with a slash at its end
  int64_t config_offset = -1;
  Parts assigned;         // eager: all; else what is new
  Parts revoked;          // never with eager
  milliseconds delay{0};  // when to join again; 0: not by itself; never with eager
  friend bool operator==(const GroupAssignment&, const GroupAssignment&) = default;
};

// A member's word to the leader.
struct Subscription {
  std::string url;  // advertised, with a slash at its end
  int64_t config_offset = -1;
  // What it was given so far, merged, as one assignment; never with eager.
  std::optional<GroupAssignment> allocation{};
  // Ours alone, behind the peer's fields, whose readers stop there; nothing is written if it is
  // empty, so that the bytes are the peer's. Connectors that this worker cannot run, since it lacks
  // a class that they name.
  std::vector<std::string> cannot_run{};
  friend bool operator==(const Subscription&, const Subscription&) = default;
};

// Connectors and tasks are written in order. What has a name of over 32,767 bytes is left out: no
// reader could read it.
std::string EncodeSubscription(Protocol protocol, const Subscription& subscription);
std::string EncodeAssignment(Protocol protocol, const GroupAssignment& assignment);

// The last fields (allocation; assigned, revoked, delay) may be missing and are read as nothing, a
// version above those that we know as the newest one, as the peer does. Error (ConnectException):
// says which field is cut off, or out of range.
StatusOr<Subscription> DecodeSubscription(std::string_view bytes);
StatusOr<GroupAssignment> DecodeAssignment(std::string_view bytes);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_CONNECT_PROTOCOL_H_

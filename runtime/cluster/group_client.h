// A member of a Kafka consumer group of protocol type `connect`, by the classic group protocol:
// finds the coordinator and finds it again when it moves, joins, answers as leader, beats, leaves.
// It knows nothing of connectors: subscriptions and assignments are bytes.
//
// One thread of its own, with its own connections; all listener calls come from it. Everything has
// a deadline; whatever fails is tried again with retry.backoff.ms .. reconnect.backoff.max.ms,
// until Leave. Security as the worker's other clients have it: PLAINTEXT, SSL, SASL_PLAINTEXT and
// SASL_SSL, with PLAIN, SCRAM-SHA-256 and -512, OAUTHBEARER and GSSAPI, re-authenticating before
// the broker's session ends (KIP-368).
#ifndef SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_H_
#define SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/metrics/group_event.h"

namespace sluice::cluster {

struct GroupClientOptions {
  std::string group_id;
  std::string client_id;
  std::string bootstrap_servers;  // host:port,host:port
  // The worker's client settings under Kafka's names (security.protocol, ssl.*, sasl.*,
  // request.timeout.ms, socket.connection.setup.timeout.ms, reconnect.backoff.ms, ...): secrets.
  std::map<std::string, std::string> java;
  milliseconds session_timeout{10'000};
  milliseconds rebalance_timeout{60'000};
  milliseconds heartbeat_interval{1'000};
};

struct JoinedMember {
  std::string id;
  std::string metadata;
};

// What a completed JoinGroup says.
struct Joined {
  int generation = -1;
  std::string member_id, leader_id;
  std::string protocol;               // the one that the broker picked
  std::vector<JoinedMember> members;  // only for the leader
  bool leads() const { return member_id == leader_id; }
};

// Calls come one at a time, on the client's thread; they must not block.
class GroupListener {
 public:
  virtual ~GroupListener() = default;
  // About to send a JoinGroup: the protocols in order of preference, name and metadata.
  virtual std::vector<std::pair<std::string, std::string>> Protocols() = 0;
  // About to join: at start, or again since the coordinator asks for it, or Rejoin does, or the
  // last membership was lost. The client sends nothing but heartbeats until `ready` has been
  // called, which may be from any thread, at once or when what must stop before has stopped. Calls
  // after the first are ignored, and so are late ones: whoever is not ready within the rebalance
  // timeout is out of the group. Until OnAssigned or OnLost, joins that fail are tried again
  // without asking.
  virtual void OnRejoin(std::function<void()> ready) = 0;
  // This member leads: `answer` gets one assignment for each member, by id, or an error: then this
  // member joins again after a back-off, and is asked again while the others wait, in a new
  // generation if its metadata has changed. Any thread, at most once.
  virtual void OnLead(const Joined& joined,
                      std::function<void(StatusOr<std::map<std::string, std::string>>)> answer) = 0;
  // The round is complete.
  virtual void OnAssigned(const Joined& joined, const std::string& assignment) = 0;
  // This member is out of the group (fenced, unknown, left behind by it, or its session ended: no
  // heartbeat that was sent within the session timeout has been answered, also because this process
  // was stopped); it joins again by itself, through OnRejoin. `reason` for the log.
  virtual void OnLost(const Status& reason) = 0;
  // A SyncGroup or heartbeat that was sent at `sent` has been answered: the coordinator keeps this
  // member for the session time-out from then on. Told at every heartbeat interval for as long as
  // the coordinator answers, also while a JoinGroup is under way (by heartbeats on a connection of
  // their own, which REBALANCE_IN_PROGRESS answers), since what runs goes on running meanwhile.
  virtual void OnAlive(TimePoint sent) = 0;
  // For metrics: a request has been answered without an error, after `took`; a round is complete,
  // from OnRejoin to OnAssigned; or it has come to nothing and begins again (kFailedRebalance, 0).
  virtual void OnAnswered(metrics::GroupEvent, milliseconds /*took*/) {}
  // The coordinator has not answered for a heartbeat interval, or there is none; `reason` names it.
  // Told once for each outage, which ends with an answer.
  virtual void OnCoordinatorLost(const Status& reason) = 0;
};

class GroupClient {
 public:
  virtual ~GroupClient() = default;  // Leave first
  virtual void Start() = 0;          // joins
  // Joins again although nobody asks. Any thread; coalesces.
  virtual void Rejoin(std::string reason) = 0;
  // Sends LeaveGroup if it is a member, waits for the answer for at most `timeout`, and ends the
  // thread. No listener call afterwards. Idempotent; not from a listener call.
  virtual void Leave(std::string reason, milliseconds timeout) = 0;
};

// Errors (ConfigException) name the key: no such mechanism (AWS_MSK_IAM by name), a JAAS text that
// cannot be read, key stores.
StatusOr<std::unique_ptr<GroupClient>> NewGroupClient(const GroupClientOptions& options,
                                                      GroupListener& listener);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_H_

// A broker for tests of the group client: a real socket on loopback, the coordinator of one group
// with one member that joins here, and any misbehaviour that a test asks for. Any thread.
#ifndef SLUICE_RUNTIME_CLUSTER_KAFKA_FAKE_BROKER_H_
#define SLUICE_RUNTIME_CLUSTER_KAFKA_FAKE_BROKER_H_

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/cluster/kafka_wire.h"

namespace sluice::cluster {

// What a client sent. Fields that its api has not are empty.
struct FakeRequest {
  KafkaApi api{};
  std::string client_id, group_id, member_id, protocol_type;
  int32_t generation = -1, session_timeout_ms = 0, rebalance_timeout_ms = 0;
  std::vector<std::pair<std::string, std::string>> protocols, assignments;
  std::string bytes;  // SASL: mechanism or token
};

class KafkaFakeBroker {
 public:
  struct Reaction {
    enum Kind {
      kAnswer,      // as a broker does
      kError,       // with `error`
      kDisconnect,  // instead of an answer
      kSilence,     // no answer, the connection stays
      kRaw,         // `raw`, length and all, then disconnect
      kBody,        // `raw` as the body of the answer
    } kind = kAnswer;
    int16_t error = 0;
    std::string raw = {};
  };

  KafkaFakeBroker();
  ~KafkaFakeBroker() { Stop(); }
  void Stop();  // as if it was killed; its port stays free
  uint16_t port() const { return port_; }
  HostPort address() const { return {"127.0.0.1", port_}; }

  // The next request of this kind; they queue up.
  void Next(KafkaApi api, Reaction reaction);
  // All of this kind from now on, unless there is a Next; kAnswer ends it.
  void Always(KafkaApi api, Reaction reaction);
  // Answers to this kind wait until Release.
  void Hold(KafkaApi api);
  void Release(KafkaApi api);

  void SetCoordinator(HostPort address);     // FindCoordinator's answer; itself at first
  void Lead(std::string leader_id);          // another member leads; empty: the one that joins
  void AskToRejoin();                        // heartbeats say so, until the next JoinGroup
  void Expel();                              // forgets its members
  void Adopt(const KafkaFakeBroker& other);  // takes over the group, as the next coordinator
  void set_session_lifetime_ms(int64_t lifetime);  // of SASL

  // Until so many requests of this kind have come, in 20 s; false if they have not.
  bool WaitFor(KafkaApi api, size_t count);
  std::vector<FakeRequest> Requests(KafkaApi api) const;

 private:
  struct Connection {
    int socket = -1;
    std::thread thread;
  };
  void Accept();
  void Serve(int socket);
  bool ServeOne(int socket);  // false: the connection is over
  bool Respond(int socket, int32_t correlation_id, const FakeRequest& request);
  std::string Body(const FakeRequest& request, int16_t error) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string JoinBody(const FakeRequest& request, int16_t error)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  size_t CountLocked(KafkaApi api) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int16_t Check(const FakeRequest& request) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Reaction NextReaction(KafkaApi api) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  int listener_ = -1;
  uint16_t port_ = 0;
  std::thread accepting_;

  mutable Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::list<Connection> connections_ ABSL_GUARDED_BY(mutex_);
  std::vector<FakeRequest> requests_ ABSL_GUARDED_BY(mutex_);
  std::map<KafkaApi, std::deque<Reaction>> next_ ABSL_GUARDED_BY(mutex_);
  std::map<KafkaApi, Reaction> always_ ABSL_GUARDED_BY(mutex_);
  std::set<KafkaApi> held_ ABSL_GUARDED_BY(mutex_);
  HostPort coordinator_ ABSL_GUARDED_BY(mutex_);
  std::string leader_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> members_ ABSL_GUARDED_BY(mutex_);
  int32_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  int named_ ABSL_GUARDED_BY(mutex_) = 0;
  bool rejoin_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t session_lifetime_ms_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_KAFKA_FAKE_BROKER_H_

// Finds the coordinator of the group, and again whenever somebody finds that it is none any more.
// Asks the bootstrap servers, and the brokers that these have named, in turn. Internal to
// runtime/cluster; the group client's thread.
#ifndef SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_COORDINATOR_H_
#define SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_COORDINATOR_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/cluster/group_client_wakeup.h"
#include "runtime/cluster/kafka_connection.h"

namespace sluice::cluster {

class GroupCoordinator {
 public:
  struct Events {
    std::function<void()> found;
    std::function<void()> lost;  // the connections to it are of no use any more
    // It has not answered for `patience`: once for each outage.
    std::function<void(const Status&)> outage;
  };
  GroupCoordinator(const KafkaContext& context, std::string group_id, milliseconds patience,
                   Events events);

  net::awaitable<void> Run();  // until Stop
  void Stop();

  // Nothing while it is looked for.
  const std::optional<HostPort>& address() const { return address_; }
  // Of address(): what was learned with an older one says nothing of this one.
  uint64_t epoch() const { return epoch_; }
  void Lost(uint64_t epoch, const Status& reason);
  void Answered();  // it has: an outage is over
  // How long it may take to open a connection.
  void set_connect_timeout(milliseconds timeout) { connect_timeout_ = timeout; }

 private:
  net::awaitable<Status> AskNext();
  net::awaitable<Status> NameBootstrap();
  void LearnBrokers(const std::vector<HostPort>& brokers);
  void NoteTrouble(const Status& reason);
  void WatchOutage();

  const KafkaContext& context_;
  const std::string group_id_;
  const milliseconds patience_;
  const Events events_;

  std::optional<HostPort> address_;
  std::optional<HostPort> named_;  // the last one, in the log
  uint64_t epoch_ = 0;
  milliseconds connect_timeout_;
  std::vector<HostPort> bootstrap_;
  bool names_due_;                 // the bootstrap servers go by their canonical names
  std::vector<HostPort> servers_;  // bootstrap servers first
  size_t next_server_;
  Wakeup wakeup_;
  Backoff backoff_;
  bool stopped_ = false;
  bool pause_ = false, refused_ = false;  // before the next try

  net::steady_timer outage_timer_;
  Status trouble_;                // OK: it answers, as far as anybody knows
  std::set<std::string> logged_;  // each reason once in an outage
  bool told_ = false;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_COORDINATOR_H_

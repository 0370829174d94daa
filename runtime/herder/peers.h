// The other workers of the group, as the herder needs them.
#ifndef SLUICE_RUNTIME_HERDER_PEERS_H_
#define SLUICE_RUNTIME_HERDER_PEERS_H_

#include <string>

#include "runtime/herder/herder.h"

namespace sluice::herder {

class Peers {
 public:
  virtual ~Peers() = default;
  // Hands the task configs of a connector that runs here to the leader at `leader_url`, as the JSON
  // in `request`, signed. Returns at once; `done` comes exactly once, from any thread, with the
  // leader's error if it refuses.
  virtual void PutTaskConfigs(const std::string& leader_url, const std::string& connector,
                              SignedRequest request, Done done) = 0;
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_PEERS_H_

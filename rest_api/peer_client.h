// Asks other workers of the group: passes a client's request on to the worker that must serve it,
// and hands task configs to the leader (KIP-507). Over an HTTP client of its own. Any thread may
// ask.
#ifndef SLUICE_REST_API_PEER_CLIENT_H_
#define SLUICE_REST_API_PEER_CLIENT_H_

#include <memory>
#include <string>

#include "rest_api/message.h"
#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/herder/peers.h"
#include "runtime/http/client.h"
#include "runtime/tls/client_context.h"

namespace sluice::rest_api {

class PeerClient : public herder::Peers {
 public:
  // `tls`: for https URLs; null: they fail. `timeout`: of a whole request, rest.request.timeout.
  PeerClient(std::shared_ptr<const tls::ClientContext> tls, milliseconds timeout);
  ~PeerClient() override;  // what is under way fails

  // `done` comes once, on the client's thread. Errors (ConnectException) name the worker: it cannot
  // be reached, does not answer in time, or answers no HTTP.
  void Send(http::Request request, http::Client::Done done);

  // A client's `request`, which the worker at `url` must serve. Its answer becomes ours, as the
  // peer hands it on. A request goes over two hops at most, from a follower over the leader to an
  // owner, which the `forward` parameter counts; after that it is a 409.
  void Forward(const Request& request, const std::string& url, Reply reply);

  // herder::Peers
  void PutTaskConfigs(const std::string& leader_url, const std::string& connector,
                      herder::SignedRequest request, herder::Done done) override;

 private:
  const bool has_tls_;
  const std::unique_ptr<http::Client> client_;
};

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_PEER_CLIENT_H_

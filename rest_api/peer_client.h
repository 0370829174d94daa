// Asks other workers of the group: passes a client's request on to the worker that must serve it,
// and hands task configs to the leader (KIP-507). One thread of its own, which begins with the
// first request; each request has its own connection and deadline. Any thread may ask.
#ifndef SLUICE_REST_API_PEER_CLIENT_H_
#define SLUICE_REST_API_PEER_CLIENT_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rest_api/message.h"
#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/herder/peers.h"
#include "runtime/tls/client_context.h"

namespace sluice::rest_api {

struct PeerRequest {
  std::string method;
  std::string url;  // whole: http://host:8083/connectors/c/config?forward=true
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // JSON; empty: none
};
struct PeerResponse {
  int status = 0;
  std::string location;  // the header, if there is one
  std::string body;
};

struct PeerClientOptions {
  std::shared_ptr<const tls::ClientContext> tls;  // for https URLs; null: they fail
  milliseconds timeout{90'000};                   // of a whole request; rest.request.timeout
  size_t response_bytes_max = 64 << 20;
  size_t requests_max = 200;  // under way at once; beyond it requests fail
};

class PeerClient : public herder::Peers {
 public:
  explicit PeerClient(PeerClientOptions options);
  ~PeerClient() override;  // what is under way fails

  // `done` comes once, on the client's thread. Errors (ConnectException) name the worker: it cannot
  // be reached, does not answer in time, or answers no HTTP.
  void Send(PeerRequest request, std::function<void(StatusOr<PeerResponse>)> done);

  // A client's `request`, which the worker at `url` must serve. Its answer becomes ours, as the
  // peer hands it on. A request goes over two hops at most, from a follower over the leader to an
  // owner, which the `forward` parameter counts; after that it is a 409.
  void Forward(const Request& request, const std::string& url, Reply reply);

  // herder::Peers
  void PutTaskConfigs(const std::string& leader_url, const std::string& connector,
                      herder::SignedRequest request, herder::Done done) override;

 private:
  class Impl;
  const PeerClientOptions options_;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_PEER_CLIENT_H_

// The real client: libcurl's multi interface, with a bound on connections, time and size. Follows
// no redirects, reads no environment variables and no netrc, speaks http and https only. An
// answer's headers and body are bounded; a connection is kept and used again.
#ifndef SLUICE_CONNECTORS_HTTP_CURL_CLIENT_H_
#define SLUICE_CONNECTORS_HTTP_CURL_CLIENT_H_

#include <atomic>
#include <memory>
#include <vector>

#include "connectors/http/authorization.h"
#include "connectors/http/client.h"
#include "connectors/http/client_options.h"

namespace sluice::http {

class CurlClient : public Client {
 public:
  // Throws ConnectException where libcurl cannot work.
  explicit CurlClient(ClientOptions options);
  ~CurlClient() override;
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  size_t slots() const override { return slots_.size(); }
  size_t under_way() const override { return under_way_; }
  void Send(uint64_t id, Request request) override;
  std::optional<Done> Next(std::chrono::milliseconds wait) override;
  void Cancel() override;
  void Wake() override;

 private:
  struct Slot;
  struct Multi;

  void SetFixedOptions(Slot& slot) const;
  // One that has ended, if there is one now.
  std::optional<Done> Collect();

  const ClientOptions options_;
  std::unique_ptr<Multi> multi_;
  std::vector<std::unique_ptr<Slot>> slots_;
  size_t under_way_ = 0;
  std::atomic<bool> woken_{false};
};

// What fetches the tokens of an Authorization; nullptr where there are none.
std::unique_ptr<Client> MakeTokenClient(const AuthorizationOptions& authorization,
                                        ClientOptions options);

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_CURL_CLIENT_H_

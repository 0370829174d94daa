// Sends HTTP/1.1 requests and hands on the answers; knows nothing of what they mean. The real
// client has a thread of its own, which begins with the first request; each request has its own
// connection and deadlines. Tests put a fake in its place.
#ifndef SLUICE_RUNTIME_HTTP_CLIENT_H_
#define SLUICE_RUNTIME_HTTP_CLIENT_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/tls/client_context.h"

namespace sluice::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string url;   // whole; see url.h. Credentials in it are not sent
  Headers headers;   // Host, Connection and Content-Length are added
  std::string body;  // empty: none
};
struct Response {
  int status = 0;
  std::string body;
  Headers headers = {};  // names in lower case

  // The header of this name, in lower case; "" if there is none.
  std::string_view Header(std::string_view name) const;
};

class Client {
 public:
  using Done = std::function<void(StatusOr<Response>)>;
  virtual ~Client() = default;  // what is under way fails
  // Any thread. `done` comes once, mostly on the client's thread, and blocks it as long as it
  // takes. Errors: nothing answered, and why (RetriableException); a URL that cannot be read, no
  // settings for https, a certificate that is not trusted (ConnectException). The text does not
  // name the URL.
  virtual void Send(Request request, Done done) = 0;
};

struct ClientOptions {
  std::shared_ptr<const tls::ClientContext> tls = nullptr;  // for https URLs; null: they fail
  milliseconds connect_timeout{60'000};                     // a name's look-up, and the connection
  milliseconds read_timeout{60'000};  // from the connection to the whole answer
  size_t response_bytes_max = 16 << 20;
  size_t requests_max = 200;  // under way at once; beyond it requests fail
};
std::unique_ptr<Client> NewClient(ClientOptions options);

// Sends and waits for the answer, for as long as the client's own time-outs allow. Not on the
// client's thread. `waiter`: served meanwhile; StoppedError if it says stop.
StatusOr<Response> SendAndWait(Client& client, Request request, Waiter* waiter = nullptr);

}  // namespace sluice::http

#endif  // SLUICE_RUNTIME_HTTP_CLIENT_H_

// HTTP to a schema registry: requests go out and answers come back, nothing is understood. The
// real one has a thread of its own, which begins with the first request; each request has its own
// connection and deadlines. Tests put a fake in its place (fake_registry.h). Any thread may send.
#ifndef SLUICE_RUNTIME_SCHEMA_REGISTRY_TRANSPORT_H_
#define SLUICE_RUNTIME_SCHEMA_REGISTRY_TRANSPORT_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/tls/client_context.h"

namespace sluice::schema_registry {

struct HttpRequest {
  std::string method;
  std::string url;  // whole, without credentials: https://host:8081/subjects
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // JSON; empty: none
};
struct HttpResponse {
  int status = 0;
  std::string body;
};

class Transport {
 public:
  using Done = std::function<void(StatusOr<HttpResponse>)>;
  virtual ~Transport() = default;  // what is under way fails
  // `done` comes once, mostly on the transport's thread. Error (RetriableException): nothing
  // answered, and why; the text does not name the URL.
  virtual void Send(HttpRequest request, Done done) = 0;
};

struct TransportOptions {
  std::shared_ptr<const tls::ClientContext> tls = nullptr;  // for https URLs; null: they fail
  milliseconds connect_timeout{60'000};
  milliseconds read_timeout{60'000};  // from the connection to the whole answer
  size_t response_bytes_max = 16 << 20;
  size_t requests_max = 200;  // under way at once; beyond it requests fail
};
std::unique_ptr<Transport> NewTransport(TransportOptions options);

// http://host:8081/path or https://...; also host:8081, which is http. Credentials before an @ are
// taken out of it.
struct Url {
  bool tls = false;
  std::string host, port;
  std::string path;       // "" or begins with /, no / at the end
  std::string user_info;  // as in the URL, not decoded: a secret

  std::string Text() const;  // without the credentials
};
StatusOr<Url> ParseUrl(std::string_view text);

}  // namespace sluice::schema_registry

#endif  // SLUICE_RUNTIME_SCHEMA_REGISTRY_TRANSPORT_H_

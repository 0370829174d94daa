// One HTTP exchange, behind an interface so that a test stands in for the network. The real one is
// libcurl, which keeps its connection between calls. One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_HTTP_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_HTTP_H_

#include <memory>
#include <string>
#include <string_view>

#include "connectors/object_store_sink/signature.h"
#include "connectors/shared/stop_signal.h"

namespace sluice::object_store_sink {

struct HttpRequest {
  std::string method;
  std::string url;
  Headers headers;
  std::string_view body = {};  // borrowed until Send returns
  bool direct = false;         // to the machine's own services: by no proxy
  int clean_up_s = 0;          // above 0: sent even after a stop, and over after so many seconds
};

struct HttpResponse {
  int status = 0;
  Headers headers;  // names in small letters
  std::string body;
  std::string_view Header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  // Throws StoreError: transient if there was no whole answer, or a stop came; fatal if there can
  // be none, as when a certificate is not trusted.
  virtual HttpResponse Send(const HttpRequest& request) = 0;
};

struct HttpOptions {
  std::string proxy_url = {}, proxy_user = {}, proxy_password = {};
  std::string ca_file = {};  // "": the system's
  bool expect_continue = true;
  int connect_timeout_s = 10;
  int stall_timeout_s = 30;  // without a byte moved, either way
};
std::unique_ptr<HttpTransport> NewCurlTransport(const HttpOptions& options,
                                                shared::StopSignal& stop);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_HTTP_H_

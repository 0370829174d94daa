// A server that is a script: answers in order, and what was asked of it. One thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_FAKE_HTTP_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_FAKE_HTTP_H_

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/object_store_sink/http.h"
#include "connectors/object_store_sink/store_error.h"

namespace sluice::object_store_sink {

struct Seen {
  std::string line;  // method, path and query
  Headers headers;
  std::string body;
  std::string Header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return "";
  }
};

struct Script {
  std::deque<HttpResponse> answers;  // status 0: the connection breaks; then all are 200
  std::vector<Seen> seen;

  std::string Lines() const {
    std::string lines;
    for (const Seen& one : seen) lines += one.line + "\n";
    return lines;
  }
};

class FakeTransport : public HttpTransport {
 public:
  explicit FakeTransport(Script& script) : script_(script) {}
  HttpResponse Send(const HttpRequest& request) override {
    script_.seen.push_back(
        {request.method + " " + request.url, request.headers, std::string(request.body)});
    if (script_.answers.empty()) return {200, {{"etag", "\"tag\""}}, ""};
    HttpResponse answer = script_.answers.front();
    script_.answers.pop_front();
    if (answer.status == 0) throw StoreError(StoreErrorKind::kTransient, "the connection broke");
    return answer;
  }

 private:
  Script& script_;
};

inline HttpResponse Error(int status, const std::string& code) {
  return {status, {}, "<Error><Code>" + code + "</Code><Message>no</Message></Error>"};
}
inline const HttpResponse kBroken{};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_FAKE_HTTP_H_

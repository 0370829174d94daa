// A request, and what became of it. Plain values.
#ifndef SLUICE_CONNECTORS_HTTP_MESSAGE_H_
#define SLUICE_CONNECTORS_HTTP_MESSAGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::http {

// Names as they are written; they are compared without regard to case.
using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of the first header of this name, or nullptr.
const std::string* FindHeader(const Headers& headers, std::string_view name);
// Puts the header in the place of all others of its name.
void SetHeader(Headers& headers, std::string_view name, std::string_view value);

struct Request {
  std::string method = "GET";
  std::string url = {};
  Headers headers = {};
  std::string body = {};  // sent if it is not empty, or the method is POST, PUT or PATCH
};

enum class Result : uint8_t {
  kAnswered,    // `status` says how
  kAway,        // no connection, or it was lost before the answer was there: may be tried again
  kTimedOut,    // the same, and it took too long; the server may have acted
  kImpossible,  // trying again does not help: a certificate, a URL, an answer that is too large
};

struct Outcome {
  Result result = Result::kAway;
  int status = 0;
  Headers headers = {};  // of the answer
  std::string body = {};
  bool cut = false;           // the body is longer than what was kept of it
  bool no_such_host = false;  // the URL's host has no address, or no possible name
  std::string error = {};     // unless answered: why; names host and port, no more of the URL

  bool answered() const { return result == Result::kAnswered; }
  bool ok() const { return answered() && status >= 200 && status < 300; }
};

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_MESSAGE_H_

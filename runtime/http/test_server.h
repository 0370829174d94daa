// A small server on the loopback interface, for tests of what sends HTTP: a thread that serves one
// connection after the other, each for one request. Any thread may ask what came.
#ifndef SLUICE_RUNTIME_HTTP_TEST_SERVER_H_
#define SLUICE_RUNTIME_HTTP_TEST_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/tls/server_context.h"

namespace sluice::http {

class TestServer {
 public:
  // As an answer: nothing is said until the client goes. "": the connection is closed.
  static constexpr std::string_view kSilence = "(silence)";

  // Answers each whole request with the next of `answers`, which are all bytes of it; the last one
  // for ever.
  explicit TestServer(std::vector<std::string> answers,
                      std::shared_ptr<const tls::ServerContext> tls = nullptr);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  uint16_t port() const { return port_; }
  std::string url(std::string_view path = "/") const;
  // All so far; each is here before it is answered.
  std::vector<std::string> requests() const;
  // False: there were not so many within 30 s.
  bool WaitFor(size_t requests) const;

 private:
  void Run();
  void Serve(int connection, const std::string& answer);

  const std::vector<std::string> answers_;
  const std::shared_ptr<const tls::ServerContext> tls_;
  const int listener_;
  uint16_t port_ = 0;
  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;  // last
};

// A whole answer with this body.
std::string Ok(std::string_view body);

}  // namespace sluice::http

#endif  // SLUICE_RUNTIME_HTTP_TEST_SERVER_H_

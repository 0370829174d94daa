// A raw client over loopback, for tests: sends the bytes it is given and reads answers, each with a
// deadline. One thread.
#ifndef SLUICE_REST_API_TEST_CLIENT_H_
#define SLUICE_REST_API_TEST_CLIENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::rest_api {

struct HttpAnswer {
  int status = 0;  // 0: the server closed, or said nothing in time
  std::string head;
  std::string body;
};

// TLS of a client. The server's certificate is checked against `trusted_pem`.
struct TestTls {
  std::string trusted_pem;
  std::string chain_pem, key_pem;  // its own; empty: none
  bool only_tls12 = false;
};

class TestClient {
 public:
  explicit TestClient(uint16_t port);
  // Ends the handshake, or is of no use: Send and Read then fail.
  TestClient(uint16_t port, const TestTls& tls);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // False: the server closed.
  bool Send(std::string_view bytes);
  bool HasAnswer(int wait_ms) const;  // something has come, or does in that time
  // The next answer; `no_body` after a HEAD.
  HttpAnswer Read(bool no_body = false);
  // A whole exchange; a body goes with a Content-Length and application/json.
  HttpAnswer Call(std::string_view method, std::string_view path, std::string_view body = {},
                  std::string_view headers = {});
  // Whether the server closes within 10 s.
  bool IsClosed();
  // What the server sent and nobody has read, up to the end or 10 s.
  std::string ReadAll();

 private:
  struct Tls;
  bool Fill();  // reads more; false: closed or too late

  int fd_;
  std::unique_ptr<Tls> tls_;  // null: plain TCP
  std::string buffer_;
};

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_TEST_CLIENT_H_

// A raw client over loopback, for tests: sends the bytes it is given and reads answers, each with a
// deadline. One thread.
#ifndef SLUICE_REST_API_TEST_CLIENT_H_
#define SLUICE_REST_API_TEST_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::rest_api {

struct HttpAnswer {
  int status = 0;  // 0: the server closed, or said nothing in time
  std::string head;
  std::string body;
};

class TestClient {
 public:
  explicit TestClient(uint16_t port);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // False: the server closed.
  bool Send(std::string_view bytes);
  // The next answer; `no_body` after a HEAD.
  HttpAnswer Read(bool no_body = false);
  // A whole exchange; a body goes with a Content-Length and application/json.
  HttpAnswer Call(std::string_view method, std::string_view path, std::string_view body = {},
                  std::string_view headers = {});
  // Whether the server closes within 10 s.
  bool IsClosed();

 private:
  bool Fill();  // reads more; false: closed or too late

  int fd_;
  std::string buffer_;
};

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_TEST_CLIENT_H_

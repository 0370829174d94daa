// What a connection does without a server that answers. With one: tests/connectors/.
#include "connectors/postgres/connection.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace sluice::postgres {
namespace {

// A port of the loopback that takes connections and says nothing; or, closed, refuses them.
class SilentServer {
 public:
  SilentServer() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = std::to_string(ntohs(address.sin_port));
  }
  ~SilentServer() { ::close(fd_); }
  void Listen() { EXPECT_EQ(::listen(fd_, 8), 0); }
  Host host() const { return {"127.0.0.1", port_}; }

 private:
  const int fd_;
  std::string port_;
};

class ConnectionTest : public testing::Test {
 protected:
  std::string Failure(const std::vector<Host>& hosts, std::chrono::milliseconds timeout) {
    ConnectionOptions options;
    options.hosts = hosts;
    options.connect_timeout = timeout;
    options.keywords = {
        {"user", "u"}, {"password", "secret"}, {"dbname", "d"}, {"gssencmode", "disable"}};
    Connection connection(options, stop_, false);
    try {
      connection.Open();
      return "opened";
    } catch (const SqlError& error) {
      EXPECT_FALSE(connection.open());
      EXPECT_EQ(error.kind(), ErrorKind::kTransient);
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos);
      return error.what();
    }
  }
  shared::StopSignal stop_;
};

TEST_F(ConnectionTest, ARefusalNamesEachHost) {
  const SilentServer a, b;  // bound, so that nobody else has the ports, but not listening
  const std::string text = Failure({a.host(), b.host()}, std::chrono::seconds(10));
  EXPECT_NE(text.find("127.0.0.1:" + a.host().port + ": "), std::string::npos) << text;
  EXPECT_NE(text.find("127.0.0.1:" + b.host().port + ": "), std::string::npos) << text;
  EXPECT_NE(text.find("refused"), std::string::npos) << text;
}

TEST_F(ConnectionTest, AServerThatSaysNothingIsGivenUp) {
  SilentServer server;
  server.Listen();
  const std::string text = Failure({server.host()}, std::chrono::milliseconds(50));
  EXPECT_NE(text.find("gave no sign of life in time"), std::string::npos) << text;
}

TEST_F(ConnectionTest, AStopEndsTheWait) {
  SilentServer server;
  server.Listen();
  std::thread stopper([this] { stop_.Request(); });
  const std::string text = Failure({server.host()}, std::chrono::hours(1));
  stopper.join();
  EXPECT_NE(text.find("had to stop"), std::string::npos) << text;
}

TEST_F(ConnectionTest, WithoutAConnectionACallIsALoss) {
  Connection connection({}, stop_, false);
  EXPECT_FALSE(connection.open());
  EXPECT_TRUE(connection.Run().empty());
}

}  // namespace
}  // namespace sluice::postgres

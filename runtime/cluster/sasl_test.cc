#include "runtime/cluster/sasl.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/base/text.h"
#include "runtime/cluster/sasl_oauth.h"
#include "runtime/cluster/sasl_token_endpoint.h"
#include "runtime/config/jaas.h"

namespace sluice::cluster {
namespace {

using Settings = std::map<std::string, std::string>;

constexpr char kPlain[] = "org.apache.kafka.common.security.plain.PlainLoginModule";
constexpr char kScram[] = "org.apache.kafka.common.security.scram.ScramLoginModule";
constexpr char kOAuth[] = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";

std::string Jaas(std::string_view module, std::string_view options) {
  return StrCat(module, " required ", options, ";");
}

std::shared_ptr<const SaslMechanism> Make(const Settings& settings) {
  auto made = NewSaslMechanism(settings);
  EXPECT_TRUE(made.ok()) << made.status();
  return made.ok() ? *made : nullptr;
}

TEST(SaslTest, PlainSaysItAllAtOnce) {
  const auto mechanism =
      Make({{"sasl.mechanism", "PLAIN"},
            {"sasl.jaas.config", Jaas(kPlain, R"(username="alice" password="s\"ecret")")}});
  ASSERT_NE(mechanism, nullptr);
  EXPECT_EQ(mechanism->name(), "PLAIN");
  for (int i = 0; i < 2; ++i) {
    auto session = mechanism->NewSession("localhost");
    ASSERT_TRUE(session.ok()) << session.status();
    const auto said = (*session)->Begin();
    ASSERT_TRUE(said.ok()) << said.status();
    EXPECT_EQ(*said, std::string("\0alice\0s\"ecret", 14));
    EXPECT_TRUE((*session)->done());
  }
}

TEST(SaslTest, ScramDoesNotBelieveAServerWithoutTheSecret) {
  for (const char* name : {"SCRAM-SHA-256", "SCRAM-SHA-512"}) {
    const auto mechanism =
        Make({{"sasl.mechanism", name},
              {"sasl.jaas.config", Jaas(kScram, R"(username="alice" password="secret")")}});
    ASSERT_NE(mechanism, nullptr);
    auto session = *mechanism->NewSession("localhost");
    const auto first = session->Begin();
    ASSERT_TRUE(first.ok()) << first.status();
    ASSERT_TRUE(first->starts_with("n,,n=alice,r=")) << *first;
    EXPECT_FALSE(session->done());
    const std::string nonce = first->substr(first->find("r=") + 2);
    const auto second = session->Answer(StrCat("r=", nonce, "server,s=c2FsdA==,i=4096"));
    ASSERT_TRUE(second.ok()) << second.status();
    EXPECT_TRUE(second->starts_with("c=biws,r=")) << *second;
    EXPECT_EQ(second->find("secret"), std::string::npos);
    const auto third = session->Answer("v=AAAA");
    EXPECT_FALSE(third.ok());
  }
}

struct Refusal {
  Settings settings;
  std::string text;
};

TEST(SaslTest, RefusesByKey) {
  const std::vector<Refusal> refusals = {
      {{{"sasl.mechanism", "AWS_MSK_IAM"}}, "AWS_MSK_IAM for configuration sasl.mechanism"},
      {{{"sasl.mechanism", "DIGEST-MD5"}}, "expected PLAIN, SCRAM-SHA-256"},
      {{{"sasl.mechanism", "PLAIN"}}, "needs username and password in sasl.jaas.config"},
      {{{"sasl.mechanism", "PLAIN"}, {"sasl.jaas.config", "what is hidden"}}, "sasl.jaas.config"},
      {{{"sasl.mechanism", "PLAIN"},
        {"sasl.jaas.config", Jaas(kScram, R"(username="a" password="hidden")")}},
       "ScramLoginModule cannot be used with sasl.mechanism=PLAIN"},
      {{}, "sasl.mechanism=GSSAPI needs sasl.kerberos.service.name"},
      {{{"sasl.mechanism", "OAUTHBEARER"}}, "unsecuredLoginStringClaim_sub"},
      {{{"sasl.mechanism", "OAUTHBEARER"},
        {"sasl.oauthbearer.token.endpoint.url", "ftp://idp/token"},
        {"sasl.jaas.config", Jaas(kOAuth, R"(clientId="a" clientSecret="hidden")")}},
       "sasl.oauthbearer.token.endpoint.url"},
      {{{"sasl.mechanism", "OAUTHBEARER"},
        {"sasl.oauthbearer.token.endpoint.url", "http://idp/token"},
        {"sasl.jaas.config", Jaas(kOAuth, R"(clientId="a")")}},
       "needs sasl.oauthbearer.client.credentials.client.id"}};
  for (const Refusal& one : refusals) {
    const auto made = NewSaslMechanism(one.settings);
    ASSERT_FALSE(made.ok()) << one.text;
    EXPECT_NE(Message(made.status()).find(one.text), std::string_view::npos) << made.status();
    EXPECT_EQ(Message(made.status()).find("\"hidden\""), std::string_view::npos) << made.status();
    EXPECT_EQ(ExceptionClass(made.status()), kConfigException);
  }
}

TEST(SaslTest, KerberosIsThereAndFailsInASentence) {
  const auto mechanism = Make({{"sasl.kerberos.service.name", "kafka"}});
  ASSERT_NE(mechanism, nullptr);
  EXPECT_TRUE(mechanism->blocks());
  setenv("KRB5CCNAME", "FILE:/nonexistent", 1);
  setenv("KRB5_CONFIG", "/dev/null", 1);
  auto session = *mechanism->NewSession("localhost");
  const auto said = session->Begin();
  ASSERT_FALSE(said.ok());
  EXPECT_TRUE(Message(said.status()).starts_with("sasl.mechanism=GSSAPI: ")) << said.status();
}

TEST(SaslTest, AnUnsecuredTokenHasTheClaimsOfTheJaasText) {
  const auto jaas = config::ParseJaas(
      Jaas(kOAuth, R"(unsecuredLoginStringClaim_sub="alice" unsecuredLoginNumberClaim_n="7" )"
                   R"(unsecuredLoginListClaim_scope=",a,b" unsecuredLoginLifetimeSeconds="60")"));
  ASSERT_TRUE(jaas.ok()) << jaas.status();
  const auto token = MakeUnsecuredToken(*jaas, 1'700'000'000'005);
  ASSERT_TRUE(token.ok()) << token.status();
  const auto parts = Split(*token, '.');
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[2], "");
  EXPECT_EQ(Base64Decode(StrCat(parts[0], "=")), R"({"alg":"none"})");
  std::string claims(parts[1]);
  while (claims.size() % 4 != 0) claims.push_back('=');
  EXPECT_EQ(Base64Decode(claims),
            R"({"iat":1700000000.005,"exp":1700000060.005,"sub":"alice","n":7,)"
            R"("scope":["a","b"]})");
}

TEST(SaslTest, OAuthSaysItsTokenAndHearsARefusal) {
  const auto mechanism =
      Make({{"sasl.mechanism", "OAUTHBEARER"},
            {"sasl.jaas.config", Jaas(kOAuth, R"(unsecuredLoginStringClaim_sub="alice" )"
                                              R"(unsecuredLoginExtension_traceId="9")")}});
  ASSERT_NE(mechanism, nullptr);
  auto session = *mechanism->NewSession("localhost");
  const auto said = session->Begin();
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_TRUE(
      said->starts_with("n,,\x01"
                        "auth=Bearer eyJhbGciOiJub25lIn0."))
      << *said;
  EXPECT_TRUE(
      said->ends_with(".\x01"
                      "traceId=9\x01\x01"))
      << *said;
  EXPECT_FALSE(session->done());
  EXPECT_EQ(*session->Answer(""), "");
  EXPECT_TRUE(session->done());
  EXPECT_EQ(*session->Answer(R"({"status":"invalid_token"})"), "\x01");
}

TEST(SaslTest, OAuthReadsATokenFromAFileEachTime) {
  const std::string path = StrCat(std::getenv("TEST_TMPDIR"), "/token");
  const auto mechanism = Make({{"sasl.mechanism", "OAUTHBEARER"},
                               {"sasl.oauthbearer.token.endpoint.url", "file://" + path},
                               {"sasl.jaas.config", Jaas(kOAuth, "")}});
  ASSERT_NE(mechanism, nullptr);
  for (const char* token : {"one", "two"}) {
    std::ofstream(path) << token << "\n";
    const auto said = (*mechanism->NewSession("localhost"))->Begin();
    ASSERT_TRUE(said.ok()) << said.status();
    EXPECT_EQ(*said, StrCat("n,,\x01"
                            "auth=Bearer ",
                            token, "\x01\x01"));
  }
  std::ofstream(path) << "two words\n";
  EXPECT_FALSE((*mechanism->NewSession("localhost"))->Begin().ok());
}

// Answers one request after the other, each on a connection of its own.
class IdentityProvider {
 public:
  explicit IdentityProvider(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 4), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      for (const std::string& answer : answers_) {
        const int socket = accept(listener_, nullptr, nullptr);
        if (socket < 0) return;
        std::string request;
        char piece[4096];
        while (request.find("grant_type") == std::string::npos) {
          const ssize_t got = recv(socket, piece, sizeof piece, 0);
          if (got <= 0) break;
          request.append(piece, static_cast<size_t>(got));
        }
        requests_.push_back(request);
        send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
        close(socket);
      }
    });
  }
  ~IdentityProvider() {
    if (thread_.joinable()) Requests();
  }
  std::string url() const { return StrCat("http://127.0.0.1:", port_, "/token"); }
  // Once all answers have been given.
  const std::vector<std::string>& Requests() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
    return requests_;
  }

 private:
  const std::vector<std::string> answers_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::vector<std::string> requests_;
  std::thread thread_;
};

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

StatusOr<std::shared_ptr<TokenEndpoint>> MakeEndpoint(const std::string& url) {
  return TokenEndpoint::Make(
      url, {{"sasl.oauthbearer.scope", "a b"}},
      *config::ParseJaas(Jaas(kOAuth, R"(clientId="id" clientSecret="hidden")")));
}

TEST(TokenEndpointTest, AsksOnceForAsLongAsATokenLives) {
  IdentityProvider provider(
      {StrCat(kOk, "Content-Length: 40\r\n\r\n", R"({"access_token":"t1","expires_in":86400})"),
       StrCat(kOk, "\r\n", R"({"access_token":"never asked for"})")});
  const auto endpoint = MakeEndpoint(provider.url());
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  for (int i = 0; i < 2; ++i) {
    const auto token = (*endpoint)->Token();
    ASSERT_TRUE(token.ok()) << token.status();
    EXPECT_EQ(*token, "t1");
  }
  const auto requests = provider.Requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_TRUE(requests[0].starts_with("POST /token HTTP/1.1\r\nHost: 127.0.0.1:")) << requests[0];
  EXPECT_NE(requests[0].find("\r\nAuthorization: Basic aWQ6aGlkZGVu\r\n"), std::string::npos);
  EXPECT_TRUE(requests[0].ends_with("\r\n\r\ngrant_type=client_credentials&scope=a+b"));
}

TEST(TokenEndpointTest, TakesChunksAndAnAnswerWithoutALength) {
  IdentityProvider provider({StrCat(kOk, "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"access\r\n",
                                    "e\r\n_token\":\"one\"}\r\n0\r\n\r\n"),
                             StrCat(kOk, "\r\n", R"({"access_token":"two"})")});
  const auto endpoint = MakeEndpoint(provider.url());
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  const auto one = (*endpoint)->Token(), two = (*endpoint)->Token();
  ASSERT_TRUE(one.ok()) << one.status();
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(*one + *two, "onetwo");
}

TEST(TokenEndpointTest, SaysWhatWentWrong) {
  const std::pair<std::string, std::string> bad[] = {
      {"HTTP/1.1 401 No\r\nContent-Length: 26\r\n\r\n{\"error\":\"invalid_client\"}",
       "status 401 (invalid_client)"},
      {StrCat(kOk, "Content-Length: 9\r\n\r\n{"), "the answer is cut off"},
      {StrCat(kOk, "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"), "the answer is cut off"},
      {"", "the answer is cut off"},
      {"SSH-2.0\r\n\r\n", "the answer is no HTTP"},
      {StrCat(kOk, "\r\n", R"({"access_token":7})"), "the answer has no access_token"},
      {StrCat(kOk, "\r\n", "<html>"), "the answer is no JSON"}};
  for (const auto& [answer, text] : bad) {
    IdentityProvider provider({answer});
    const auto endpoint = MakeEndpoint(provider.url());
    ASSERT_TRUE(endpoint.ok()) << endpoint.status();
    const auto token = (*endpoint)->Token();
    ASSERT_FALSE(token.ok()) << text;
    EXPECT_NE(Message(token.status()).find(text), std::string_view::npos) << token.status();
    EXPECT_NE(Message(token.status()).find(provider.url()), std::string_view::npos);
    EXPECT_EQ(Message(token.status()).find("hidden"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace sluice::cluster

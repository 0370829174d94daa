// What the group client does about TLS and SASL, without a broker that has them.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/cluster/group_client.h"
#include "runtime/cluster/group_client_recorder.h"
#include "runtime/cluster/kafka_error_code.h"
#include "runtime/cluster/kafka_fake_broker.h"
#include "runtime/cluster/kafka_wire.h"

namespace sluice::cluster {
namespace {

using Kind = KafkaFakeBroker::Reaction::Kind;

class GroupClientSecurityTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.group_id = "workers";
    options_.bootstrap_servers = ToString(broker_.address());
    options_.heartbeat_interval = milliseconds(20);
    options_.session_timeout = milliseconds(60'000);
    options_.java = {
        {"retry.backoff.ms", "1"},
        {"reconnect.backoff.max.ms", "5"},
        {"security.protocol", "SASL_PLAINTEXT"},
        {"sasl.mechanism", "PLAIN"},
        {"sasl.jaas.config",
         "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"alice\" "
         "password=\"swordfish\";"}};
  }
  void TearDown() override {
    if (client_ != nullptr) client_->Leave("the test is over", milliseconds(5'000));
  }
  Status Make() {
    auto made = NewGroupClient(options_, told_);
    if (!made.ok()) return made.status();
    client_ = *std::move(made);
    return OkStatus();
  }
  void Start() {
    const Status made = Make();
    ASSERT_TRUE(made.ok()) << made;
    client_->Start();
  }

  KafkaFakeBroker broker_;
  GroupRecorder told_;
  GroupClientOptions options_;
  std::unique_ptr<GroupClient> client_;
};

TEST_F(GroupClientSecurityTest, AuthenticatesEachConnectionFirst) {
  Start();
  ASSERT_TRUE(told_.WaitFor("assigned"));
  EXPECT_EQ(broker_.Requests(KafkaApi::kSaslHandshake).at(0).bytes, "PLAIN");
  EXPECT_EQ(broker_.Requests(KafkaApi::kSaslAuthenticate).at(0).bytes,
            std::string("\0alice\0swordfish", 16));
}

TEST_F(GroupClientSecurityTest, AuthenticatesAgainBeforeTheSessionEnds) {
  broker_.set_session_lifetime_ms(100);
  Start();
  ASSERT_TRUE(told_.WaitFor("assigned"));
  ASSERT_TRUE(broker_.WaitFor(KafkaApi::kSaslAuthenticate, 9));
  ASSERT_TRUE(told_.WaitForAlive(2));
  EXPECT_EQ(broker_.Requests(KafkaApi::kFindCoordinator).size(), 1u);  // the same connection
  EXPECT_EQ(told_.Count("lost"), 0u);
}

TEST_F(GroupClientSecurityTest, SaysWhatTheBrokerSaysOfItsCredentials) {
  broker_.Always(KafkaApi::kSaslAuthenticate, {Kind::kError, kSaslAuthenticationFailed});
  Start();
  ASSERT_TRUE(told_.WaitFor("outage"));
  EXPECT_NE(told_.LastReason().find("authentication with sasl.mechanism=PLAIN failed "
                                    "(SASL_AUTHENTICATION_FAILED)"),
            std::string::npos)
      << told_.LastReason();
  EXPECT_EQ(told_.LastReason().find("swordfish"), std::string::npos);
  broker_.Always(KafkaApi::kSaslAuthenticate, {});
  EXPECT_TRUE(told_.WaitFor("assigned"));
}

TEST_F(GroupClientSecurityTest, SaysWhichMechanismsTheBrokerHas) {
  broker_.Always(KafkaApi::kSaslHandshake, {Kind::kError, kUnsupportedSaslMechanism});
  Start();
  ASSERT_TRUE(told_.WaitFor("outage"));
  EXPECT_NE(told_.LastReason().find("it has PLAIN"), std::string::npos) << told_.LastReason();
}

TEST_F(GroupClientSecurityTest, OutlivesABrokerThatNeverEndsTheAuthentication) {
  options_.java["sasl.mechanism"] = "SCRAM-SHA-256";
  options_.java["sasl.jaas.config"] =
      "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"alice\" "
      "password=\"swordfish\";";
  Start();  // PLAIN's empty answers make no sense to SCRAM
  ASSERT_TRUE(told_.WaitFor("outage"));
  EXPECT_NE(told_.LastReason().find("SCRAM"), std::string::npos) << told_.LastReason();
}

TEST_F(GroupClientSecurityTest, TlsToAPortThatDoesNotSpeakItFailsInASentence) {
  options_.java["security.protocol"] = "SSL";
  options_.java["socket.connection.setup.timeout.ms"] = "200";
  Start();
  ASSERT_TRUE(told_.WaitFor("outage"));
  EXPECT_TRUE(told_.LastReason().starts_with("Broker 127.0.0.1:")) << told_.LastReason();
}

struct Refusal {
  std::map<std::string, std::string> changes;
  std::string text;
};

TEST_F(GroupClientSecurityTest, RefusesSettingsByKey) {
  const Refusal refusals[] = {
      {{{"security.protocol", "TLS"}}, "security.protocol"},
      {{{"sasl.mechanism", "AWS_MSK_IAM"}}, "AWS_MSK_IAM"},
      {{{"request.timeout.ms", "soon"}}, "request.timeout.ms"},
      {{{"security.protocol", "SSL"}, {"ssl.truststore.location", "/no/such/store"}},
       "ssl.truststore.location"},
      {{{"security.protocol", "SSL"}, {"ssl.endpoint.identification.algorithm", "ldap"}},
       "ssl.endpoint.identification.algorithm"},
      {{{"security.protocol", "SSL"}, {"ssl.cipher.suites", "NO_SUCH"}}, "ssl.cipher.suites"}};
  const auto good = options_.java;
  for (const Refusal& one : refusals) {
    options_.java = good;
    for (const auto& [key, value] : one.changes) options_.java[key] = value;
    const Status made = Make();
    ASSERT_FALSE(made.ok()) << one.text;
    EXPECT_NE(Message(made).find(one.text), std::string_view::npos) << made;
    EXPECT_EQ(ExceptionClass(made), kConfigException);
  }
  options_.java = good;
  for (const char* servers : {"", "nowhere", "h:0", "h:99999", ":9092", "h:x"}) {
    options_.bootstrap_servers = servers;
    const Status made = Make();
    ASSERT_FALSE(made.ok()) << servers;
    EXPECT_NE(Message(made).find("bootstrap.servers"), std::string_view::npos) << made;
  }
  for (const char* servers : {"h:1", "PLAINTEXT://h:9092, [::1]:9092"}) {
    options_.bootstrap_servers = servers;
    EXPECT_TRUE(Make().ok()) << servers;
  }
}

}  // namespace
}  // namespace sluice::cluster

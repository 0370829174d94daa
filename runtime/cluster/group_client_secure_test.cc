// The group client on a real broker with TLS and SASL, which this test starts: SLUICE_KAFKA_HOME
// has its jars. The broker ends SASL sessions after a few seconds unless clients authenticate
// again.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/base/text.h"
#include "runtime/cluster/group_client.h"
#include "runtime/cluster/group_client_recorder.h"

extern char** environ;

namespace sluice::cluster {
namespace {

using Settings = std::map<std::string, std::string>;
constexpr char kModules[] = "org.apache.kafka.common.security.";
constexpr int kSessionMs = 3'000;  // connections.max.reauth.ms

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}
std::string Store(const std::string& name) {
  return StrCat(Environment("TEST_SRCDIR"), "/sluice/runtime/tls/testdata/", name);
}

// A port that is free now.
int FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  close(socket);
  return ntohs(address.sin_port);
}

class SecureBroker {
 public:
  SecureBroker() : folder_(StrCat(Environment("TEST_TMPDIR"), "/broker")) {
    std::filesystem::create_directories(folder_);
    WriteConfiguration();
    const pid_t format =
        Java("format.log",
             {"kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", Config(),
              "--add-scram", Scram("SCRAM-SHA-256"), "--add-scram", Scram("SCRAM-SHA-512")});
    int status = 0;
    waitpid(format, &status, 0);
    EXPECT_EQ(status, 0) << Log("format.log");
    Start();
  }
  ~SecureBroker() { Stop(SIGTERM); }
  void Start() { process_ = Java("broker.log", {"kafka.Kafka", Config()}); }
  void Stop(int signal) {
    kill(process_, signal);
    waitpid(process_, nullptr, 0);
  }
  std::string Address(const std::string& listener) const {
    return StrCat("localhost:", ports_.at(listener));
  }
  std::string Log(const std::string& name = "broker.log") const {
    std::stringstream text;
    text << std::ifstream(StrCat(folder_, "/", name)).rdbuf();
    return text.str();
  }

 private:
  std::string Config() const { return StrCat(folder_, "/server.properties"); }
  static std::string Scram(std::string_view mechanism) {
    return StrCat(mechanism, "=[name=alice,password=scram-secret]");
  }

  void WriteConfiguration() {
    for (const char* name : {"PLAIN", "SSL", "SASL_PLAIN", "SASL_SSL", "CONTROLLER"}) {
      ports_[name] = FreePort();
    }
    std::string listeners;
    for (const char* name : {"PLAIN", "SSL", "SASL_PLAIN", "SASL_SSL"}) {
      StrAppend(listeners, listeners.empty() ? "" : ",", name, "://", Address(name));
    }
    std::ofstream out(Config());
    out << "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@"
        << Address("CONTROLLER") << "\nlisteners=" << listeners << ",CONTROLLER://"
        << Address("CONTROLLER") << "\nadvertised.listeners=" << listeners
        << "\ncontroller.listener.names=CONTROLLER\ninter.broker.listener.name=PLAIN\n"
           "listener.security.protocol.map=PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,"
           "SASL_PLAIN:SASL_PLAINTEXT,SASL_SSL:SASL_SSL\nlog.dirs="
        << folder_ << "/data\nconnections.max.reauth.ms=" << kSessionMs
        << "\noffsets.topic.replication.factor=1\noffsets.topic.num.partitions=1\n"
           "share.coordinator.state.topic.replication.factor=1\n"
           "share.coordinator.state.topic.min.isr=1\ngroup.initial.rebalance.delay.ms=0\n"
           "ssl.keystore.location="
        << Store("key.p12")
        << "\nssl.keystore.password=changeit\nssl.truststore.location=" << Store("trust.p12")
        << "\nssl.truststore.password=changeit\n"
        << "listener.name.ssl.ssl.client.auth=required\n"
           "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER\n";
    for (const char* listener : {"sasl_plain", "sasl_ssl"}) {
      const std::string prefix = StrCat("listener.name.", listener, ".");
      out << prefix << "plain.sasl.jaas.config=" << kModules
          << "plain.PlainLoginModule required user_alice=\"plain-secret\";\n";
      for (const char* scram : {"scram-sha-256", "scram-sha-512"}) {
        out << prefix << scram << ".sasl.jaas.config=" << kModules
            << "scram.ScramLoginModule required;\n";
      }
      out << prefix << "oauthbearer.sasl.jaas.config=" << kModules
          << "oauthbearer.OAuthBearerLoginModule required "
             "unsecuredLoginStringClaim_sub=\"broker\";\n";
    }
    std::ofstream(StrCat(folder_, "/log4j2.properties"))
        << "rootLogger.level=WARN\nrootLogger.appenderRef.c.ref=C\nappender.c.type=Console\n"
           "appender.c.name=C\n";
  }

  pid_t Java(const std::string& log, std::vector<std::string> arguments) {
    std::vector<std::string> command = {
        "java",
        "-Xmx400m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        StrCat("-Dlog4j2.configurationFile=", folder_, "/log4j2.properties"),
        "-cp",
        StrCat(Environment("SLUICE_KAFKA_HOME"), "/*")};
    command.insert(command.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : command) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    const std::string path = StrCat(folder_, "/", log);
    posix_spawn_file_actions_addopen(&files, 1, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    pid_t process = -1;
    EXPECT_EQ(posix_spawnp(&process, "java", &files, nullptr, pointers.data(), environ), 0);
    posix_spawn_file_actions_destroy(&files);
    return process;
  }

  const std::string folder_;
  std::map<std::string, int> ports_;
  pid_t process_ = -1;
};

class SecureGroupTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_FALSE(Environment("SLUICE_KAFKA_HOME").empty());
    broker_ = new SecureBroker;
    SecureGroupTest waiting;
    waiting.Start("PLAIN", {});
    bool answers = false;
    for (int i = 0; i < 3 && !answers; ++i) answers = waiting.told_->WaitFor("assigned");
    ASSERT_TRUE(answers) << broker_->Log();
    waiting.TearDown();
  }
  static void TearDownTestSuite() {
    delete broker_;
    broker_ = nullptr;
  }
  void TearDown() override {
    if (client_ != nullptr) client_->Leave("the test is over", milliseconds(5'000));
  }

  void Start(const std::string& listener, const Settings& java) {
    TearDown();
    client_.reset();
    told_ = std::make_unique<GroupRecorder>();
    GroupClientOptions options;
    options.group_id = StrCat("secure-", Clock::System().WallMillis());
    options.client_id = "worker";
    options.bootstrap_servers = broker_->Address(listener);
    options.session_timeout = milliseconds(6'000);
    options.heartbeat_interval = milliseconds(200);
    options.java = java;
    auto made = NewGroupClient(options, *told_);
    ASSERT_TRUE(made.ok()) << made.status();
    client_ = *std::move(made);
    client_->Start();
  }
  // Joins, and is a member for longer than a session without authentication lasts.
  void JoinAndStay(const std::string& listener, const Settings& java) {
    Start(listener, java);
    ASSERT_TRUE(told_->WaitFor("assigned")) << told_->LastReason() << broker_->Log();
    ASSERT_TRUE(told_->WaitForAlive(2 * kSessionMs / 200));
    EXPECT_EQ(told_->Count("lost"), 0u) << told_->LastReason();
  }
  void IsRefused(const std::string& listener, const Settings& java, const std::string& text) {
    Start(listener, java);
    ASSERT_TRUE(told_->WaitFor("outage"));
    EXPECT_NE(told_->LastReason().find(text), std::string::npos) << told_->LastReason();
  }

  void TestBody() override {}
  static Settings Sasl(const std::string& protocol, const std::string& mechanism,
                       const std::string& secret) {
    const bool plain = mechanism == "PLAIN";
    return {{"security.protocol", protocol},
            {"sasl.mechanism", mechanism},
            {"ssl.truststore.location", Store("trust.jks")},
            {"sasl.jaas.config",
             StrCat(kModules, plain ? "plain.PlainLoginModule" : "scram.ScramLoginModule",
                    " required username=\"alice\" password=\"", secret, "\";")}};
  }
  static Settings Tls() {
    return {{"security.protocol", "SSL"},
            {"ssl.truststore.location", Store("trust.pem")},
            {"ssl.keystore.location", Store("key.p12")},
            {"ssl.keystore.password", "changeit"}};
  }

  static SecureBroker* broker_;
  std::unique_ptr<GroupRecorder> told_;
  std::unique_ptr<GroupClient> client_;
};
SecureBroker* SecureGroupTest::broker_ = nullptr;

TEST_F(SecureGroupTest, JoinsByPlain) {
  JoinAndStay("SASL_PLAIN", Sasl("SASL_PLAINTEXT", "PLAIN", "plain-secret"));
}
TEST_F(SecureGroupTest, JoinsByScram256) {
  JoinAndStay("SASL_PLAIN", Sasl("SASL_PLAINTEXT", "SCRAM-SHA-256", "scram-secret"));
}
TEST_F(SecureGroupTest, JoinsByScram512OverTls) {
  JoinAndStay("SASL_SSL", Sasl("SASL_SSL", "SCRAM-SHA-512", "scram-secret"));
}
TEST_F(SecureGroupTest, JoinsByAnUnsecuredToken) {
  JoinAndStay("SASL_PLAIN",
              {{"security.protocol", "SASL_PLAINTEXT"},
               {"sasl.mechanism", "OAUTHBEARER"},
               {"sasl.jaas.config", StrCat(kModules,
                                           "oauthbearer.OAuthBearerLoginModule required "
                                           "unsecuredLoginStringClaim_sub=\"alice\";")}});
}
TEST_F(SecureGroupTest, JoinsByACertificate) { JoinAndStay("SSL", Tls()); }

TEST_F(SecureGroupTest, OutlivesADeathOfTheBroker) {
  Start("SASL_SSL", Sasl("SASL_SSL", "SCRAM-SHA-512", "scram-secret"));
  ASSERT_TRUE(told_->WaitFor("assigned"));
  ASSERT_TRUE(told_->WaitForAlive());
  broker_->Stop(SIGKILL);
  ASSERT_TRUE(told_->WaitFor("outage"));
  broker_->Start();
  bool alive = false;
  for (int i = 0; i < 4 && !alive; ++i) alive = told_->WaitForAlive();
  ASSERT_TRUE(alive) << told_->LastReason() << broker_->Log();
  // Lost if the broker took longer than the session; then a member again.
  ASSERT_TRUE(told_->WaitFor("assigned", 1 + told_->Count("lost")));
}

TEST_F(SecureGroupTest, AWrongPasswordIsRefused) {
  for (const char* mechanism : {"PLAIN", "SCRAM-SHA-256"}) {
    IsRefused("SASL_PLAIN", Sasl("SASL_PLAINTEXT", mechanism, "guessed"),
              "(SASL_AUTHENTICATION_FAILED)");
    EXPECT_EQ(told_->LastReason().find("guessed"), std::string::npos);
  }
}
TEST_F(SecureGroupTest, AnotherMechanismIsRefused) {
  Settings settings = Sasl("SASL_PLAINTEXT", "PLAIN", "plain-secret");
  settings["sasl.mechanism"] = "GSSAPI";
  settings["sasl.kerberos.service.name"] = "kafka";
  settings.erase("sasl.jaas.config");
  IsRefused("SASL_PLAIN", settings, "it has ");
}
TEST_F(SecureGroupTest, ABrokerThatIsNotTrustedIsRefused) {
  Settings settings = Tls();
  settings.erase("ssl.truststore.location");  // the system's roots, then
  IsRefused("SSL", settings, "certificate is refused");
}
TEST_F(SecureGroupTest, WithoutACertificateItIsRefused) {
  Settings settings = Tls();
  settings.erase("ssl.keystore.location");
  settings.erase("ssl.keystore.password");
  IsRefused("SSL", settings, "Broker localhost");
}
TEST_F(SecureGroupTest, AnotherProtocolIsRefused) {
  IsRefused("SSL", {{"security.protocol", "PLAINTEXT"}}, "Is security.protocol that of");
  IsRefused("SASL_PLAIN", {{"security.protocol", "SSL"}}, "Broker localhost");
}

}  // namespace
}  // namespace sluice::cluster

#include "runtime/config/client_jaas.h"

#include <cstdlib>
#include <fstream>

#include "gtest/gtest.h"
#include "runtime/base/text.h"
#include "runtime/config/config_map.h"

namespace sluice::config {
namespace {

std::string Options(const std::string& name, const std::string& text) {
  const std::string path = StrCat(std::getenv("TEST_TMPDIR"), "/", name);
  std::ofstream(path) << text;
  return StrCat("-Djava.security.auth.login.config=", path);
}

// The keys after ApplyClientJaas, or the error's text as the value of "error".
ConfigMap Apply(const ConfigMap& keys, const std::string& kafka_opts) {
  WorkerConfig worker;
  worker.originals = keys;
  const Status status = ApplyClientJaas(worker, kafka_opts);
  if (!status.ok()) return {{"error", std::string(Message(status))}};
  return worker.originals;
}

TEST(ClientJaasTest, FillsWhatIsMissing) {
  const std::string options =
      Options("jaas", "KafkaClient { a.B required username=u password=\"p\\\"w\"; };");
  const ConfigMap keys =
      Apply({{"security.protocol", "SASL_SSL"}, {"consumer.sasl.jaas.config", "own"}}, options);
  const std::string expected = "a.B required username=\"u\" password=\"p\\\"w\";";
  EXPECT_EQ(keys.Get("sasl.jaas.config"), expected);
  EXPECT_EQ(keys.Get("producer.sasl.jaas.config"), expected);
  EXPECT_EQ(keys.Get("admin.sasl.jaas.config"), expected);
  EXPECT_EQ(keys.Get("consumer.sasl.jaas.config"), "own");
  const ConfigMap bare =
      Apply({{"security.protocol", "SASL_SSL"}, {"sasl.jaas.config", "own"}}, options);
  EXPECT_FALSE(bare.Contains("admin.sasl.jaas.config"));  // admin clients take the bare one
}

TEST(ClientJaasTest, LeavesAloneWhatNeedsNone) {
  const ConfigMap sasl{{"producer.security.protocol", "sasl_plaintext"}};
  const ConfigMap plain{{"security.protocol", "SSL"}};
  EXPECT_EQ(Apply(sasl, "-Xmx1g"), sasl);
  EXPECT_EQ(Apply(plain, "-Djava.security.auth.login.config=/no/such"), plain);
  EXPECT_EQ(Apply(sasl, Options("other", "KafkaConnect { a.B required; };")), sasl);
}

TEST(ClientJaasTest, TokenUrlsThatConnectorsMayName) {
  const std::string option = "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=";
  EXPECT_EQ(AllowedTokenUrls(option + "https://a/t,file:///b -Xmx1g"),
            (std::vector<std::string>{"https://a/t", "file:///b"}));
  EXPECT_EQ(AllowedTokenUrls("-Xmx1g"), std::vector<std::string>());
}

TEST(ClientJaasTest, SaysWhatIsWrong) {
  const ConfigMap sasl{{"security.protocol", "SASL_SSL"}};
  EXPECT_NE(Apply(sasl, "-Djava.security.auth.login.config=/no/such").Get("error").find("/no/such"),
            std::string_view::npos);
  EXPECT_NE(Apply(sasl, Options("two", "KafkaClient { a.B required; c.D required; };"))
                .Get("error")
                .find("one login module, not 2"),
            std::string_view::npos);
  EXPECT_NE(Apply(sasl, Options("cut", "KafkaClient { a.B required secret=")).Get("error"), "");
  EXPECT_EQ(
      Apply(sasl, Options("cut", "KafkaClient { a.B required secret=")).Get("error").find("secret"),
      std::string_view::npos);
}

}  // namespace
}  // namespace sluice::config

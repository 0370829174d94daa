#include "runtime/kafka/kafka_error.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <string>
#include <string_view>

namespace sluice::kafka {
namespace {

TEST(KafkaError, ZeroIsOk) { EXPECT_TRUE(KafkaError(0).ok()); }

TEST(KafkaError, SaysWhatJavaSays) {
  const Status status = KafkaError(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, "too late");
  EXPECT_EQ(ExceptionClass(status), "org.apache.kafka.common.errors.TimeoutException");
  EXPECT_EQ(Message(status), "too late");
  EXPECT_TRUE(IsRetriable(status));
  EXPECT_FALSE(IsRetriable(KafkaError(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)));
}

TEST(KafkaError, AnUnknownCodeIsAKafkaExceptionWithItsName) {
  const Status status = KafkaError(RD_KAFKA_RESP_ERR__BAD_MSG);
  EXPECT_EQ(ExceptionClass(status), "org.apache.kafka.common.KafkaException");
  EXPECT_NE(Message(status).find("_BAD_MSG"), std::string_view::npos);
}

// What librdkafka was built with: without these, topics can be unreadable or brokers unreachable.
TEST(Librdkafka, CanDoWhatAWorkerNeeds) {
  char features[512];
  size_t size = sizeof features;
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  ASSERT_EQ(rd_kafka_conf_get(conf, "builtin.features", features, &size), RD_KAFKA_CONF_OK);
  rd_kafka_conf_destroy(conf);
  const std::string all = std::string(",") + features + ",";
  for (const std::string feature : {"gzip", "snappy", "lz4", "zstd", "ssl", "sasl", "sasl_gssapi",
                                    "sasl_plain", "sasl_scram", "sasl_oauthbearer"}) {
    EXPECT_NE(all.find("," + feature + ","), std::string::npos) << feature << " not in " << all;
  }
}

}  // namespace
}  // namespace sluice::kafka

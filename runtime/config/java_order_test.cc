#include "runtime/config/java_order.h"

#include "gtest/gtest.h"

namespace sluice::config {
namespace {

using Keys = std::vector<std::string>;

// As the peer showed the keys of its JsonConverter.
TEST(JavaHashOrder, AsThePeerShowsThem) {
  EXPECT_EQ(JavaHashOrder({"converter.type", "schemas.enable", "schemas.cache.size",
                           "schema.content", "decimal.format", "replace.null.with.default"}),
            (Keys{"decimal.format", "converter.type", "schemas.cache.size",
                  "replace.null.with.default", "schemas.enable", "schema.content"}));
  EXPECT_EQ(JavaHashOrder({"Schemas", "Serialization"}), (Keys{"Serialization", "Schemas"}));
  EXPECT_EQ(JavaHashOrder({}), Keys{});
}

// acks, batch.size and sasl.jaas.config share a bucket.
TEST(JavaHashOrder, KeepsTheOrderWithinABucket) {
  EXPECT_EQ(JavaHashOrder({"sasl.jaas.config", "acks", "batch.size", "compression.type"}),
            (Keys{"compression.type", "sasl.jaas.config", "acks", "batch.size"}));
}

}  // namespace
}  // namespace sluice::config

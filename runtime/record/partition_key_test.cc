#include "runtime/record/partition_key.h"

#include "gtest/gtest.h"
#include "runtime/abi/views.h"

namespace sluice::record {
namespace {

TEST(PartitionKeyTest, OrderAndWidthDoNotMatter) {
  const sluice_map_entry one[] = {{abi::String("file"), abi::String("a\"b")},
                                  {abi::String("part"), abi::Int32(1)}};
  const sluice_map_entry two[] = {{abi::String("part"), abi::Int64(1)},
                                  {abi::String("file"), abi::String("a\"b")}};
  const sluice_value a = abi::Map(one, 2), b = abi::Map(two, 2);
  EXPECT_EQ(PartitionKey(&a), PartitionKey(&b));
  EXPECT_EQ(PartitionKey(&a), R"({"file":"a\"b","part":1})");
}

TEST(PartitionKeyTest, TextAndNumberDiffer) {
  const sluice_map_entry one[] = {{abi::String("p"), abi::String("1")}};
  const sluice_map_entry two[] = {{abi::String("p"), abi::Int32(1)}};
  const sluice_map_entry three[] = {{abi::String("p"), abi::Null()}};
  const sluice_value a = abi::Map(one, 1), b = abi::Map(two, 1), c = abi::Map(three, 1);
  EXPECT_NE(PartitionKey(&a), PartitionKey(&b));
  EXPECT_NE(PartitionKey(&a), PartitionKey(&c));
}

TEST(PartitionKeyTest, NoneIsNull) {
  const sluice_value null = abi::Null();
  EXPECT_EQ(PartitionKey(nullptr), "null");
  EXPECT_EQ(PartitionKey(&null), "null");
  const sluice_value empty = abi::Map(nullptr, 0);
  EXPECT_EQ(PartitionKey(&empty), "{}");
}

}  // namespace
}  // namespace sluice::record

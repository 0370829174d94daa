#include "runtime/herder/sink_offsets.h"

#include <gtest/gtest.h>

#include "runtime/base/text.h"

namespace sluice::herder {
namespace {

constexpr char kPartition[] = R"({"kafka_topic":"t","kafka_partition":3})";

// What became of one entry: "t-3=7", or the error.
std::string Parsed(std::string_view partition, std::string_view offset) {
  const auto list = ParseSinkOffsets({{std::string(partition), std::string(offset)}});
  if (!list.ok()) {
    EXPECT_EQ(list.status().code(), absl::StatusCode::kOutOfRange) << list.status();
    return std::string(Message(list.status()));
  }
  const SinkOffset& one = (*list)[0];
  return StrCat(one.partition.topic, "-", one.partition.partition, "=",
                one.offset ? StrCat(*one.offset) : "none");
}

TEST(SinkOffsetsTest, TakesNumbersAndNumericText) {
  EXPECT_EQ(Parsed(kPartition, R"({"kafka_offset":7})"), "t-3=7");
  EXPECT_EQ(
      Parsed(R"({"kafka_topic":"t","kafka_partition":"3","more":1})", R"({"kafka_offset":"7"})"),
      "t-3=7");
  EXPECT_EQ(Parsed(kPartition, "null"), "t-3=none");
  EXPECT_EQ(Parsed(kPartition, R"({"kafka_offset":9223372036854775807})"),
            "t-3=9223372036854775807");
}

TEST(SinkOffsetsTest, SaysWhatIsWrongInThePeersWords) {
  constexpr char kOffset[] = R"({"kafka_offset":1})";
  EXPECT_EQ(Parsed("null", kOffset),
            "The partition for a sink connector offset cannot be null or missing");
  for (const char* partition : {"{}", R"({"kafka_topic":"t"})", R"({"kafka_partition":1})"}) {
    EXPECT_EQ(Parsed(partition, kOffset),
              "The partition for a sink connector offset must contain the keys 'kafka_topic' and "
              "'kafka_partition'");
  }
  EXPECT_EQ(Parsed(R"({"kafka_topic":null,"kafka_partition":1})", kOffset),
            "Kafka topic names must be valid strings and may not be null");
  EXPECT_EQ(Parsed(R"({"kafka_topic":"t","kafka_partition":null})", kOffset),
            "Kafka partitions must be valid numbers and may not be null");
  for (const char* number : {"\"x\"", "1.5", "-1", "2147483648", "true", "[1]"}) {
    EXPECT_TRUE(Parsed(StrCat(R"({"kafka_topic":"t","kafka_partition":)", number, "}"), kOffset)
                    .starts_with("Failed to parse the following Kafka partition value in the "
                                 "provided offsets: '"))
        << number;
  }
  EXPECT_EQ(Parsed(R"({"kafka_topic":"t","kafka_partition":"x"})", kOffset),
            "Failed to parse the following Kafka partition value in the provided offsets: 'x'. "
            "Partition values for sink connectors need to be integers.");
  EXPECT_EQ(Parsed(kPartition, "{}"),
            "The offset for a sink connector should either be null or contain the key "
            "'kafka_offset'");
  EXPECT_EQ(Parsed(kPartition, R"({"kafka_offset":"x"})"),
            "Failed to parse the following Kafka offset value in the provided offsets: 'x'. Offset "
            "values for sink connectors need to be integers.");
  EXPECT_EQ(Parsed(kPartition, R"({"kafka_offset":null})"),
            "Failed to parse the following Kafka offset value in the provided offsets: 'null'. "
            "Offset values for sink connectors need to be integers.");
  EXPECT_EQ(Parsed(kPartition, R"({"kafka_offset":-1})"),
            "Failed to parse the following Kafka offset value in the provided offsets: '-1'. "
            "Offset values for sink connectors need to be integers that are not negative.");
}

TEST(SinkOffsetsTest, OfOnePartitionTheLastEntryCounts) {
  const auto list = ParseSinkOffsets({{kPartition, R"({"kafka_offset":1})"},
                                      {R"({"kafka_topic":"t","kafka_partition":"3"})", "null"}});
  ASSERT_TRUE(list.ok());
  ASSERT_EQ(list->size(), 1u);
  EXPECT_FALSE((*list)[0].offset);
}

TEST(SinkOffsetsTest, ShowsThemInThePeersOrder) {
  const ConnectorOffset shown = ShowSinkOffset({{"js", 0}, 3});
  EXPECT_EQ(shown.partition, R"({"kafka_partition":0,"kafka_topic":"js"})");
  EXPECT_EQ(shown.offset, R"({"kafka_offset":3})");
}

}  // namespace
}  // namespace sluice::herder

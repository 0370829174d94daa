#include "runtime/herder/sink_offsets.h"

#include <limits>
#include <map>
#include <string>

#include "runtime/base/json.h"
#include "runtime/base/text.h"

namespace sluice::herder {
namespace {

// Java's String.valueOf of a JSON value: numbers may be given as text.
std::string ValueText(const rapidjson::Value& value) {
  return value.IsString() ? std::string(JsonText(value)) : WriteJson(value);
}

StatusOr<kafka::TopicPartition> ParsePartition(const rapidjson::Value& partition) {
  if (!partition.IsObject()) {
    return BadRequestError("The partition for a sink connector offset cannot be null or missing");
  }
  const rapidjson::Value* topic = FindJsonMember(partition, "kafka_topic");
  const rapidjson::Value* number = FindJsonMember(partition, "kafka_partition");
  if (topic == nullptr || number == nullptr) {
    return BadRequestError(
        "The partition for a sink connector offset must contain the keys 'kafka_topic' and "
        "'kafka_partition'");
  }
  if (topic->IsNull()) {
    return BadRequestError("Kafka topic names must be valid strings and may not be null");
  }
  if (number->IsNull()) {
    return BadRequestError("Kafka partitions must be valid numbers and may not be null");
  }
  const auto parsed = ParseInt64(ValueText(*number));
  if (!parsed || *parsed < 0 || *parsed > std::numeric_limits<int32_t>::max()) {
    return BadRequestError(
        StrCat("Failed to parse the following Kafka partition value in the provided offsets: '",
               ValueText(*number), "'. Partition values for sink connectors need to be integers."));
  }
  return kafka::TopicPartition{ValueText(*topic), static_cast<int32_t>(*parsed)};
}

StatusOr<std::optional<int64_t>> ParseOffset(const rapidjson::Value& offset) {
  if (offset.IsNull()) return std::optional<int64_t>();
  const rapidjson::Value* number = FindJsonMember(offset, "kafka_offset");
  if (number == nullptr) {
    return BadRequestError(
        "The offset for a sink connector should either be null or contain the key 'kafka_offset'");
  }
  const auto parsed = ParseInt64(ValueText(*number));
  if (!parsed || *parsed < 0) {
    return BadRequestError(
        StrCat("Failed to parse the following Kafka offset value in the provided offsets: '",
               ValueText(*number), "'. Offset values for sink connectors need to be integers",
               parsed ? " that are not negative." : "."));
  }
  return std::optional<int64_t>(*parsed);
}

}  // namespace

StatusOr<std::vector<SinkOffset>> ParseSinkOffsets(const std::vector<ConnectorOffset>& offsets) {
  std::map<kafka::TopicPartition, std::optional<int64_t>> parsed;
  for (const ConnectorOffset& one : offsets) {
    SLUICE_ASSIGN_OR_RETURN(const rapidjson::Document partition, ParseJson(one.partition));
    SLUICE_ASSIGN_OR_RETURN(const rapidjson::Document offset, ParseJson(one.offset));
    SLUICE_ASSIGN_OR_RETURN(kafka::TopicPartition key, ParsePartition(partition));
    SLUICE_ASSIGN_OR_RETURN(parsed[std::move(key)], ParseOffset(offset));
  }
  std::vector<SinkOffset> list;
  for (const auto& [partition, offset] : parsed) list.push_back({partition, offset});
  return list;
}

ConnectorOffset ShowSinkOffset(const kafka::PartitionOffset& offset) {
  JsonWriter partition;
  partition.StartObject().Key("kafka_partition").Int(offset.partition.partition);
  partition.Key("kafka_topic").String(offset.partition.topic).EndObject();
  JsonWriter number;
  number.StartObject().Key("kafka_offset").Int(offset.offset).EndObject();
  return {partition.Take(), number.Take()};
}

}  // namespace sluice::herder

#include "runtime/kafka/consumed_batch.h"

#include <librdkafka/rdkafka.h>

namespace sluice::kafka {
namespace {

record::Bytes ToBytes(const void* data, size_t size) {
  return data == nullptr ? record::kNullBytes : record::Bytes{static_cast<const char*>(data), size};
}

sluice_timestamp_type ToTimestampType(rd_kafka_timestamp_type_t type) {
  switch (type) {
    case RD_KAFKA_TIMESTAMP_CREATE_TIME:
      return SLUICE_TIMESTAMP_CREATE;
    case RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME:
      return SLUICE_TIMESTAMP_LOG_APPEND;
    default:
      return SLUICE_TIMESTAMP_NONE;
  }
}

}  // namespace

RdkafkaBatch::~RdkafkaBatch() {
  for (rd_kafka_message_t* message : messages_) rd_kafka_message_destroy(message);
}

ConsumedBatch::Message RdkafkaBatch::message(size_t index) const {
  const rd_kafka_message_t& from = *messages_[index];
  Message message;
  message.topic = rd_kafka_topic_name(from.rkt);
  message.partition = from.partition;
  message.offset = from.offset;
  rd_kafka_timestamp_type_t type;
  message.timestamp = rd_kafka_message_timestamp(&from, &type);
  message.timestamp_type = ToTimestampType(type);
  message.key = ToBytes(from.key, from.key_len);
  message.value = ToBytes(from.payload, from.len);
  // Parsed when first asked for, which costs nothing if there are none (tools/lib/rdkafka.sh).
  rd_kafka_headers_t* headers;
  message.has_headers = rd_kafka_message_headers(&from, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR;
  return message;
}

void RdkafkaBatch::Headers(size_t index,
                           std::vector<std::pair<std::string_view, record::Bytes>>& out) const {
  rd_kafka_headers_t* headers;
  if (rd_kafka_message_headers(messages_[index], &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const char* name;
  const void* value;
  size_t size;
  for (size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    out.emplace_back(name, ToBytes(value, size));
  }
}

size_t RdkafkaBatch::bytes() const {
  size_t bytes = 0;
  for (const rd_kafka_message_t* message : messages_) bytes += message->key_len + message->len;
  return bytes;
}

}  // namespace sluice::kafka

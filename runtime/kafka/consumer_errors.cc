#include "runtime/kafka/consumer_errors.h"

#include <librdkafka/rdkafka.h>

#include <string>
#include <string_view>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/kafka/kafka_error.h"
#include "runtime/kafka/partitions.h"

namespace sluice::kafka {

Status TakeError(rd_kafka_error_s* error) {
  if (error == nullptr) return OkStatus();
  Status status = KafkaError(rd_kafka_error_code(error), rd_kafka_error_string(error));
  rd_kafka_error_destroy(error);
  return status;
}

Status CommitError(int code, const rd_kafka_topic_partition_list_t* offsets) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return FirstError(offsets, "commit the offset");
    case RD_KAFKA_RESP_ERR__NO_OFFSET:
      return OkStatus();  // there was nothing to commit
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
      return ExceptionError(
          absl::StatusCode::kAborted, "org.apache.kafka.clients.consumer.CommitFailedException",
          StrCat("Offset commit cannot be completed since the consumer is not part of an active "
                 "group for auto partition assignment: ",
                 rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code))));
    default:
      return KafkaError(code, StrCat("Offset commit failed: ",
                                     rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code))));
  }
}

Status MessageError(const rd_kafka_message_t& message) {
  const std::string_view topic = message.rkt != nullptr ? rd_kafka_topic_name(message.rkt) : "";
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      return OkStatus();
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return KafkaError(message.err, StrCat("Not authorized to access topics: [", topic, "]"));
    default:
      break;
  }
  const std::string text = topic.empty() ? std::string(rd_kafka_message_errstr(&message))
                                         : StrCat(topic, "-", message.partition, ": ",
                                                  rd_kafka_message_errstr(&message));
  Status status = KafkaError(message.err, text);
  // Aborted is what concerns the membership, which librdkafka renews.
  if (!IsRetriable(status) && status.code() != absl::StatusCode::kAborted &&
      message.err != RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED) {
    return status;
  }
  LogWarn("kafka", text);
  return OkStatus();
}

}  // namespace sluice::kafka

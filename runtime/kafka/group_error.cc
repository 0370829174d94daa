#include "runtime/kafka/group_error.h"

#include <librdkafka/rdkafka.h>

#include "runtime/base/text.h"
#include "runtime/kafka/kafka_error.h"

namespace sluice::kafka {

Status GroupChangeError(int code, std::string_view text) {
  const Status error = KafkaError(code, text);
  switch (code) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:  // only members may commit
    case RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC:
    case RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP:
    case RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS:
      return ExceptionError(absl::StatusCode::kFailedPrecondition, ExceptionClass(error), text);
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      return ExceptionError(absl::StatusCode::kOutOfRange, ExceptionClass(error), text);
    default:
      return error;
  }
}

Status FirstGroupError(const rd_kafka_group_result_t** groups, size_t count,
                       std::string_view what) {
  if (count == 0) return OkStatus();
  if (const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[0])) {
    return GroupChangeError(rd_kafka_error_code(error),
                            StrCat("Failed to ", what, ": ", rd_kafka_error_string(error)));
  }
  const rd_kafka_topic_partition_list_t* list = rd_kafka_group_result_partitions(groups[0]);
  for (int i = 0; list != nullptr && i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    if (one.err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    return GroupChangeError(one.err, StrCat("Failed to ", what, " for ", one.topic, "-",
                                            one.partition, ": ", rd_kafka_err2str(one.err)));
  }
  return OkStatus();
}

}  // namespace sluice::kafka

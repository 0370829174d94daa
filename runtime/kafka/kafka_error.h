// librdkafka's error codes as Java's exceptions: what a user of Kafka Connect finds in dead letter
// headers, statuses and logs. The one place that knows which of them may go away by themselves. For
// this folder's files only. Pure, any thread.
#ifndef SLUICE_RUNTIME_KAFKA_KAFKA_ERROR_H_
#define SLUICE_RUNTIME_KAFKA_KAFKA_ERROR_H_

#include <string_view>

#include "runtime/base/status.h"

namespace sluice::kafka {

// `code` is an rd_kafka_resp_err_t, OK for 0. The message is `text`, or librdkafka's if it is
// empty. IsRetriable tells what Java's class says of itself.
Status KafkaError(int code, std::string_view text = {});
// Whether a client's error event says that the broker, or we, will not have each other: a wrong
// password or certificate. It does not go away by trying again.
bool IsRefusal(int code, std::string_view text);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_KAFKA_ERROR_H_

// What goes wrong in a consumer, as our errors. For this folder's files only. Pure functions.
#ifndef SLUICE_RUNTIME_KAFKA_CONSUMER_ERRORS_H_
#define SLUICE_RUNTIME_KAFKA_CONSUMER_ERRORS_H_

#include "runtime/base/status.h"

struct rd_kafka_error_s;
struct rd_kafka_message_s;
struct rd_kafka_topic_partition_list_s;

namespace sluice::kafka {

// Destroys the error; null is OK.
Status TakeError(rd_kafka_error_s* error);
// Of a whole commit, or of its first partition that failed.
Status CommitError(int code, const rd_kafka_topic_partition_list_s* offsets);
// Of an error that came among the messages; OK where librdkafka deals with it by itself.
Status MessageError(const rd_kafka_message_s& message);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_CONSUMER_ERRORS_H_

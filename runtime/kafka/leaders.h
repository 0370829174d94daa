// librdkafka's admin asks the leaders that it knows, with their epochs as it knows them, and does
// not look for others when a broker says that these are of yesterday, or when it waits for one that
// is gone; not before metadata.max.age.ms is over. Each broker that restarts makes a new epoch. So
// its user looks. For this folder's files only. Any thread.
#ifndef SLUICE_RUNTIME_KAFKA_LEADERS_H_
#define SLUICE_RUNTIME_KAFKA_LEADERS_H_

#include <vector>

#include "runtime/base/clock.h"
#include "runtime/kafka/consumer.h"

struct rd_kafka_s;

namespace sluice::kafka {

// Does this code of a broker say so?
bool IsOfAStaleLeader(int code);
// Asks any broker for the leaders of these topics; the client keeps the answer. Without an answer
// within `timeout` for each topic nothing changes.
void RefreshLeaders(rd_kafka_s* client, const std::vector<TopicPartition>& partitions,
                    milliseconds timeout);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_LEADERS_H_

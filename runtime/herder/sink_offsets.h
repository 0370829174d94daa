// A sink's offsets as clients send them, read into partitions and numbers (KIP-875). Pure
// functions, any thread.
#ifndef SLUICE_RUNTIME_HERDER_SINK_OFFSETS_H_
#define SLUICE_RUNTIME_HERDER_SINK_OFFSETS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/herder/herder.h"
#include "runtime/kafka/consumer.h"

namespace sluice::herder {

struct SinkOffset {
  kafka::TopicPartition partition;
  std::optional<int64_t> offset;  // nothing: to be removed
};

// Of several entries for one partition the last counts. Error: BadRequestError with the peer's
// text.
StatusOr<std::vector<SinkOffset>> ParseSinkOffsets(const std::vector<ConnectorOffset>& offsets);
// The other way.
ConnectorOffset ShowSinkOffset(const kafka::PartitionOffset& offset);

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_SINK_OFFSETS_H_

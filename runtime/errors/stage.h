// Where in a record's life an error happened; the names are those of the peer's headers, logs and
// metrics.
#ifndef SLUICE_RUNTIME_ERRORS_STAGE_H_
#define SLUICE_RUNTIME_ERRORS_STAGE_H_

#include <cstdint>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/record/batch_memory.h"

namespace sluice::errors {

enum class Stage {
  kTaskPoll,
  kTaskPut,
  kTransformation,
  kKeyConverter,
  kValueConverter,
  kHeaderConverter,
  kKafkaProduce,
  kKafkaConsume,
};
std::string_view StageName(Stage stage);  // TASK_POLL, TASK_PUT, TRANSFORMATION, KEY_CONVERTER, ...

// A header as it is on the wire.
struct RawHeader {
  std::string_view key;
  record::Bytes value;
};

// The record as it was consumed, before anything was done to it; all borrowed.
struct ConsumedRecord {
  std::string_view topic;
  int32_t partition = -1;
  int64_t offset = -1;
  int64_t timestamp = -1;
  sluice_timestamp_type timestamp_type = SLUICE_TIMESTAMP_NONE;
  record::Bytes key = record::kNullBytes;
  record::Bytes value = record::kNullBytes;
  const RawHeader* headers = nullptr;
  size_t header_count = 0;
};

// The record that is being worked on: exactly one of the first two is set.
struct Subject {
  const ConsumedRecord* consumed = nullptr;  // sink
  const sluice_record* source = nullptr;     // source, as it was polled
  // What transforms have made of it so far, of which the topic counts: that is where it goes. May
  // be null: of a sink, or nothing was made.
  const sluice_record* current = nullptr;
};

// A failure that is final for this record.
struct Failure {
  Stage stage;
  std::string_view executing_class;  // Java class name of what ran
  Status error;
  int attempts = 1;
  Subject subject;
};

}  // namespace sluice::errors

#endif  // SLUICE_RUNTIME_ERRORS_STAGE_H_

#include "runtime/storage/topic_log.h"

#include <utility>

#include "runtime/storage/wait.h"

namespace sluice::storage {

Status OutcomeUnknownError(std::string_view message) {
  return ExceptionError(absl::StatusCode::kUnknown,
                        "org.apache.kafka.common.errors.TimeoutException", message);
}

bool IsOutcomeUnknown(const Status& status) { return status.code() == absl::StatusCode::kUnknown; }

Status AppendAndWait(TopicLog& log, std::string key, std::optional<std::string> value,
                     milliseconds timeout) {
  return WaitForDone(timeout, [&](Done done) {
    log.Append(std::move(key), std::move(value), timeout, std::move(done));
  });
}

Status ReadToEnd(TopicLog& log, milliseconds timeout) {
  return WaitForDone(timeout, [&](Done done) { log.Barrier(timeout, std::move(done)); });
}

}  // namespace sluice::storage

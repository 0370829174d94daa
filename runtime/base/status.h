// The one error type of the worker: absl::Status plus what Kafka Connect's users expect of an
// error, which is a Java exception class name (it goes into dead letter headers, statuses and REST
// answers) and a trace with causes.
//
// Anyone may make and read these, on any thread. The names of the classes are those of the peer, so
// that a dashboard which groups dead letters by `__connect.errors.exception.class.name` goes on
// working.
#ifndef SLUICE_RUNTIME_BASE_STATUS_H_
#define SLUICE_RUNTIME_BASE_STATUS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sluice {

using Status = absl::Status;
template <typename T>
using StatusOr = absl::StatusOr<T>;

inline Status OkStatus() { return absl::OkStatus(); }

// Fatal for a task or a request: org.apache.kafka.connect.errors.ConnectException.
Status ConnectError(std::string_view message);
// Bad data, tolerable by errors.tolerance: org.apache.kafka.connect.errors.DataException.
Status DataError(std::string_view message);
// Worth trying again: org.apache.kafka.connect.errors.RetriableException.
Status RetriableError(std::string_view message);
// A configuration that cannot work: org.apache.kafka.common.config.ConfigException.
Status ConfigError(std::string_view message);
// 404: org.apache.kafka.connect.errors.NotFoundException.
Status NotFoundError(std::string_view message);
// 409: org.apache.kafka.connect.errors.AlreadyExistsException.
Status AlreadyExistsError(std::string_view message);
// 400: org.apache.kafka.connect.runtime.rest.errors.BadRequestException.
Status BadRequestError(std::string_view message);
// 409 for anything that a client should simply try again: a rebalance, a connector in the wrong
// state.
Status ConflictError(std::string_view message);
// The wait ran out of time: org.apache.kafka.common.errors.TimeoutException. Retriable.
Status TimeoutError(std::string_view message);
// Somebody asked us to stop while we waited. Never shown to a user as a failure.
Status StoppedError();
// Any other class, by its full Java name. `code` decides IsRetriable and the like.
Status ExceptionError(absl::StatusCode code, std::string_view java_class, std::string_view message);

// The full Java class name; for a status made elsewhere, ConnectException. Empty for OK.
std::string ExceptionClass(const Status& status);
// The text, as std::string_view over the status (absl has a string_view of its own).
inline std::string_view Message(const Status& status) {
  return {status.message().data(), status.message().size()};
}
// `class: message`, then the frames that were given, then `Caused by: ...` for each cause; ends
// without a newline.
std::string StackTrace(const Status& status);
// `Class: message` in one line.
std::string Describe(const Status& status);

// A new error of class `java_class` whose trace goes on with that of `cause`; keeps the code of
// `cause` unless it is retriable and `java_class` is not. Payloads of `cause` are kept only as
// text.
Status Wrap(const Status& cause, std::string_view java_class, std::string_view message);
// Wrap as ConnectException.
Status WrapConnect(const Status& cause, std::string_view message);
// Frames, one a line, each beginning with "\tat ". Plugins hand theirs over; ours name module and
// place.
Status WithFrames(Status status, std::string_view frames);

bool IsRetriable(const Status& status);  // kUnavailable or kDeadlineExceeded
bool IsStopped(const Status& status);    // made by StoppedError
using absl::IsNotFound;                  // which argument-dependent lookup would find anyway

inline constexpr std::string_view kConnectException =
    "org.apache.kafka.connect.errors.ConnectException";
inline constexpr std::string_view kDataException = "org.apache.kafka.connect.errors.DataException";
inline constexpr std::string_view kRetriableException =
    "org.apache.kafka.connect.errors.RetriableException";
inline constexpr std::string_view kConfigException =
    "org.apache.kafka.common.config.ConfigException";

}  // namespace sluice

#define SLUICE_CONCAT_INNER_(a, b) a##b
#define SLUICE_CONCAT_(a, b) SLUICE_CONCAT_INNER_(a, b)
#define SLUICE_RETURN_IF_ERROR(expr)                 \
  do {                                               \
    ::sluice::Status sluice_status_ = (expr);        \
    if (!sluice_status_.ok()) return sluice_status_; \
  } while (false)
#define SLUICE_ASSIGN_OR_RETURN(lhs, expr) \
  SLUICE_ASSIGN_OR_RETURN_IMPL_(SLUICE_CONCAT_(sluice_or_, __LINE__), lhs, expr)
#define SLUICE_ASSIGN_OR_RETURN_IMPL_(tmp, lhs, expr) \
  auto tmp = (expr);                                  \
  if (!tmp.ok()) return std::move(tmp).status();      \
  lhs = *std::move(tmp)

#endif  // SLUICE_RUNTIME_BASE_STATUS_H_

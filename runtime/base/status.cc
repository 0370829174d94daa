#include "runtime/base/status.h"

#include "absl/strings/cord.h"
#include "runtime/base/text.h"

namespace sluice {
namespace {

constexpr char kClassUrl[] = "sluice/class";
constexpr char kFramesUrl[] = "sluice/frames";
constexpr char kCauseUrl[] = "sluice/cause";  // the rendered trace of the cause

std::string Payload(const Status& status, const char* url) {
  auto payload = status.GetPayload(url);
  return payload ? std::string(*payload) : std::string();
}

}  // namespace

Status ExceptionError(absl::StatusCode code, std::string_view java_class,
                      std::string_view message) {
  Status status(code, ToAbsl(message));
  status.SetPayload(kClassUrl, absl::Cord(ToAbsl(java_class)));
  return status;
}

Status ConnectError(std::string_view message) {
  return ExceptionError(absl::StatusCode::kInternal, kConnectException, message);
}
Status DataError(std::string_view message) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, kDataException, message);
}
Status RetriableError(std::string_view message) {
  return ExceptionError(absl::StatusCode::kUnavailable, kRetriableException, message);
}
Status ConfigError(std::string_view message) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, kConfigException, message);
}
Status NotFoundError(std::string_view message) {
  return ExceptionError(absl::StatusCode::kNotFound,
                        "org.apache.kafka.connect.errors.NotFoundException", message);
}
Status AlreadyExistsError(std::string_view message) {
  return ExceptionError(absl::StatusCode::kAlreadyExists,
                        "org.apache.kafka.connect.errors.AlreadyExistsException", message);
}
Status BadRequestError(std::string_view message) {
  return ExceptionError(absl::StatusCode::kOutOfRange,
                        "org.apache.kafka.connect.runtime.rest.errors.BadRequestException",
                        message);
}
Status ConflictError(std::string_view message) {
  return ExceptionError(absl::StatusCode::kAborted,
                        "org.apache.kafka.connect.runtime.rest.errors.ConnectRestException",
                        message);
}
Status TimeoutError(std::string_view message) {
  return ExceptionError(absl::StatusCode::kDeadlineExceeded,
                        "org.apache.kafka.common.errors.TimeoutException", message);
}
Status StoppedError() { return Status(absl::StatusCode::kCancelled, "stopping"); }

std::string ExceptionClass(const Status& status) {
  if (status.ok()) return {};
  std::string name = Payload(status, kClassUrl);
  return name.empty() ? std::string(kConnectException) : name;
}

std::string Describe(const Status& status) {
  if (status.ok()) return "OK";
  std::string text = ExceptionClass(status);
  if (!status.message().empty()) {
    text += ": ";
    text += Message(status);
  }
  return text;
}

std::string StackTrace(const Status& status) {
  if (status.ok()) return {};
  std::string text = Describe(status);
  for (const char* url : {kFramesUrl, kCauseUrl}) {
    std::string part = Payload(status, url);
    if (part.empty()) continue;
    text += url == kCauseUrl ? "\nCaused by: " : "\n";
    text += part;
  }
  return text;
}

Status Wrap(const Status& cause, std::string_view java_class, std::string_view message) {
  absl::StatusCode code = cause.code();
  if (IsRetriable(cause) && java_class != kRetriableException) code = absl::StatusCode::kInternal;
  Status status = ExceptionError(code, java_class, message);
  status.SetPayload(kCauseUrl, absl::Cord(StackTrace(cause)));
  return status;
}

Status WrapConnect(const Status& cause, std::string_view message) {
  return Wrap(cause, kConnectException, message);
}

Status WithFrames(Status status, std::string_view frames) {
  if (!status.ok() && !frames.empty()) {
    while (!frames.empty() && frames.back() == '\n') frames.remove_suffix(1);
    status.SetPayload(kFramesUrl, absl::Cord(ToAbsl(frames)));
  }
  return status;
}

bool IsRetriable(const Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kDeadlineExceeded;
}
bool IsStopped(const Status& status) { return status.code() == absl::StatusCode::kCancelled; }

}  // namespace sluice

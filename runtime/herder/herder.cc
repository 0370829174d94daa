#include "runtime/herder/herder.h"

#include "absl/strings/cord.h"

namespace sluice::herder {
namespace {

constexpr char kOtherWorker[] = "sluice/other-worker";

}  // namespace

Status OtherWorkerError(std::string_view url) {
  Status status = ConflictError(
      "Cannot complete request because of a conflicting operation (e.g. worker rebalance)");
  status.SetPayload(kOtherWorker, absl::Cord(absl::string_view(url.data(), url.size())));
  return status;
}

std::optional<std::string> OtherWorker(const Status& status) {
  const auto url = status.GetPayload(kOtherWorker);
  return url ? std::optional(std::string(*url)) : std::nullopt;
}

}  // namespace sluice::herder

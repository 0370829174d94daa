#include "connectors/object_store_sink/azure_error.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "connectors/object_store_sink/xml.h"
#include "connectors/sdk/text.h"

namespace sluice::object_store_sink {
namespace {

template <size_t kSize>
bool IsOneOf(std::string_view code, const std::string_view (&codes)[kSize]) {
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

}  // namespace

StoreErrorKind AzureKindOf(int status, std::string_view code) {
  // Also a lease or a policy of immutability answers 409 or 412: the word decides.
  static constexpr std::string_view kExists[] = {"BlobAlreadyExists", "ConditionNotMet",
                                                 "TargetConditionNotMet", "PathAlreadyExists"};
  static constexpr std::string_view kTransient[] = {
      "ServerBusy",     "OperationTimedOut",   "InternalError", "ContainerBeingDeleted",
      "Md5Mismatch",    "BlobBeingRehydrated", "SystemInUse",   "AccountBeingCreated",
      "IncompleteBody", "PendingCopyOperation"};
  if (IsOneOf(code, kExists)) return StoreErrorKind::kExists;
  // Another writer of the same name has finished, and Azure has dropped the blocks of all others.
  if (code == "InvalidBlockList") return StoreErrorKind::kGone;
  if (IsOneOf(code, kTransient) || status >= 500 || status == 429 || status == 408) {
    return StoreErrorKind::kTransient;
  }
  return StoreErrorKind::kFatal;
}

std::string AzureCode(const HttpResponse& answer) {
  const std::string_view header = answer.Header("x-ms-error-code");
  return header.empty() ? XmlText(answer.body, "Code") : std::string(header);
}

StoreError AzureErrorOf(std::string_view what, const HttpResponse& answer) {
  const std::string code = AzureCode(answer);
  std::string text = sdk::Cat(what, ": the answer is ", answer.status);
  if (!code.empty()) text += sdk::Cat(" ", code);
  // Its first line; then come an id and a time.
  std::string message = XmlText(answer.body, "Message");
  message = message.substr(0, message.find_first_of("\r\n"));
  if (!message.empty()) text += sdk::Cat(": ", message);
  if (const std::string_view id = answer.Header("x-ms-request-id"); !id.empty()) {
    text += sdk::Cat(" (request ", id, ")");
  }
  return {AzureKindOf(answer.status, code), text, answer.status};
}

}  // namespace sluice::object_store_sink

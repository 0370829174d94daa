#include "connectors/object_store_sink/s3_error.h"

#include <algorithm>
#include <string>

#include "connectors/object_store_sink/xml.h"
#include "connectors/sdk/text.h"

namespace sluice::object_store_sink {
namespace {

// What AWS's SDKs try again although the status is 4xx (or 200, of a completion).
constexpr std::string_view kTransientCodes[] = {"RequestTimeout",
                                                "RequestTimeoutException",
                                                "Throttling",
                                                "ThrottlingException",
                                                "ThrottledException",
                                                "RequestThrottled",
                                                "SlowDown",
                                                "BandwidthLimitExceeded",
                                                "RequestLimitExceeded",
                                                "InternalError",
                                                "ServiceUnavailable",
                                                "OperationAborted",
                                                "ConditionalRequestConflict",
                                                "RequestTimeTooSkewed",
                                                "BadDigest",
                                                "IncompleteBody"};

}  // namespace

bool IsExpired(std::string_view code) {
  return code == "ExpiredToken" || code == "ExpiredTokenException" || code == "RequestExpired" ||
         code == "TokenRefreshRequired";
}

StoreErrorKind KindOf(int status, std::string_view code) {
  if (code == "PreconditionFailed" || status == 412) return StoreErrorKind::kExists;
  // The second is what others than S3 say; S3 itself says it to no call that writes.
  if (code == "NoSuchUpload" || code == "NoSuchKey") return StoreErrorKind::kGone;
  const bool passing = std::find(std::begin(kTransientCodes), std::end(kTransientCodes), code) !=
                       std::end(kTransientCodes);
  if (passing || IsExpired(code) || status >= 500 || status == 429 || status == 408) {
    return StoreErrorKind::kTransient;
  }
  return StoreErrorKind::kFatal;
}

StoreError ErrorOf(std::string_view what, const HttpResponse& answer) {
  const std::string code = XmlText(answer.body, "Code");
  std::string text = sdk::Cat(what, ": the answer is ", answer.status);
  if (!code.empty()) text += sdk::Cat(" ", code, ": ", XmlText(answer.body, "Message"));
  std::string_view region = answer.Header("x-amz-bucket-region");
  if ((answer.status == 301 || answer.status == 400) && !region.empty()) {
    text += sdk::Cat("; the bucket is in the region ", region, ", which s3.region must name");
  }
  return {KindOf(answer.status, code), text, answer.status};
}

}  // namespace sluice::object_store_sink

#include "runtime/config/login_classes.h"

#include "runtime/base/text.h"

namespace sluice::config {
namespace {

constexpr std::string_view kPackage = "org.apache.kafka.common.security.oauthbearer.";
constexpr std::string_view kEndpoint = "OAuthBearerLoginCallbackHandler";
constexpr std::string_view kUnsecured =
    "internals.unsecured.OAuthBearerUnsecuredLoginCallbackHandler";

}  // namespace

bool IsUnsecuredLoginHandler(std::string_view class_name) {
  return class_name == StrCat(kPackage, kUnsecured);
}

std::optional<std::string> CheckLoginHandler(std::string_view class_name) {
  // Before 4.0 it was in the package `secured`.
  if (class_name == StrCat(kPackage, kEndpoint) ||
      class_name == StrCat(kPackage, "secured.", kEndpoint) ||
      IsUnsecuredLoginHandler(class_name)) {
    return std::nullopt;
  }
  return StrCat("it names Java code, which this worker cannot run; expected ", kPackage, kEndpoint,
                " (tokens of sasl.oauthbearer.token.endpoint.url), or nothing");
}

}  // namespace sluice::config

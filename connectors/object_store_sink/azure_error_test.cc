#include "connectors/object_store_sink/azure_error.h"

#include <gtest/gtest.h>

namespace sluice::object_store_sink {
namespace {

TEST(AzureErrorTest, Kinds) {
  const struct {
    int status;
    std::string_view code;
    StoreErrorKind kind;
  } cases[] = {
      {503, "ServerBusy", StoreErrorKind::kTransient},
      {500, "OperationTimedOut", StoreErrorKind::kTransient},
      {500, "", StoreErrorKind::kTransient},
      {429, "", StoreErrorKind::kTransient},
      {409, "ContainerBeingDeleted", StoreErrorKind::kTransient},
      {409, "BlobAlreadyExists", StoreErrorKind::kExists},
      {412, "ConditionNotMet", StoreErrorKind::kExists},
      {400, "InvalidBlockList", StoreErrorKind::kGone},
      {404, "ContainerNotFound", StoreErrorKind::kFatal},
      {403, "AuthenticationFailed", StoreErrorKind::kFatal},
      {403, "AuthorizationPermissionMismatch", StoreErrorKind::kFatal},
      {412, "LeaseIdMissing", StoreErrorKind::kFatal},
      {409, "BlobImmutableDueToPolicy", StoreErrorKind::kFatal},
      {401, "InvalidAuthenticationInfo", StoreErrorKind::kFatal},
      {400, "", StoreErrorKind::kFatal},
  };
  for (const auto& one : cases) EXPECT_EQ(AzureKindOf(one.status, one.code), one.kind) << one.code;
}

TEST(AzureErrorTest, TheTextNamesWhatTheAnswerSays) {
  HttpResponse answer;
  answer.status = 404;
  answer.headers = {{"x-ms-request-id", "5-6"}};
  answer.body =
      "<?xml version=\"1.0\"?><Error><Code>ContainerNotFound</Code><Message>The specified "
      "container "
      "does not exist.\nRequestId:5-6\nTime:2024</Message></Error>";
  EXPECT_EQ(std::string(AzureErrorOf("PUT abfs://c@a/n", answer).what()),
            "PUT abfs://c@a/n: the answer is 404 ContainerNotFound: The specified container does "
            "not exist. (request 5-6)");
}

TEST(AzureErrorTest, AnAnswerToHeadHasItsWordInAHeader) {
  HttpResponse answer;
  answer.status = 403;
  answer.headers = {{"x-ms-error-code", "AuthorizationFailure"}};
  EXPECT_EQ(std::string(AzureErrorOf("HEAD abfs://c@a", answer).what()),
            "HEAD abfs://c@a: the answer is 403 AuthorizationFailure");
}

}  // namespace
}  // namespace sluice::object_store_sink

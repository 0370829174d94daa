#include "connectors/object_store_sink/s3_error.h"

#include <gtest/gtest.h>

namespace sluice::object_store_sink {
namespace {

TEST(S3ErrorTest, Kinds) {
  const struct {
    int status;
    std::string_view code;
    StoreErrorKind kind;
  } cases[] = {
      {503, "SlowDown", StoreErrorKind::kTransient},
      {500, "", StoreErrorKind::kTransient},
      {429, "", StoreErrorKind::kTransient},
      {200, "InternalError", StoreErrorKind::kTransient},
      {400, "RequestTimeout", StoreErrorKind::kTransient},
      {400, "ExpiredToken", StoreErrorKind::kTransient},
      {409, "ConditionalRequestConflict", StoreErrorKind::kTransient},
      {412, "PreconditionFailed", StoreErrorKind::kExists},
      {404, "NoSuchUpload", StoreErrorKind::kGone},
      {404, "NoSuchKey", StoreErrorKind::kGone},
      {404, "NoSuchBucket", StoreErrorKind::kFatal},
      {403, "AccessDenied", StoreErrorKind::kFatal},
      {403, "SignatureDoesNotMatch", StoreErrorKind::kFatal},
      {301, "PermanentRedirect", StoreErrorKind::kFatal},
  };
  for (const auto& one : cases) EXPECT_EQ(KindOf(one.status, one.code), one.kind) << one.code;
}

TEST(S3ErrorTest, TheTextNamesWhatTheAnswerSays) {
  HttpResponse answer;
  answer.status = 301;
  answer.headers = {{"x-amz-bucket-region", "eu-central-1"}};
  answer.body = "<Error><Code>PermanentRedirect</Code><Message>Use another</Message></Error>";
  const StoreError error = ErrorOf("HEAD s3://b", answer);
  EXPECT_EQ(std::string(error.what()),
            "HEAD s3://b: the answer is 301 PermanentRedirect: Use another; the bucket is in the "
            "region eu-central-1, which s3.region must name");
}

}  // namespace
}  // namespace sluice::object_store_sink

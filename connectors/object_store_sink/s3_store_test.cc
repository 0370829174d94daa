// Uploads to a server that is a script: what is asked of it, how often, and what comes of its
// answers. With a real one: tests/connectors/test_object_store_sink.py.
#include "connectors/object_store_sink/s3_store.h"

#include <gtest/gtest.h>

#include "connectors/object_store_sink/fake_http.h"
#include "connectors/object_store_sink/store_error.h"

namespace sluice::object_store_sink {
namespace {

using std::chrono::milliseconds;

const HttpResponse kCreated{200, {}, "<R><UploadId>u 1</UploadId></R>"};

class S3StoreTest : public testing::Test {
 protected:
  S3Store& store() {
    if (!store_) {
      options_.endpoint = ParseEndpoint("store.url", "http://s3:9000");
      options_.bucket = "buck";
      options_.retry_backoff = milliseconds(0);
      store_.emplace(
          options_, std::make_unique<FakeTransport>(script_), StaticCredentials({"key", "secret"}),
          [] { return int64_t{0}; }, stop_);
    }
    return *store_;
  }
  std::string Lines() const { return script_.Lines(); }
  StoreErrorKind KindOfFinish(Upload& upload, const FinishOptions& options = {}) {
    try {
      upload.Finish(options);
    } catch (const StoreError& error) {
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos);
      return error.kind();
    }
    throw std::runtime_error("it was finished");
  }

  S3StoreTest() {
    options_.part_size = 5;
    options_.retries = 2;
  }

  S3Options options_;
  Script script_;
  shared::StopSignal stop_;
  std::optional<S3Store> store_;
};

TEST_F(S3StoreTest, ASmallObjectIsOneCall) {
  const auto upload = store().Begin("t/a+0.json");
  upload->Append("hello");
  upload->Send();
  EXPECT_TRUE(script_.seen.empty());
  upload->Finish({.metadata = {{"last-offset", "7"}}});
  ASSERT_EQ(Lines(), "PUT http://s3:9000/buck/t/a%2B0.json\n");
  EXPECT_EQ(script_.seen[0].body, "hello");
  EXPECT_EQ(script_.seen[0].Header("If-None-Match"), "");
  EXPECT_EQ(script_.seen[0].Header("x-amz-meta-last-offset"), "7");
  EXPECT_NE(script_.seen[0].Header("Authorization"), "");
}

TEST_F(S3StoreTest, WhatMustNotBeThereIsLookedForAndIsACondition) {
  for (const int looked : {404, 403}) {  // 403: without the right to list
    script_.seen.clear();
    script_.answers = {HttpResponse{looked, {}, ""}};
    const auto upload = store().Begin("a");
    upload->Append("abc");
    upload->Finish({.only_if_absent = true});
    ASSERT_EQ(Lines(), "HEAD http://s3:9000/buck/a\nPUT http://s3:9000/buck/a\n");
    EXPECT_EQ(script_.seen[1].Header("If-None-Match"), "*");
  }
}

// An answer to HEAD has no text: that the token is old is known by the write.
TEST_F(S3StoreTest, ALookThatIsRefusedIsLeftToTheWrite) {
  script_.answers = {HttpResponse{400, {}, ""}, Error(400, "ExpiredToken")};
  const auto upload = store().Begin("a");
  upload->Append("abc");
  upload->Finish({.only_if_absent = true});
  EXPECT_EQ(Lines(),
            "HEAD http://s3:9000/buck/a\nPUT http://s3:9000/buck/a\nPUT http://s3:9000/buck/a\n");
}

// As of a server that takes the condition and does not heed it.
TEST_F(S3StoreTest, WhatIsThereAlreadyIsNotSentAgain) {
  script_.answers = {HttpResponse{200, {{"content-length", "3"}}, ""}};
  const auto upload = store().Begin("a");
  upload->Append("abc");
  EXPECT_EQ(KindOfFinish(*upload, {.only_if_absent = true}), StoreErrorKind::kExists);
  EXPECT_EQ(Lines(), "HEAD http://s3:9000/buck/a\n");

  script_.answers = {kCreated};
  const auto parted = store().Begin("b");
  parted->Append("0123456789");
  parted->Send();
  script_.answers = {HttpResponse{200, {{"etag", "2"}}, ""},
                     HttpResponse{200, {{"content-length", "10"}}, ""}};
  EXPECT_EQ(KindOfFinish(*parted, {.only_if_absent = true}), StoreErrorKind::kExists);
  EXPECT_EQ(script_.seen.back().line, "HEAD http://s3:9000/buck/b");
}

TEST_F(S3StoreTest, ALargeObjectGoesByParts) {
  script_.answers = {kCreated};
  const auto upload = store().Begin("a");
  upload->Append("0123456789ab");
  upload->Send();
  upload->Append("cdef");
  upload->Finish({});
  EXPECT_EQ(Lines(),
            "POST http://s3:9000/buck/a?uploads=\n"
            "PUT http://s3:9000/buck/a?partNumber=1&uploadId=u%201\n"
            "PUT http://s3:9000/buck/a?partNumber=2&uploadId=u%201\n"
            "PUT http://s3:9000/buck/a?partNumber=3&uploadId=u%201\n"
            "PUT http://s3:9000/buck/a?partNumber=4&uploadId=u%201\n"
            "POST http://s3:9000/buck/a?uploadId=u%201\n");
  EXPECT_EQ(
      script_.seen[1].body + script_.seen[2].body + script_.seen[3].body + script_.seen[4].body,
      "0123456789abcdef");
  EXPECT_NE(script_.seen[5].body.find(
                "<Part><PartNumber>4</PartNumber><ETag>&quot;tag&quot;</ETag></Part>"),
            std::string::npos);
}

TEST_F(S3StoreTest, WhatMayPassIsTriedAgain) {
  script_.answers = {Error(503, "SlowDown"), kBroken};
  const auto upload = store().Begin("a");
  upload->Append("abc");
  upload->Finish({});
  EXPECT_EQ(script_.seen.size(), 3u);
  EXPECT_EQ(script_.seen[2].body, "abc");
}

TEST_F(S3StoreTest, RetriesEndAndTheUploadMayBeTriedAgainLater) {
  script_.answers = {kCreated, HttpResponse{200, {{"etag", "1"}}, ""}, kBroken, kBroken, kBroken};
  const auto upload = store().Begin("a");
  upload->Append("0123456789ab");
  EXPECT_THROW(upload->Send(), StoreError);
  EXPECT_EQ(upload->buffered(), 7u);  // the first part is there, the second is not
  upload->Finish({});
  EXPECT_EQ(script_.seen[5].line, "PUT http://s3:9000/buck/a?partNumber=2&uploadId=u%201");
  EXPECT_EQ(script_.seen[5].body, "56789");
  EXPECT_EQ(script_.seen.back().line, "POST http://s3:9000/buck/a?uploadId=u%201");
}

TEST_F(S3StoreTest, WhatCannotPassIsNotTriedAgain) {
  script_.answers = {Error(403, "AccessDenied")};
  const auto upload = store().Begin("a");
  upload->Append("abc");
  EXPECT_EQ(KindOfFinish(*upload), StoreErrorKind::kFatal);
  EXPECT_EQ(script_.seen.size(), 1u);
}

TEST_F(S3StoreTest, AnErrorInsideASuccessIsOne) {
  script_.answers = {kCreated};
  const auto upload = store().Begin("a");
  upload->Append("0123456789");
  upload->Send();
  script_.answers = {HttpResponse{200, {{"etag", "2"}}, ""}, Error(200, "InternalError")};
  upload->Finish({});
  EXPECT_EQ(script_.seen[script_.seen.size() - 2].line, script_.seen.back().line);
}

TEST_F(S3StoreTest, AnObjectThatIsThereIsToldApart) {
  script_.answers = {HttpResponse{404, {}, ""}, Error(412, "PreconditionFailed")};
  const auto upload = store().Begin("a");
  upload->Append("abc");
  EXPECT_EQ(KindOfFinish(*upload, {.only_if_absent = true}), StoreErrorKind::kExists);
  upload->Finish({});
  EXPECT_EQ(script_.seen.back().Header("If-None-Match"), "");
}

TEST_F(S3StoreTest, ACompletionWhoseAnswerWasLostIsNoFailure) {
  script_.answers = {kCreated};
  const auto upload = store().Begin("a");
  upload->Append("0123456789");
  upload->Send();
  script_.answers = {HttpResponse{200, {{"etag", "2"}}, ""}, kBroken, Error(404, "NoSuchUpload"),
                     HttpResponse{200,
                                  {{"content-length", "10"},
                                   {"x-amz-meta-sluice-upload",
                                    script_.seen[0].Header("x-amz-meta-sluice-upload")}},
                                  ""}};
  upload->Finish({});
  EXPECT_EQ(script_.seen.back().line, "HEAD http://s3:9000/buck/a");
}

TEST_F(S3StoreTest, AnObjectOfAnotherUploadIsNotTakenForOurs) {
  for (const Headers& more :
       {Headers{}, Headers{{"x-amz-meta-sluice-upload", "0123456789abcdef"}}}) {
    script_.answers = {kCreated};
    const auto upload = store().Begin("a");
    upload->Append("0123456789");
    upload->Send();
    Headers headers = {{"content-length", "10"}};
    headers.insert(headers.end(), more.begin(), more.end());
    script_.answers = {HttpResponse{200, {{"etag", "2"}}, ""}, Error(404, "NoSuchUpload"),
                       HttpResponse{200, headers, ""}};
    EXPECT_EQ(KindOfFinish(*upload), StoreErrorKind::kGone);
  }
}

TEST_F(S3StoreTest, AnUploadThatIsGoneIsSaid) {
  script_.answers = {kCreated};
  const auto upload = store().Begin("a");
  upload->Append("0123456789");
  upload->Send();
  script_.answers = {HttpResponse{200, {{"etag", "2"}}, ""}, Error(404, "NoSuchUpload"),
                     HttpResponse{404, {}, ""}};
  EXPECT_EQ(KindOfFinish(*upload), StoreErrorKind::kGone);
}

TEST_F(S3StoreTest, WhatIsGivenUpIsAborted) {
  script_.answers = {kCreated};
  {
    const auto upload = store().Begin("a");
    upload->Append("0123456789");
    upload->Send();
  }
  EXPECT_EQ(script_.seen.back().line, "DELETE http://s3:9000/buck/a?uploadId=u%201");
}

TEST_F(S3StoreTest, BehindAnAbortWithoutAnAnswerThereIsNone) {
  std::vector<std::unique_ptr<Upload>> uploads;
  for (int i = 0; i < 3; ++i) {
    script_.answers = {kCreated};
    uploads.push_back(store().Begin("a"));
    uploads.back()->Append("0123456789");
    uploads.back()->Send();
  }
  const size_t before = script_.seen.size();
  script_.answers = {kBroken};
  uploads.clear();
  EXPECT_EQ(script_.seen.size(), before + 1);
  store().Check();  // it answers again
  script_.answers = {kCreated};
  uploads.push_back(store().Begin("a"));
  uploads.back()->Append("0123456789");
  uploads.back()->Send();
  uploads.clear();
  EXPECT_EQ(script_.seen.back().line, "DELETE http://s3:9000/buck/a?uploadId=u%201");
}

TEST_F(S3StoreTest, WhoMayNotLookReadsAnUploadThatIsGoneAgain) {
  script_.answers = {kCreated};
  const auto upload = store().Begin("a");
  upload->Append("0123456789");
  upload->Send();
  script_.answers = {HttpResponse{200, {{"etag", "2"}}, ""}, Error(404, "NoSuchUpload"),
                     HttpResponse{403, {}, ""}};
  EXPECT_EQ(KindOfFinish(*upload), StoreErrorKind::kGone);
}

TEST_F(S3StoreTest, APartThatWasSentGivesItsMemoryBack) {
  options_.part_size = 100'000;
  script_.answers = {kCreated};
  const auto upload = store().Begin("a");
  upload->Append(std::string(100'010, 'x'));
  EXPECT_GT(upload->memory(), 100'000u);
  upload->Send();
  EXPECT_LT(upload->memory(), 1000u);
}

TEST_F(S3StoreTest, AStopEndsTheRetries) {
  options_.retry_backoff = milliseconds(3'600'000);
  script_.answers = {kBroken, kBroken};
  stop_.Request();
  const auto upload = store().Begin("a");
  upload->Append("abc");
  EXPECT_EQ(KindOfFinish(*upload), StoreErrorKind::kTransient);
  EXPECT_EQ(script_.seen.size(), 1u);
}

TEST_F(S3StoreTest, MetadataComesBack) {
  script_.answers = {
      HttpResponse{200, {{"content-length", "12"}, {"x-amz-meta-last-offset", "7"}}, ""},
      HttpResponse{404, {}, ""}};
  const std::optional<ObjectInfo> there = store().Look("a");
  ASSERT_TRUE(there);
  EXPECT_EQ(there->size, 12u);
  EXPECT_EQ(there->metadata, (Metadata{{"last-offset", "7"}}));
  EXPECT_FALSE(store().Look("a"));
}

TEST_F(S3StoreTest, OptionsBecomeHeaders) {
  options_.acl = "bucket-owner-full-control";
  options_.sse_name = "aws:kms";
  options_.sse_kms_key = "k";
  options_.send_digest = true;
  options_.path_style = false;
  const auto upload = store().Begin("a");
  upload->Append("");
  upload->Finish({});
  ASSERT_EQ(Lines(), "PUT http://buck.s3:9000/a\n");
  EXPECT_EQ(script_.seen[0].Header("x-amz-acl"), "bucket-owner-full-control");
  EXPECT_EQ(script_.seen[0].Header("x-amz-server-side-encryption"), "aws:kms");
  EXPECT_EQ(script_.seen[0].Header("x-amz-server-side-encryption-aws-kms-key-id"), "k");
  EXPECT_EQ(script_.seen[0].Header("Content-MD5"), "1B2M2Y8AsgTpgAmY7PhCfg==");
}

TEST_F(S3StoreTest, AKeyOfOnesOwnGoesWithEachCallThatNeedsIt) {
  options_.sse_customer_key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
  script_.answers = {kCreated};
  const auto upload = store().Begin("a");
  upload->Append("0123456789");
  upload->Finish({});
  store().Look("a");
  store().Begin("b")->Finish({});
  const std::string prefix = "x-amz-server-side-encryption-customer-";
  ASSERT_EQ(script_.seen.size(), 6u);  // create, two parts, complete, head, put
  for (size_t i : {0u, 1u, 2u, 4u, 5u}) {
    EXPECT_EQ(script_.seen[i].Header(prefix + "algorithm"), "AES256") << i;
    EXPECT_EQ(script_.seen[i].Header(prefix + "key"), options_.sse_customer_key) << i;
    EXPECT_EQ(script_.seen[i].Header(prefix + "key-md5"), "KYvwGXoFFJ42a2u2GDWhwQ==") << i;
  }
}

TEST_F(S3StoreTest, TheRegionIsSignedForAndTagsArePut) {
  options_.region = "eu-central-1";
  store().Tag("a", {{"team", "a&b"}, {"startOffset", "3"}});
  ASSERT_EQ(Lines(), "PUT http://s3:9000/buck/a?tagging=\n");
  EXPECT_EQ(script_.seen[0].body,
            "<Tagging><TagSet><Tag><Key>team</Key><Value>a&amp;b</Value></Tag>"
            "<Tag><Key>startOffset</Key><Value>3</Value></Tag></TagSet></Tagging>");
  EXPECT_NE(script_.seen[0].Header("Authorization").find("/eu-central-1/s3/aws4_request"),
            std::string::npos);
}

TEST_F(S3StoreTest, GooglesWords) {
  options_.google = true;
  options_.service = "storage";
  options_.region = "auto";
  const auto upload = store().Begin("a");
  upload->Append("abc");
  upload->Finish({.only_if_absent = true, .metadata = {{"last-offset", "7"}}});
  EXPECT_EQ(script_.seen[0].Header("x-goog-if-generation-match"), "0");
  EXPECT_EQ(script_.seen[0].Header("x-goog-meta-last-offset"), "7");
  EXPECT_EQ(script_.seen[0].Header("If-None-Match"), "");
  EXPECT_TRUE(script_.seen[0].Header("Authorization").starts_with("GOOG4-HMAC-SHA256 "));
}

TEST_F(S3StoreTest, GooglesCompletionIsAskedBefore) {
  options_.google = true;
  script_.answers = {kCreated};
  const auto upload = store().Begin("a");
  upload->Append("0123456789");
  upload->Send();
  script_.answers = {HttpResponse{200, {{"etag", "2"}}, ""},
                     HttpResponse{200, {{"content-length", "3"}}, ""}};
  EXPECT_EQ(KindOfFinish(*upload, {.only_if_absent = true}), StoreErrorKind::kExists);
  script_.answers = {HttpResponse{403, {}, ""}};
  EXPECT_EQ(KindOfFinish(*upload, {.only_if_absent = true}), StoreErrorKind::kFatal);
  upload->Finish({});
  EXPECT_EQ(script_.seen.back().line, "POST http://s3:9000/buck/a?uploadId=u%201");
  EXPECT_EQ(script_.seen.back().Header("x-goog-if-generation-match"), "");
}

TEST_F(S3StoreTest, ABucketThatIsNotThere) {
  script_.answers = {HttpResponse{404, {}, ""}, HttpResponse{301, {}, ""},
                     HttpResponse{403, {}, ""}};
  EXPECT_THROW(store().Check(), StoreError);
  EXPECT_THROW(store().Check(), StoreError);
  EXPECT_NO_THROW(store().Check());  // it may still be written to
}

}  // namespace
}  // namespace sluice::object_store_sink

// AWS's published examples of S3 ("Signature Calculations for the Authorization Header"), with the
// keys that they use.
#include "connectors/object_store_sink/signature.h"

#include <gtest/gtest.h>

#include "connectors/object_store_sink/digest.h"

namespace sluice::object_store_sink {
namespace {

constexpr int64_t kFriday = 1369353600;  // 2013-05-24T00:00:00Z
constexpr const char* kHost = "examplebucket.s3.amazonaws.com";
const Credentials kKeys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};

std::string ValueOf(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

struct Example {
  std::string_view method, path, query, body;
  Headers headers;
  std::string_view names, signature;
};

TEST(SignatureTest, PublishedExamples) {
  const Example examples[] = {
      {"GET",
       "/test.txt",
       "",
       "",
       {{"Host", kHost}, {"Range", "bytes=0-9"}},
       "host;range;x-amz-content-sha256;x-amz-date",
       "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
      {"PUT",
       "/test%24file.text",
       "",
       "Welcome to Amazon S3.",
       {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
        {"Host", kHost},
        {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
       "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
       "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
      {"GET",
       "/",
       "lifecycle=",
       "",
       {{"Host", kHost}},
       "host;x-amz-content-sha256;x-amz-date",
       "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
      {"GET",
       "/",
       "max-keys=2&prefix=J",
       "",
       {{"Host", kHost}},
       "host;x-amz-content-sha256;x-amz-date",
       "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
  };
  for (const Example& example : examples) {
    Headers headers = example.headers;
    Sign(kAws,
         {example.method, example.path, example.query, Hex(Sha256(example.body)), "us-east-1", "s3",
          kFriday},
         kKeys, headers);
    EXPECT_EQ(
        ValueOf(headers, "Authorization"),
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=" +
            std::string(example.names) + ", Signature=" + std::string(example.signature))
        << example.path << "?" << example.query;
    EXPECT_EQ(ValueOf(headers, "x-amz-date"), "20130524T000000Z");
  }
}

TEST(SignatureTest, TheCanonicalRequestHashesAsPublished) {
  std::string names;
  const std::string empty = Hex(Sha256(""));
  const std::string request =
      CanonicalRequest({"GET", "/test.txt", "", empty, "us-east-1", "s3", kFriday},
                       {{"Host", kHost},
                        {"Range", "bytes=0-9"},
                        {"x-amz-date", "20130524T000000Z"},
                        {"x-amz-content-sha256", empty}},
                       names);
  EXPECT_EQ(Hex(Sha256(request)),
            "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972");
}

// Of AWS's test suite: get-header-value-trim, get-header-key-duplicate.
TEST(SignatureTest, HeadersAreTrimmedAndJoined) {
  std::string names;
  const std::string request =
      CanonicalRequest({"GET", "/", "", "hash", "us-east-1", "service", kFriday},
                       {{"Host", "example.amazonaws.com"},
                        {"My-Header1", "  value1  "},
                        {"My-Header2", " \"a   b   c\" "},
                        {"my-header1", "value3"}},
                       names);
  EXPECT_EQ(request,
            "GET\n/\n\nhost:example.amazonaws.com\nmy-header1:value1,value3\nmy-header2:\"a b c\"\n"
            "\nhost;my-header1;my-header2\nhash");
  EXPECT_EQ(names, "host;my-header1;my-header2");
}

TEST(SignatureTest, ASessionsTokenIsSigned) {
  Headers headers = {{"Host", kHost}};
  Credentials keys = kKeys;
  keys.session_token = "token";
  Sign(kAws, {"GET", "/", "", "UNSIGNED-PAYLOAD", "us-east-1", "s3", kFriday}, keys, headers);
  EXPECT_EQ(ValueOf(headers, "x-amz-security-token"), "token");
  EXPECT_NE(ValueOf(headers, "Authorization").find("x-amz-date;x-amz-security-token,"),
            std::string::npos);
}

// Google's dialect has no published example; the expected one was computed apart from this code.
TEST(SignatureTest, GooglesDialect) {
  Headers headers = {{"Host", kHost}};
  Sign(kGoogle, {"GET", "/test.txt", "", Hex(Sha256("")), "auto", "storage", kFriday}, kKeys,
       headers);
  EXPECT_EQ(
      ValueOf(headers, "Authorization"),
      "GOOG4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/auto/storage/goog4_request, "
      "SignedHeaders=host;x-goog-content-sha256;x-goog-date, "
      "Signature=d50fab5fb537603aeb25a98ba0a2bfcc8d3adda8fc8f72ee9178e0085c18dae3");
}

TEST(DigestTest, TextsOfHashes) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Md5("")), "d41d8cd98f00b204e9800998ecf8427e");
}

}  // namespace
}  // namespace sluice::object_store_sink

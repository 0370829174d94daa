#include "connectors/object_store_sink/credentials.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <deque>
#include <fstream>
#include <map>

#include "connectors/object_store_sink/store_error.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

class FakeTransport : public HttpTransport {
 public:
  HttpResponse Send(const HttpRequest& request) override {
    seen.push_back(request.method + " " + request.url);
    bodies.emplace_back(request.body);
    all_direct &= request.direct;
    if (answers.empty()) throw StoreError(StoreErrorKind::kTransient, "nobody answers");
    HttpResponse answer = answers.front();
    answers.pop_front();
    return answer;
  }
  std::deque<HttpResponse> answers;
  std::vector<std::string> seen, bodies;
  bool all_direct = true;
};

class CredentialsTest : public testing::Test {
 protected:
  std::unique_ptr<CredentialsProvider> Chain() {
    return ChainCredentials(
        http_,
        [this](const char* name) -> const char* {
          const auto found = environment_.find(name);
          return found == environment_.end() ? nullptr : found->second.c_str();
        },
        [this] { return now_; });
  }
  std::map<std::string, std::string> environment_;
  FakeTransport http_;
  int64_t now_ = 1'000'000'000;
};

TEST_F(CredentialsTest, TheEnvironmentComesFirst) {
  environment_ = {{"AWS_ACCESS_KEY_ID", "id"},
                  {"AWS_SECRET_ACCESS_KEY", "secret"},
                  {"AWS_SESSION_TOKEN", "token"}};
  const auto chain = Chain();
  EXPECT_EQ(chain->Get().key_id, "id");
  EXPECT_EQ(chain->Get().session_token, "token");
  EXPECT_TRUE(http_.seen.empty());
}

TEST_F(CredentialsTest, ThenTheSharedFile) {
  const std::string path = testing::TempDir() + "/credentials";
  std::ofstream(path) << "[default]\naws_access_key_id = a\naws_secret_access_key=b\n"
                         "# no\n[other]\naws_access_key_id=c\naws_secret_access_key = d\n";
  environment_ = {{"AWS_SHARED_CREDENTIALS_FILE", path}};
  EXPECT_EQ(Chain()->Get().secret, "b");
  environment_["AWS_PROFILE"] = "other";
  EXPECT_EQ(Chain()->Get().key_id, "c");
}

TEST_F(CredentialsTest, AContainersRoleIsAskedAgainBeforeItEnds) {
  environment_ = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/role"}};
  const auto answer = [](const char* id, const char* end) {
    return HttpResponse{200,
                        {},
                        std::string("{\"AccessKeyId\" : \"") + id +
                            "\", \"SecretAccessKey\":\"s\\/x\",\"Token\":\"t\",\"Expiration\":\"" +
                            end + "\"}"};
  };
  http_.answers = {answer("one", "2001-09-09T02:46:40Z"), answer("two", "2001-09-10T01:46:40Z")};
  const auto chain = Chain();
  EXPECT_EQ(chain->Get().key_id, "one");
  EXPECT_EQ(chain->Get().secret, "s/x");
  EXPECT_EQ(http_.seen, std::vector<std::string>{"GET http://169.254.170.2/role"});
  now_ += 3400;  // of 3600 s
  EXPECT_EQ(chain->Get().key_id, "two");
  EXPECT_TRUE(http_.all_direct);
}

TEST_F(CredentialsTest, ThenTheInstancesRole) {
  environment_ = {{"HOME", "/nowhere"}};
  http_.answers = {HttpResponse{200, {}, "session"}, HttpResponse{200, {}, "role\n"},
                   HttpResponse{200, {}, R"({"AccessKeyId":"i","SecretAccessKey":"s"})"}};
  EXPECT_EQ(Chain()->Get().key_id, "i");
  EXPECT_EQ(http_.seen.back(),
            "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/role");
}

TEST_F(CredentialsTest, WhatAnInstanceSaysAgainstItPasses) {
  environment_ = {{"HOME", "/nowhere"}};
  http_.answers = {
      HttpResponse{200, {}, "session"}, HttpResponse{200, {}, "role\n"},
      HttpResponse{
          200,
          {},
          R"({"AccessKeyId":"i","SecretAccessKey":"s","Expiration":"2001-09-09T02:46:40Z"})"}};
  const auto chain = Chain();
  EXPECT_EQ(chain->Get().key_id, "i");
  EXPECT_TRUE(http_.all_direct);
  now_ += 3400;
  EXPECT_EQ(chain->Get().key_id, "i");  // nobody answers, and it is good yet
  const size_t asked = http_.seen.size();
  EXPECT_EQ(chain->Get().key_id, "i");
  EXPECT_EQ(http_.seen.size(), asked);  // not at every call
  now_ += 200;
  const auto kind = [&](std::deque<HttpResponse> answers) {
    http_.answers = std::move(answers);
    try {
      chain->Get();
    } catch (const StoreError& error) {
      return error.kind();
    }
    return StoreErrorKind::kExists;
  };
  const HttpResponse token{200, {}, "session"};
  EXPECT_EQ(kind({}), StoreErrorKind::kTransient);
  EXPECT_EQ(kind({HttpResponse{403, {}, ""}}), StoreErrorKind::kTransient);
  EXPECT_EQ(kind({token, HttpResponse{404, {}, ""}}), StoreErrorKind::kTransient);
  EXPECT_EQ(kind({token, HttpResponse{200, {}, "role"}, HttpResponse{404, {}, ""}}),
            StoreErrorKind::kTransient);
}

TEST_F(CredentialsTest, ThrottledMetadataIsAskedAgain) {
  environment_ = {{"HOME", "/nowhere"}};
  http_.answers = {HttpResponse{429, {}, ""}};
  try {
    Chain()->Get();
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_EQ(error.kind(), StoreErrorKind::kTransient);
  }
}

TEST_F(CredentialsTest, WithoutAnyTheTextSaysWhatIsMissing) {
  environment_ = {{"AWS_EC2_METADATA_DISABLED", "true"}};
  try {
    Chain()->Get();
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_EQ(error.kind(), StoreErrorKind::kFatal);
    EXPECT_NE(std::string(error.what()).find("aws.access.key.id"), std::string::npos);
  }
}

std::string NewPrivateKey() {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string out;
  for (char c : std::string(text, static_cast<size_t>(size))) {
    out += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  BIO_free(bio);
  EVP_PKEY_free(key);
  return out;
}

TEST_F(CredentialsTest, AServiceAccountGetsATokenAndRenewsIt) {
  const std::string json = R"({"type":"service_account","client_email":"me@x","private_key":")" +
                           NewPrivateKey() + R"(","token_uri":"http://token"})";
  const auto google = GoogleCredentials(http_, "k", json, [this] { return now_; });
  http_.answers = {HttpResponse{200, {}, R"({"access_token":"one","expires_in":3600})"},
                   HttpResponse{200, {}, R"({"access_token":"two","expires_in":3600})"}};
  EXPECT_EQ(google->Get().bearer, "one");
  EXPECT_EQ(google->Get().bearer, "one");
  EXPECT_EQ(http_.seen, std::vector<std::string>{"POST http://token"});
  EXPECT_NE(http_.bodies[0].find("&assertion=eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."),
            std::string::npos);
  now_ += 3400;
  EXPECT_EQ(google->Get().bearer, "two");
}

TEST_F(CredentialsTest, WhatIsNoServiceAccountIsSaidWithoutShowingIt) {
  try {
    GoogleCredentials(http_, "gcs.credentials.json", R"({"private_key":"hush"})",
                      [this] { return now_; });
    FAIL();
  } catch (const sdk::ConfigException& error) {
    EXPECT_EQ(error.key(), "gcs.credentials.json");
    EXPECT_EQ(std::string(error.what()).find("hush"), std::string::npos);
  }
}

TEST(ParseUtcTest, Times) {
  EXPECT_EQ(ParseUtc("2001-09-09T01:46:40Z"), 1'000'000'000);
  EXPECT_EQ(ParseUtc("never"), 0);
}

}  // namespace
}  // namespace sluice::object_store_sink

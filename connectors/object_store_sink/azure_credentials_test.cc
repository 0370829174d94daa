#include "connectors/object_store_sink/azure_credentials.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "connectors/object_store_sink/fake_http.h"
#include "connectors/object_store_sink/store_error.h"

namespace sluice::object_store_sink {
namespace {

HttpResponse Token(const std::string& token, const std::string& lasts = "3600") {
  return {200, {}, R"({"access_token":")" + token + R"(","expires_in":)" + lasts + "}"};
}

class AzureCredentialsTest : public testing::Test {
 protected:
  std::unique_ptr<CredentialsProvider> Tokens(AzureIdentity identity = {}) {
    return AzureCredentials(
        http_, std::move(identity),
        [this](const char* name) -> const char* {
          const auto found = environment_.find(name);
          return found == environment_.end() ? nullptr : found->second.c_str();
        },
        [this] { return now_; });
  }
  StoreErrorKind KindOfGet(CredentialsProvider& tokens) {
    try {
      tokens.Get();
    } catch (const StoreError& error) {
      text_ = error.what();
      EXPECT_EQ(text_.find("hush"), std::string::npos);
      return error.kind();
    }
    throw std::runtime_error("there is a token");
  }
  std::map<std::string, std::string> environment_;
  Script script_;
  FakeTransport http_{script_};
  int64_t now_ = 1'000'000'000;
  std::string text_;
};

TEST_F(AzureCredentialsTest, APrincipalsTokenIsRenewedBeforeItExpires) {
  const auto tokens = Tokens({"id", "hush/1", "https://login/tenant/oauth2/token"});
  script_.answers = {Token("one"), Token("two")};
  EXPECT_EQ(tokens->Get().bearer, "one");
  EXPECT_EQ(tokens->Get().bearer, "one");
  ASSERT_EQ(script_.Lines(), "POST https://login/tenant/oauth2/token\n");
  EXPECT_EQ(script_.seen[0].body,
            "client_id=id&client_secret=hush%2F1&grant_type=client_credentials"
            "&resource=https%3A%2F%2Fstorage.azure.com%2F");
  now_ += 3400;  // of 3600 s
  EXPECT_EQ(tokens->Get().bearer, "two");
}

TEST_F(AzureCredentialsTest, AndWhenItWasRefused) {
  const auto tokens = Tokens({"id", "hush", "https://login/tenant/oauth2/token"});
  script_.answers = {Token("one"), Token("two")};
  tokens->Get();
  tokens->Forget();
  EXPECT_EQ(tokens->Get().bearer, "two");
}

TEST_F(AzureCredentialsTest, TheSecondVersionOfTheEndpointHasAScope) {
  const auto tokens = Tokens({"id", "hush", "https://login/tenant/oauth2/v2.0/token"});
  script_.answers = {Token("one")};
  tokens->Get();
  EXPECT_TRUE(script_.seen[0].body.ends_with("&scope=https%3A%2F%2Fstorage.azure.com%2F.default"));
}

TEST_F(AzureCredentialsTest, AnAnswerWithoutATokenIsToldApart) {
  const auto tokens = Tokens({"id", "hush", "https://login/tenant/oauth2/token"});
  script_.answers = {
      HttpResponse{
          401, {}, R"({"error":"invalid_client","error_description":"A1: wrong\r\nTrace: 1"})"},
      HttpResponse{503, {}, ""}, kBroken};
  EXPECT_EQ(KindOfGet(*tokens), StoreErrorKind::kFatal);
  EXPECT_EQ(text_,
            "No token from https://login/tenant/oauth2/token: the answer is 401 invalid_client A1: "
            "wrong");
  EXPECT_EQ(KindOfGet(*tokens), StoreErrorKind::kTransient);
  EXPECT_EQ(KindOfGet(*tokens), StoreErrorKind::kTransient);
}

TEST_F(AzureCredentialsTest, AMachinesIdentity) {
  const auto tokens = Tokens({.client_id = "mine"});
  script_.answers = {Token("one", "\"86399\"")};
  EXPECT_EQ(tokens->Get().bearer, "one");
  EXPECT_EQ(tokens->Get().expires_at, now_ + 86399);
  EXPECT_EQ(script_.seen[0].line,
            "GET http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
            "&client_id=mine&resource=https%3A%2F%2Fstorage.azure.com%2F");
  EXPECT_EQ(script_.seen[0].Header("Metadata"), "true");
}

TEST_F(AzureCredentialsTest, AMachineThatIsNotAzures) {
  const auto tokens = Tokens();
  script_.answers = {kBroken, Token("one"), kBroken};
  EXPECT_EQ(KindOfGet(*tokens), StoreErrorKind::kFatal);
  EXPECT_NE(text_.find("expected an account's key"), std::string::npos);
  tokens->Get();
  tokens->Forget();
  EXPECT_EQ(KindOfGet(*tokens), StoreErrorKind::kTransient);  // it was one a while ago
}

TEST_F(AzureCredentialsTest, AnAppServicesIdentity) {
  environment_ = {{"IDENTITY_ENDPOINT", "http://local/token"}, {"IDENTITY_HEADER", "h"}};
  script_.answers = {HttpResponse{200, {}, R"({"access_token":"one","expires_on":"1000003600"})"}};
  const auto tokens = Tokens();
  EXPECT_EQ(tokens->Get().expires_at, 1'000'003'600);
  EXPECT_TRUE(script_.seen[0].line.starts_with("GET http://local/token?api-version=2019-08-01&"));
  EXPECT_EQ(script_.seen[0].Header("X-IDENTITY-HEADER"), "h");
}

TEST_F(AzureCredentialsTest, AFederatedToken) {
  const std::string path = testing::TempDir() + "/federated";
  std::ofstream(path) << "a.b.c";
  environment_ = {{"AZURE_FEDERATED_TOKEN_FILE", path},
                  {"AZURE_TENANT_ID", "tenant"},
                  {"AZURE_CLIENT_ID", "id"}};
  script_.answers = {Token("one")};
  EXPECT_EQ(Tokens()->Get().bearer, "one");
  EXPECT_EQ(script_.seen[0].line,
            "POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token");
  EXPECT_NE(script_.seen[0].body.find("client_assertion=a.b.c&"), std::string::npos);
  environment_["AZURE_FEDERATED_TOKEN_FILE"] = path + "-none";
  EXPECT_EQ(KindOfGet(*Tokens()), StoreErrorKind::kTransient);
}

}  // namespace
}  // namespace sluice::object_store_sink

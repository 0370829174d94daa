#include "connectors/http/authorization.h"

#include <gtest/gtest.h>

#include "connectors/http/fake_client.h"
#include "connectors/http/text.h"

namespace sluice::http {
namespace {

using std::chrono::seconds;

AuthorizationOptions Read(sdk::Config::Map given) {
  static const sdk::ConfigTable table([] {
    sdk::ConfigDef keys;
    AddAuthorizationKeys(keys);
    return keys;
  }());
  return ReadAuthorization(sdk::Config(std::move(given), &table));
}

const sdk::Config::Map kOAuth2 = {{"http.authorization.type", "oauth2"},
                                  {"oauth2.access.token.url", "https://id.example.com/token"},
                                  {"oauth2.client.id", "me"},
                                  {"oauth2.client.secret", "s3cret"}};

sdk::Config::Map With(sdk::Config::Map map, sdk::Config::Map more) {
  for (auto& [key, value] : more) map[key] = value;
  return map;
}

TEST(AuthorizationTest, FixedHeaders) {
  EXPECT_EQ(Read({}).header, "");
  EXPECT_EQ(Read({{"auth.type", "NONE"}}).header, "");
  EXPECT_EQ(
      Read({{"http.authorization.type", "static"}, {"http.headers.authorization", "Key k"}}).header,
      "Key k");
  EXPECT_EQ(Read({{"auth.type", "BASIC"},
                  {"connection.user", "Aladdin"},
                  {"connection.password", "open sesame"}})
                .header,
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(Read({{"http.authorization.type", "bearer"}, {"bearer.token", "t"}}).header,
            "Bearer t");
}

TEST(AuthorizationTest, WhatDoesNotGoTogetherIsRefusedByItsKeyWithoutSecrets) {
  const std::pair<sdk::Config::Map, const char*> cases[] = {
      {{{"http.authorization.type", "static"}}, "http.headers.authorization"},
      {{{"http.headers.authorization", "s3cret"}}, "http.headers.authorization"},
      {{{"http.authorization.type", "basic"}}, "connection.user"},
      {{{"http.authorization.type", "bearer"}}, "bearer.token"},
      {{{"http.authorization.type", "bearer"}, {"bearer.token", "s3cret\r\nX: y"}}, "bearer.token"},
      {{{"http.authorization.type", "oauth2"}}, "oauth2.access.token.url"},
      {With(kOAuth2, {{"oauth2.access.token.url", "s3cret"}}), "oauth2.access.token.url"},
      {With(kOAuth2, {{"oauth2.client.id", ""}}), "oauth2.client.id"},
      {With(kOAuth2, {{"oauth2.token.renew.on.status.codes", "x"}}),
       "oauth2.token.renew.on.status.codes"},
      {{{"http.authorization.type", "basic"}, {"auth.type", "none"}}, "auth.type"},
      {{{"http.authorization.type", "kerberos"}}, "http.authorization.type"},
      {{{"auth.type", "kerberos"}}, "auth.type"},
      {{{"http.authorization.type", "ssl"}}, "http.authorization.type"},
  };
  for (const auto& [given, key] : cases) {
    try {
      Read(given);
      ADD_FAILURE() << key;
    } catch (const sdk::ConfigException& wrong) {
      EXPECT_EQ(wrong.key(), key) << wrong.what();
      EXPECT_EQ(std::string(wrong.what()).find("s3cret"), std::string::npos) << wrong.what();
    }
  }
}

TEST(AuthorizationTest, SecretsInTheFormsInWhichTheyComeBack) {
  const auto shown = [](const AuthorizationOptions& options, std::string_view text) {
    return Snippet(text, options.secrets);
  };
  EXPECT_EQ(shown(Read({{"http.authorization.type", "static"},
                        {"http.headers.authorization", "Bearer abcd"}}),
                  "Bearer abcd, abcd"),
            "***, ***");
  const AuthorizationOptions oauth2 =
      Read(With(kOAuth2, {{"oauth2.client.secret", "s3/cret"},
                          {"oauth2.access.token.url", "https://id/token?code=functionkey"},
                          {"oauth2.client.headers", "X-Key:headerkey"}}));
  EXPECT_EQ(shown(oauth2, "s3/cret s3%2Fcret bWU6czMvY3JldA== headerkey functionkey"),
            "*** *** *** *** ***");
}

class OAuth2Test : public testing::Test {
 protected:
  void Start(sdk::Config::Map more = {}) {
    auto client = std::make_unique<FakeClient>(clock_);
    client_ = client.get();
    authorization_ = std::make_unique<Authorization>(Read(With(kOAuth2, std::move(more))),
                                                     std::move(client), clock_.reader());
    client_->on_request = [this](const Request&) { return answer_; };
  }
  std::string Header() {
    Headers headers;
    token_ = authorization_->Set(headers, seconds(1)).value();
    return *FindHeader(headers, "Authorization");
  }
  FakeClock clock_;
  FakeClient* client_ = nullptr;
  std::unique_ptr<Authorization> authorization_;
  Outcome answer_ = Answer(200, R"({"access_token":"t1","expires_in":3600,"token_type":"Bearer"})");
  std::string token_;
};

TEST_F(OAuth2Test, ATokenIsFetchedOnceAndRenewedBeforeItExpires) {
  Start({{"oauth2.client.scope", "a b"}});
  EXPECT_EQ(Header(), "Bearer t1");
  EXPECT_EQ(Header(), "Bearer t1");
  ASSERT_EQ(client_->requests.size(), 1u);
  const Request& request = client_->requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.body, "grant_type=client_credentials&scope=a%20b");
  EXPECT_EQ(*FindHeader(request.headers, "authorization"), "Basic bWU6czNjcmV0");
  answer_ = Answer(200, R"({"access_token":"t2","expires_in":"30"})");
  clock_.now += seconds(3539);
  EXPECT_EQ(Header(), "Bearer t1");
  clock_.now += seconds(1);  // 60 s before the end
  EXPECT_EQ(Header(), "Bearer t2");
  clock_.now += seconds(14);
  Header();
  EXPECT_EQ(client_->requests.size(), 2u);
  clock_.now += seconds(1);  // half of its life
  Header();
  EXPECT_EQ(client_->requests.size(), 3u);
}

TEST_F(OAuth2Test, ARefusedTokenIsFetchedAnewOnce) {
  Start();
  Header();
  const std::string old = token_;
  EXPECT_FALSE(authorization_->Refused(403, old));
  EXPECT_TRUE(authorization_->Refused(401, old));
  answer_ = Answer(200, R"({"access_token":"t2"})");
  EXPECT_EQ(Header(), "Bearer t2");
  EXPECT_TRUE(authorization_->Refused(401, old));  // of a request that was under way meanwhile
  EXPECT_EQ(Header(), "Bearer t2");
  EXPECT_EQ(client_->requests.size(), 2u);
}

TEST_F(OAuth2Test, WhichAnswersRefuseATokenMayBeSaid) {
  Start({{"oauth2.token.renew.on.status.codes", "403,498"}});
  Header();
  EXPECT_FALSE(authorization_->Refused(401, token_));
  EXPECT_TRUE(authorization_->Refused(498, token_));
}

TEST_F(OAuth2Test, ATokenThatIsSlowStaysUnderWay) {
  Start();
  client_->hold = true;
  Headers headers;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(authorization_->Set(headers, std::chrono::milliseconds(5)), std::nullopt);
  }
  EXPECT_EQ(client_->requests.size(), 1u);
  EXPECT_TRUE(headers.empty());
  client_->hold = false;
  EXPECT_EQ(Header(), "Bearer t1");
  EXPECT_EQ(client_->requests.size(), 1u);
}

TEST_F(OAuth2Test, ATokenThatNobodyAskedAfterForLongIsAskedForAnew) {
  Start();
  client_->hold = true;
  Headers headers;
  EXPECT_EQ(authorization_->Set(headers, seconds(1)), std::nullopt);
  clock_.now += std::chrono::minutes(5);
  EXPECT_EQ(authorization_->Set(headers, seconds(1)), std::nullopt);
  EXPECT_EQ(client_->requests.size(), 2u);
  EXPECT_EQ(client_->under_way(), 1u);
}

TEST_F(OAuth2Test, IdAndSecretMayBeFieldsOfOtherNames) {
  Start({{"oauth2.client.authorization.mode", "URL"},
         {"oauth2.request.client.id.property", "app"},
         {"oauth2.client.headers", "X-Tenant:7"},
         {"oauth2.response.token.property", "jwt"}});
  answer_ = Answer(200, R"({"jwt":"j"})");
  EXPECT_EQ(Header(), "Bearer j");
  answer_ = Answer(200, R"({"jwt":"k","token_type":"DPoP"})");
  authorization_->Refused(401, token_);
  EXPECT_EQ(Header(), "DPoP k");
  answer_ = Answer(200, R"({"jwt":"l","token_type":"bearer"})");
  authorization_->Refused(401, token_);
  EXPECT_EQ(Header(), "Bearer l");
  EXPECT_EQ(client_->requests[0].body, "grant_type=client_credentials&app=me&client_secret=s3cret");
  EXPECT_EQ(FindHeader(client_->requests[0].headers, "Authorization"), nullptr);
  EXPECT_EQ(*FindHeader(client_->requests[0].headers, "X-Tenant"), "7");
}

TEST_F(OAuth2Test, AllOfTheRequestMayHaveOtherNames) {
  Start({{"oauth2.access.token.url", ""},
         {"oauth2.token.url", "https://other/token"},
         {"oauth2.client.auth.mode", "url"},
         {"oauth2.client.headers", "A:1;B:2"},
         {"oauth2.client.header.separator", ";"},
         {"oauth2.client.scope", "s"},
         {"oauth2.grant.type", "password"},
         {"oauth2.request.grant.type.property", "g"},
         {"oauth2.request.scope.property", "audience"},
         {"oauth2.request.client.secret.property", "key"},
         {"oauth2.token.property", "jwt"}});
  answer_ = Answer(200, R"({"jwt":"j"})");
  EXPECT_EQ(Header(), "Bearer j");
  const Request& request = client_->requests[0];
  EXPECT_EQ(request.url, "https://other/token");
  EXPECT_EQ(request.body, "g=password&audience=s&client_id=me&key=s3cret");
  EXPECT_EQ(*FindHeader(request.headers, "B"), "2");
}

TEST_F(OAuth2Test, WhatMayPassIsToldFromWhatMayNotAndNoTextHasTheSecret) {
  Start({{"oauth2.client.headers", "X-Key:headers3cret"}});
  answer_ = Answer(503, "s3cret", {{"Retry-After", "7"}});
  EXPECT_THROW(Header(), sdk::RetriableException);
  EXPECT_EQ(authorization_->retry_after(), std::chrono::milliseconds(7000));
  answer_ = Away();
  EXPECT_THROW(Header(), sdk::RetriableException);
  answer_ = Away(Result::kImpossible);
  for (const Outcome& refused :
       {answer_, Answer(400, R"({"error":"invalid_client s3cret"})"),
        Answer(400, "Basic bWU6czNjcmV0"), Answer(400, "headers3cret"),
        Answer(200, "no JSON s3cret"), Answer(200, "[]"), Answer(200, R"({"token":"t"})"),
        Answer(200, R"({"access_token":7})"), Answer(200, R"({"access_token":"a\r\nb"})")}) {
    answer_ = refused;
    try {
      Header();
      ADD_FAILURE() << refused.body;
    } catch (const sdk::RetriableException& passing) {
      ADD_FAILURE() << passing.what();
    } catch (const sdk::ConnectException& final) {
      EXPECT_EQ(std::string(final.what()).find("s3cret"), std::string::npos) << final.what();
      EXPECT_EQ(std::string(final.what()).find("bWU6czNjcmV0"), std::string::npos) << final.what();
    }
  }
}

}  // namespace
}  // namespace sluice::http

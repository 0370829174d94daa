// The client over a registry in memory.
#include "runtime/schema_registry/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "runtime/base/text.h"
#include "runtime/schema_registry/fake_registry.h"
#include "runtime/schema_registry/url.h"

namespace sluice::schema_registry {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kInt[] = "\"int\"";

// Turns the clock instead of waiting; says stop after `stop_after` waits.
class FakeWaiter : public Waiter {
 public:
  explicit FakeWaiter(FakeClock& clock) : clock_(clock) {}
  bool Wait(milliseconds time) override {
    if (stop_after >= 0 && waits >= stop_after) return false;
    ++waits;
    waited += time;
    clock_.Advance(time);
    return true;
  }
  int stop_after = -1;
  int waits = 0;
  milliseconds waited{0};

 private:
  FakeClock& clock_;
};

class ClientTest : public testing::Test {
 protected:
  std::unique_ptr<Client> New(ClientOptions options = {}) {
    if (options.urls.empty()) options.urls = {"http://one:8081", "http://two:8081/base/"};
    return std::make_unique<Client>(options, registry_.NewTransport(), clock_);
  }
  static std::string Header(const http::Request& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
      if (key == name) return value;
    }
    return "";
  }

  FakeRegistry registry_;
  FakeClock clock_;
  FakeWaiter waiter_{clock_};
};

TEST_F(ClientTest, RegistersASchemaOnceAndFindsItAgain) {
  const auto client = New();
  const auto first = client->Register("t-value", {.text = kInt, .references = {}}, false);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ((*first)->id, 1);
  EXPECT_EQ((*client->Register("t-value", {.text = kInt, .references = {}}, false))->id, 1);
  EXPECT_EQ(registry_.requests().size(), 1u);
  EXPECT_EQ((*client->ById(1))->schema.text, kInt);
  EXPECT_EQ((*client->ById(1))->id, 1);
  EXPECT_EQ(registry_.requests().size(), 2u);
  const auto found = client->Find("t-value", {.text = kInt, .references = {}}, {});
  EXPECT_EQ((*found)->version, 1);
  EXPECT_EQ((*client->Version("t-value", 1))->id, 1);
  EXPECT_EQ((*client->Latest("t-value"))->schema.text, kInt);
}

TEST_F(ClientTest, ReferencesAndTypesTravelBothWays) {
  const auto client = New();
  const Schema schema{"PROTOBUF", "message A {}", {{"b.proto", "b", 3}}};
  const int32_t id = (*client->Register("t-value", schema, true))->id;
  EXPECT_THAT(registry_.requests()[0].url, HasSubstr("normalize=true"));
  const Schema back = (*client->ById(id))->schema;
  EXPECT_EQ(back.type, "PROTOBUF");
  ASSERT_EQ(back.references.size(), 1u);
  EXPECT_EQ(back.references[0].name, "b.proto");
  EXPECT_EQ(back.references[0].subject, "b");
  EXPECT_EQ(back.references[0].version, 3);
}

TEST_F(ClientTest, OddSubjectsAreEncoded) {
  const auto client = New();
  ASSERT_TRUE(client->Register(":.c:a/b%", {.text = kInt, .references = {}}, false).ok());
  EXPECT_THAT(registry_.requests()[0].url, HasSubstr("/subjects/%3A.c%3Aa%2Fb%25/versions"));
  EXPECT_EQ(registry_.Versions(":.c:a/b%").size(), 1u);
}

TEST_F(ClientTest, WhatIsKnownWorksWhileTheRegistryIsDown) {
  registry_.Add("t-value", {.text = kInt, .references = {}});
  const auto client = New({.max_retries = 0});
  ASSERT_TRUE(client->ById(1).ok());
  registry_.SetDown(true);
  EXPECT_TRUE(client->ById(1).ok());
  const auto unknown = client->ById(2);
  EXPECT_TRUE(IsRetriable(unknown.status()));
  EXPECT_EQ(ExceptionClass(unknown.status()), kRetriableException);
  EXPECT_THAT(std::string(Message(unknown.status())),
              HasSubstr("no schema registry can be reached at http://one:8081, "
                        "http://two:8081/base (schema.registry.url): Connection refused"));
  registry_.SetDown(false);
  EXPECT_TRUE(IsNotFound(client->ById(2).status()));
}

TEST_F(ClientTest, AnotherUrlAnswersAndIsAskedFirstFromThenOn) {
  registry_.Add("t-value", {.text = kInt, .references = {}});
  registry_.AnswerNext({503, ""});
  const auto client = New();
  ASSERT_TRUE(client->ById(1).ok());
  ASSERT_TRUE(client->Latest("t-value").ok());
  const auto requests = registry_.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_THAT(requests[0].url, HasSubstr("http://one:8081/schemas"));
  EXPECT_THAT(requests[1].url, HasSubstr("http://two:8081/base/schemas"));
  EXPECT_THAT(requests[2].url, HasSubstr("http://two:8081/base/subjects"));
}

TEST_F(ClientTest, RoundsAreRepeatedWithABackOff) {
  registry_.Add("t-value", {.text = kInt, .references = {}});
  for (int i = 0; i < 4; ++i) registry_.AnswerNext({500, "oops"});
  const auto client = New();
  ASSERT_TRUE(client->ById(1, "", &waiter_).ok());
  EXPECT_EQ(registry_.requests().size(), 5u);
  EXPECT_GT(waiter_.waited, milliseconds(1));
  EXPECT_LE(waiter_.waited, milliseconds(3000));
}

TEST_F(ClientTest, RetriesEnd) {
  for (int i = 0; i < 8; ++i) registry_.AnswerNext({429, "{\"message\":\"too many\"}"});
  const auto client = New();
  const auto answer = client->ById(1, "", &waiter_);
  EXPECT_TRUE(IsRetriable(answer.status()));
  EXPECT_THAT(std::string(Message(answer.status())), HasSubstr("answered 429: too many"));
  EXPECT_EQ(registry_.requests().size(), 8u);
}

TEST_F(ClientTest, AStopEndsAWait) {
  registry_.Hold();
  const auto client = New();
  waiter_.stop_after = 2;
  EXPECT_TRUE(IsStopped(client->ById(1, "", &waiter_).status()));
  registry_.Release();
  registry_.SetDown(true);
  waiter_.stop_after = waiter_.waits;
  EXPECT_TRUE(IsStopped(client->ById(1, "", &waiter_).status()));  // in the back-off
}

TEST_F(ClientTest, WhatIsAskedTwiceAtATimeIsOneRequest) {
  registry_.Add("t-value", {.text = kInt, .references = {}});
  registry_.Hold();
  const auto client = New();
  std::vector<std::future<bool>> asked;
  for (int i = 0; i < 4; ++i) {
    asked.push_back(std::async(std::launch::async, [&] { return client->ById(1).ok(); }));
  }
  while (registry_.held() == 0) std::this_thread::yield();
  registry_.Release();
  for (auto& one : asked) EXPECT_TRUE(one.get());
  EXPECT_EQ(registry_.requests().size(), 1u);
}

TEST_F(ClientTest, OneThatStopsLeavesTheQuestionToTheOthers) {
  registry_.Add("t-value", {.text = kInt, .references = {}});
  registry_.Hold();
  const auto client = New();
  std::promise<void> go;
  class Gate : public Waiter {
   public:
    explicit Gate(std::future<void> go) : go_(std::move(go)) {}
    bool Wait(milliseconds) override {
      return go_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
    }

   private:
    std::future<void> go_;
  } gate(go.get_future());
  auto first = std::async(std::launch::async, [&] { return client->ById(1, "", &gate).status(); });
  while (registry_.held() == 0) std::this_thread::yield();
  auto second = std::async(std::launch::async, [&] { return client->ById(1).ok(); });
  go.set_value();
  EXPECT_TRUE(IsStopped(first.get()));
  while (registry_.held() < 2) std::this_thread::yield();  // the second asks by itself
  registry_.Release();
  EXPECT_TRUE(second.get());
}

TEST_F(ClientTest, ThatThereIsNoneIsBelievedForAWhile) {
  const auto client = New();
  EXPECT_TRUE(IsNotFound(client->ById(7).status()));
  EXPECT_TRUE(IsNotFound(client->ById(7).status()));
  EXPECT_EQ(registry_.requests().size(), 1u);
  clock_.Advance(milliseconds(1000));
  EXPECT_TRUE(IsNotFound(client->ById(7).status()));
  EXPECT_EQ(registry_.requests().size(), 2u);
  EXPECT_THAT(std::string(Message(client->ById(7).status())),
              "Retrieving a schema (id 7): the schema registry answered 404: Schema not found; "
              "error code: 40403");
}

TEST_F(ClientTest, CachesHaveBounds) {
  for (int i = 0; i < 5; ++i) {
    registry_.Add(
        "t-value",
        {.text = StrCat("{\"type\":\"fixed\",\"name\":\"F\",\"size\":", i, "}"), .references = {}});
  }
  const auto client = New({.schemas_max = 2});
  for (int id = 1; id <= 5; ++id) ASSERT_TRUE(client->ById(id).ok());
  ASSERT_TRUE(client->ById(5).ok());
  EXPECT_EQ(registry_.requests().size(), 5u);
  ASSERT_TRUE(client->ById(1).ok());
  EXPECT_EQ(registry_.requests().size(), 6u);
}

TEST_F(ClientTest, ASubjectSaysInWhichContextAnIdIs) {
  registry_.Add(":.c:t-value", {.text = kInt, .references = {}});
  const auto client = New();
  ASSERT_TRUE(client->ById(1, ":.c:t-value").ok());
  ASSERT_TRUE(client->ById(1, "u-value").ok());
  ASSERT_TRUE(client->ById(1).ok());
  ASSERT_TRUE(client->ById(1, "u-value").ok());
  const auto requests = registry_.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_TRUE(requests[0].url.ends_with("/schemas/ids/1?fetchMaxId=false&subject=%3A.c%3At-value"));
  EXPECT_TRUE(requests[1].url.ends_with("/schemas/ids/1?fetchMaxId=false&subject=u-value"));
  EXPECT_TRUE(requests[2].url.ends_with("/schemas/ids/1?fetchMaxId=false"));
}

TEST_F(ClientTest, DeletedVersionsAreFoundByThoseWhoReadWithThem) {
  const Schema schema{.text = kInt, .references = {}};
  registry_.Add("t-value", schema);
  registry_.Add("t-value", {.text = "\"long\"", .references = {}});
  registry_.Delete("t-value", 1);
  const auto client = New();
  EXPECT_TRUE(IsNotFound(client->Find("t-value", schema, {}).status()));
  EXPECT_EQ((*client->Find("t-value", schema, {.deleted = true}))->version, 1);
  EXPECT_EQ((*client->Version("t-value", 1))->schema.text, kInt);  // what a reference names
}

TEST_F(ClientTest, ByGuid) {
  registry_.Add("t-value", {.text = kInt, .references = {}});
  const std::string guid = FakeRegistry::Guid(1), other = FakeRegistry::Guid(2);
  const auto client = New();
  const Status unknown = client->ByGuid(guid).status();  // the registry has no such path
  EXPECT_TRUE(IsNotFound(unknown));
  EXPECT_THAT(std::string(Message(unknown)),
              HasSubstr(StrCat("Retrieving a schema (GUID ", guid,
                               "): the schema registry answered "
                               "404: HTTP 404 Not Found; error code: 404. Does it know schemas by "
                               "GUID?")));
  registry_.ServeGuids();
  clock_.Advance(milliseconds(1000));
  EXPECT_EQ((*client->ByGuid(guid))->schema.text, kInt);
  EXPECT_EQ((*client->ByGuid(guid))->schema.text, kInt);
  EXPECT_THAT(std::string(Message(client->ByGuid(other).status())), Not(HasSubstr("Does it know")));
  EXPECT_EQ(registry_.requests().size(), 3u);
}

TEST_F(ClientTest, TheLatestVersionIsAskedForAgain) {
  registry_.Add("t-value", {.text = kInt, .references = {}});
  const auto client = New({.latest_ttl = milliseconds(100)});
  EXPECT_EQ((*client->Latest("t-value"))->version, 1);
  registry_.Add("t-value", {.text = "\"long\"", .references = {}});
  EXPECT_EQ((*client->Latest("t-value"))->version, 1);
  clock_.Advance(milliseconds(100));
  EXPECT_EQ((*client->Latest("t-value"))->version, 2);
  EXPECT_EQ((*client->Latest("t-value"))->until, clock_.Now() + milliseconds(100));
  EXPECT_EQ((*client->ById(1))->until, TimePoint::max());
}

// It may have been out of date when the answer came.
TEST_F(ClientTest, TheLatestVersionIsAsOldAsTheQuestion) {
  registry_.Add("t-value", {.text = kInt, .references = {}});
  registry_.Hold();
  const auto client = New({.latest_ttl = milliseconds(100)});
  const TimePoint asked = clock_.Now();
  auto answer = std::async(std::launch::async, [&] { return *client->Latest("t-value"); });
  while (registry_.held() == 0) std::this_thread::yield();
  clock_.Advance(milliseconds(40));
  registry_.Release();
  EXPECT_EQ(answer.get()->until, asked + milliseconds(100));
}

TEST_F(ClientTest, AnIncompatibleSchemaIsToldInTheRegistrysWords) {
  const auto client = New();
  registry_.RefuseNew("Schema being registered is incompatible: reader type is missing");
  const Status refused =
      client->Register("orders-value", {.text = kInt, .references = {}}, false).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(IsRetriable(refused));
  EXPECT_EQ(std::string(Message(refused)),
            "The schema is not compatible with what is registered under subject orders-value: the "
            "schema registry answered 409: Schema being registered is incompatible: reader type is "
            "missing; error code: 409");
  registry_.RefuseNew("");  // it is asked again: a compatibility rule may change
  EXPECT_TRUE(client->Register("orders-value", {.text = kInt, .references = {}}, false).ok());
}

TEST_F(ClientTest, CredentialsGoWithTheRequestsAndIntoNoError) {
  ClientOptions options{.urls = {"http://ann:s3cret@one:8081"}, .max_retries = 0};
  ASSERT_TRUE(New(options)->ById(1).status().code() == absl::StatusCode::kNotFound);
  EXPECT_EQ(Header(registry_.requests()[0], "Authorization"), "Basic YW5uOnMzY3JldA==");
  EXPECT_THAT(registry_.requests()[0].url, Not(HasSubstr("s3cret")));
  registry_.SetDown(true);
  EXPECT_THAT(StackTrace(New(options)->ById(1).status()), Not(HasSubstr("s3cret")));

  options.user_info_of_url = false;
  (void)New(options)->ById(1);
  EXPECT_EQ(Header(registry_.requests().back(), "Authorization"), "");
  options.user_info = "bob:x";
  (void)New(options)->ById(1);
  EXPECT_EQ(Header(registry_.requests().back(), "Authorization"), "Basic Ym9iOng=");
  options.bearer_token = "t0ken";
  options.headers = {{"X-Extra", "1"}};
  (void)New(options)->ById(1);
  EXPECT_EQ(Header(registry_.requests().back(), "Authorization"), "Bearer t0ken");
  EXPECT_EQ(Header(registry_.requests().back(), "X-Extra"), "1");
}

TEST_F(ClientTest, EachRoundHasAToken) {
  registry_.Add("t-value", {.text = kInt, .references = {}});
  std::vector<StatusOr<oauth::Token>> tokens = {oauth::Token{.value = "one", .principal = {}},
                                                RetriableError("the provider is away"),
                                                oauth::Token{.value = "two", .principal = {}},
                                                ConnectError("status 401 (invalid_client)"),
                                                RetriableError("away"),
                                                RetriableError("away for long")};
  size_t asked = 0;
  const auto source = std::make_shared<oauth::TokenSource>([&](Waiter* waiter) {
    EXPECT_EQ(waiter, &waiter_);
    return tokens[asked++];
  });
  const auto wall = Clock::System().WallMillis() + 60'000;
  for (auto& token : tokens) {
    if (token.ok()) token->expires_at_ms = wall;
  }
  Client client({.urls = {"http://one:8081"}, .max_retries = 1}, registry_.NewTransport(), clock_,
                source);
  ASSERT_TRUE(client.ById(1, "", &waiter_).ok());
  EXPECT_EQ(Header(registry_.requests().back(), "Authorization"), "Bearer one");
  ASSERT_TRUE(client.Latest("t-value", &waiter_).ok());  // at the second try
  EXPECT_EQ(Header(registry_.requests().back(), "Authorization"), "Bearer two");
  const Status refused = client.ById(2, "", &waiter_).status();
  EXPECT_EQ(ExceptionClass(refused), "org.apache.kafka.common.errors.AuthenticationException");
  EXPECT_EQ(std::string(Message(refused)), "status 401 (invalid_client)");
  const Status away = client.ById(3, "", &waiter_).status();
  EXPECT_TRUE(IsRetriable(away));
  EXPECT_EQ(std::string(Message(away)), "Retrieving a schema (id 3): away for long");
  EXPECT_EQ(registry_.requests().size(), 2u);
}

TEST_F(ClientTest, RefusalsOfWhoAsks) {
  registry_.AnswerNext({401, ""});
  registry_.AnswerNext({403, "no"});
  const auto client = New();
  EXPECT_EQ(ExceptionClass(client->ById(1).status()),
            "org.apache.kafka.common.errors.AuthenticationException");
  EXPECT_EQ(ExceptionClass(client->ById(1).status()),
            "org.apache.kafka.common.errors.AuthorizationException");
}

TEST_F(ClientTest, StrangeAnswersAreErrors) {
  const auto client = New();
  for (const char* body : {"", "[]", "<html>", "\"x\""}) {
    registry_.AnswerNext({200, body});
    EXPECT_FALSE(client->ById(1).ok()) << body;
  }
  registry_.AnswerNext({404, std::string(10'000, '\xff')});
  EXPECT_LT(Message(client->ById(1).status()).size(), 8000u);
}

TEST(SharedClient, EqualOptionsShareOne) {
  const ClientOptions options{.urls = {"http://localhost:1"}};
  ClientOptions other = options;
  other.user_info = "a:b";
  const auto first = *Client::Shared(options);
  EXPECT_EQ(first, *Client::Shared(options));
  EXPECT_NE(first, *Client::Shared(other));
}

TEST(SharedClient, TokensThatCannotBeHadAreConfigurationErrors) {
  ClientOptions options{.urls = {"http://localhost:1"}};
  options.tokens = oauth::TokenSettings{.url = "https://u:s3cret@idp/", .url_key = "the.key"};
  const Status refused = Client::Shared(options).status();
  EXPECT_EQ(ExceptionClass(refused), kConfigException);
  EXPECT_THAT(std::string(Message(refused)), HasSubstr("for configuration the.key"));
}

TEST(SharedClient, BadUrlsAreConfigurationErrors) {
  for (const char* url : {"", "ftp://x", "http://", "http://a b", "http://h:0", "http://h:x",
                          "http://h/?q", "http://u:secret@", "http://[::1"}) {
    const auto made = Client::Shared({.urls = {url}});
    EXPECT_EQ(ExceptionClass(made.status()), kConfigException) << url;
    EXPECT_THAT(std::string(Message(made.status())), Not(HasSubstr("secret"))) << url;
  }
  EXPECT_EQ(ExceptionClass(Client::Shared({}).status()), kConfigException);
  EXPECT_THAT(StackTrace(Client::Shared(
                             {.urls = {"https://h"}, .ssl = {{"ssl.truststore.location", "/no"}}})
                             .status()),
              HasSubstr("ssl.truststore.location"));
}

TEST(UrlTest, Reads) {
  EXPECT_EQ(ParseUrl("http://h:8081/")->Text(), "http://h:8081");
  EXPECT_EQ(ParseUrl("h:8081")->Text(), "http://h:8081");
  EXPECT_EQ(ParseUrl("https://h/a/b//")->Text(), "https://h:443/a/b");
  EXPECT_EQ(ParseUrl("http://[::1]:8081")->Text(), "http://[::1]:8081");
  EXPECT_EQ(ParseUrl("http://[::1]:8081")->host, "::1");
  EXPECT_EQ(ParseUrl("http://a:b@c@h")->user_info, "a:b@c");
}

}  // namespace
}  // namespace sluice::schema_registry

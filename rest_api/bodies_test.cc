#include "rest_api/bodies.h"

#include <gtest/gtest.h>

#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

template <typename T>
std::string ErrorOf(const StatusOr<T>& result) {
  return result.ok() ? "" : std::string(Message(result.status()));
}

TEST(ParseConfigBody, CoercesScalars) {
  const auto config = ParseConfigBody(R"({"a":"x","n":1,"b":true,"z":null,"d":1.5,"a":"y"})");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->values,
            (config::ConfigMap{{"a", "y"}, {"n", "1"}, {"b", "true"}, {"d", "1.5"}}));
  EXPECT_TRUE(config->null_keys.contains("z"));
}

TEST(ParseConfigBody, KeepsTheTextOfNumbers) {
  const auto config =
      ParseConfigBody(R"({"a":1.50,"b":1E+2,"c":-0,"d":123456789012345678901234567890})");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(
      config->values,
      (config::ConfigMap{
          {"a", "1.50"}, {"b", "1E+2"}, {"c", "-0"}, {"d", "123456789012345678901234567890"}}));
}

TEST(ParseConfigBody, OfEqualKeysTheLastCounts) {
  const auto config = ParseConfigBody(R"({"a":null,"a":"x","b":"x","b":null})");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->values, (config::ConfigMap{{"a", "x"}}));
  EXPECT_EQ(config->null_keys.size(), 1u);
}

TEST(ParseConfigBody, SaysWhatIsWrong) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "The request has no body"},
      {"  ", "The request has no body"},
      {"{", "The request body is not valid JSON"},
      {"[]", "The request body is an array"},
      {"\"x\"", "The request body is a string"},
      {"17", "The request body is a number"},
      {R"({"a":1e999})", "The request body is not valid JSON"},
      {"01", "The request body is not valid JSON"},
      {R"({"a":1.})", "The request body is not valid JSON"},
      {R"({"a":{"b":1}})", "The value of \"a\" is an object"},
      {R"({"a":[1]})", "The value of \"a\" is an array"},
      {std::string(1 << 20, '['), "The request body is not valid JSON"},
  };
  for (const auto& [body, text] : cases) {
    const auto config = ParseConfigBody(body);
    EXPECT_EQ(ErrorOf(config).find(text), 0u) << ErrorOf(config);
    EXPECT_LT(ErrorOf(config).size(), 1000u);
    EXPECT_EQ(config.status().code(), absl::StatusCode::kOutOfRange);
  }
}

TEST(ParsePatchBody, NullRemoves) {
  const auto patch = ParsePatchBody(R"({"a":"x","b":null})");
  ASSERT_TRUE(patch.ok());
  EXPECT_EQ(*patch, (herder::ConfigPatch{{"a", "x"}, {"b", std::nullopt}}));
}

TEST(ParseCreateBody, ReadsAllThree) {
  const auto create =
      ParseCreateBody(R"({"name":" fs ","config":{"a":1},"initial_state":"stopped"})");
  ASSERT_TRUE(create.ok());
  EXPECT_EQ(create->name, "fs");
  EXPECT_EQ(create->config.values, (config::ConfigMap{{"a", "1"}}));
  EXPECT_EQ(create->initial_state, "STOPPED");
  EXPECT_EQ(ParseCreateBody(R"({"config":{}})")->name, "");
  EXPECT_FALSE(ParseCreateBody(R"({"config":{}})")->initial_state);
}

TEST(ParseCreateBody, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"name":"x"})", "The field \"config\" is missing"},
      {R"({"name":"x","config":null})", "The value of \"config\" is null"},
      {R"({"name":"x","config":[]})", "The value of \"config\" is an array"},
      {R"({"name":{},"config":{}})", "The value of \"name\" is an object"},
      {R"({"name":"x","config":{},"bogus":1})", "Unrecognized field \"bogus\""},
      {R"({"name":"x","config":{},"initial_state":"UP"})",
       "The value of \"initial_state\" is \"UP\"; expected one of"},
  };
  for (const auto& [body, text] : cases) {
    EXPECT_EQ(ErrorOf(ParseCreateBody(body)).find(text), 0u) << ErrorOf(ParseCreateBody(body));
  }
}

TEST(CheckName, InsertsOrCompares) {
  herder::SubmittedConfig config;
  config.null_keys.insert("name");
  EXPECT_TRUE(CheckName("a", config).ok());
  EXPECT_EQ(config.values.Get("name"), "a");
  EXPECT_TRUE(config.null_keys.empty());
  EXPECT_EQ(Message(CheckName("b", config)),
            "Connector name configuration (a) doesn't match connector name in the URL (b)");
}

TEST(WriteStatus, HasThePeersShape) {
  herder::ConnectorStatus status{"fs", {"RUNNING", "w:1", "4.3.1", ""}, {}, "source"};
  status.tasks.emplace_back(0, herder::PartState{"FAILED", "w:1", std::nullopt, "boom"});
  status.tasks.emplace_back(1, herder::PartState{"RUNNING", "w:1", "undefined", ""});
  JsonWriter json;
  WriteStatus(json, status);
  EXPECT_EQ(json.Take(),
            R"({"name":"fs","connector":{"state":"RUNNING","worker_id":"w:1","version":"4.3.1"},)"
            R"("tasks":[{"id":0,"state":"FAILED","worker_id":"w:1","version":null,"trace":"boom"},)"
            R"({"id":1,"state":"RUNNING","worker_id":"w:1"}],"type":"source"})");
}

TEST(WriteInfo, HasThePeersShape) {
  JsonWriter json;
  WriteInfo(json, {"fs", {{"b", "1"}, {"a", "2"}}, {{"fs", 0}}, "sink"});
  EXPECT_EQ(json.Take(), R"({"name":"fs","config":{"b":"1","a":"2"},)"
                         R"("tasks":[{"connector":"fs","task":0}],"type":"sink"})");
}

}  // namespace
}  // namespace sluice::rest_api

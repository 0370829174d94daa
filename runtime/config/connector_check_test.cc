#include "runtime/config/connector_check.h"

#include <algorithm>
#include <map>

#include "gtest/gtest.h"
#include "runtime/base/text.h"
#include "runtime/config/config_json.h"

namespace sluice::config {
namespace {

// Knows one transform, one predicate and one converter.
class FakeClasses : public ClassKeys {
 public:
  FakeClasses() {
    transform_.Add({.name = "field", .required = true});
    converter_.Add(
        {.name = "schemas.enable", .type = ConfigType::kBoolean, .default_value = "true"});
  }
  NamedClass Find(ClassRole role, std::string_view type) const override {
    if (type == "Else") return {.name = "x.Else", .complaint = "Else is another thing"};
    if (type != Names(role).front()) return {};
    return {.name = StrCat("x.", type),
            .version = "2",
            .keys = role == ClassRole::kTransform   ? &transform_
                    : role == ClassRole::kPredicate ? &predicate_
                                                    : &converter_,
            .open = role == ClassRole::kTransform ? std::vector<std::string_view>{"rule."}
                                                  : std::vector<std::string_view>(),
            .check = role == ClassRole::kTransform ? &CheckRules : nullptr};
  }
  std::vector<std::string> Names(ClassRole role) const override {
    return {role == ClassRole::kTransform ? "T" : role == ClassRole::kPredicate ? "P" : "Json"};
  }
  VersionTrouble CheckVersion(const NamedClass&, std::string_view required) const override {
    if (required == "?") return {true, "no version"};
    return {false, required == "2" ? "" : "not there"};
  }

 private:
  static std::vector<std::pair<std::string, std::string>> CheckRules(const ConfigMap& settings) {
    std::vector<std::pair<std::string, std::string>> errors;
    for (const auto& [name, text] : settings.WithPrefix("rule.")) {
      if (text == "bad") errors.emplace_back("rule." + name, "no rule");
    }
    return errors;
  }

  ConfigDef transform_, predicate_, converter_;
};

class ConnectorCheckTest : public testing::Test {
 protected:
  ConnectorCheckTest() {
    auto worker = WorkerConfig::FromMap({{"bootstrap.servers", "a:1"},
                                         {"group.id", "g"},
                                         {"key.converter", "K"},
                                         {"value.converter", "V"},
                                         {"config.storage.topic", "c"},
                                         {"offset.storage.topic", "o"},
                                         {"status.storage.topic", "s"}},
                                        WorkerMode::kDistributed);
    EXPECT_TRUE(worker.ok());
    worker_ = *std::move(worker);
    check_.worker = &worker_;
    check_.classes = &classes_;
    check_.plugin_keys = &plugin_keys_;
  }
  ConfigInfos Check(const ConfigMap& config, ConnectorKind kind = ConnectorKind::kSink) {
    check_.config = &config;
    check_.kind = kind;
    auto infos = CheckConnector(check_);
    EXPECT_TRUE(infos.ok()) << infos.status();
    return infos.ok() ? *std::move(infos) : ConfigInfos();
  }
  static std::vector<std::string> Errors(const ConfigInfos& infos) {
    std::vector<std::string> errors;
    for (const ConfigInfo& info : infos.configs) {
      for (const std::string& error : info.value.errors)
        errors.push_back(info.value.name + ": " + error);
    }
    return errors;
  }

  WorkerConfig worker_;
  FakeClasses classes_;
  std::vector<ConfigKey> plugin_keys_ = {{.name = "file", .required = true}};
  ConnectorCheck check_;
};

TEST_F(ConnectorCheckTest, AGoodConfiguration) {
  const ConfigInfos infos = Check({{"connector.class", "FileStreamSink"},
                                   {"name", "s"},
                                   {"topics", "t"},
                                   {"file", "f"},
                                   {"transforms", "t"},
                                   {"transforms.t.type", "T"},
                                   {"transforms.t.field", "x"},
                                   {"key.converter", "Json"},
                                   {"key.converter.schemas.enable", "false"}});
  EXPECT_EQ(Errors(infos), std::vector<std::string>());
  EXPECT_EQ(infos.error_count, 0);
  EXPECT_EQ(infos.name, "FileStreamSink");
  EXPECT_EQ(infos.groups, (std::vector<std::string>{"Common", "Transforms", "Predicates",
                                                    "Error Handling", "Transforms: t"}));
  EXPECT_EQ(infos.configs.front().value.name, "name");
  EXPECT_EQ(infos.configs.back().value.name, "key.converter.schemas.enable");
  EXPECT_EQ(infos.configs.back().value.value, "false");
  EXPECT_EQ(UnknownKeys(infos), std::vector<std::string>());
  EXPECT_TRUE(InvalidConfigError(infos).ok());
}

TEST_F(ConnectorCheckTest, KeysThatNobodyDefinesAreNamedWithoutAnError) {
  check_.plugin_errors = {{"refused", "by the plugin"}};
  const ConfigInfos infos = Check({{"connector.class", "C"},
                                   {"name", "s"},
                                   {"topics", "t"},
                                   {"file", "f"},
                                   {"else", "x"},
                                   {"refused", "x"},
                                   {"transforms", "t,u,gone"},
                                   {"transforms.t.type", "T"},
                                   {"transforms.t.field", "x"},
                                   {"transforms.t.rule.mine", "good"},
                                   {"transforms.t.rules.mine", "good"},
                                   {"admin.override.retries", "1"},
                                   {"transforms.u.type", "Nope"},
                                   {"transforms.u.field", "x"},
                                   {"transforms.v.type", "T"},
                                   {"predicates", "p"},
                                   {"predicates.p.type", "P"},
                                   {"predicates.p.field", "x"},
                                   {"consumer.override.fetch.min.bytes", "1"},
                                   {"topic.creation.default.partitions", "1"},
                                   {"key.converter", "Json"},
                                   {"key.converter.schemas.enabled", "false"},
                                   {"value.converter.schemas.enable", "false"},
                                   {"header.converter", "Nope"},
                                   {"header.converter.what", "x"}});
  const std::vector<std::string> unknown = {
      "else",
      "transforms.t.rules.mine",
      "transforms.v.type",  // `transforms` does not name it
      "predicates.p.field",
      "topic.creation.default.partitions",  // of a sink
      "key.converter.schemas.enabled",
      "value.converter.schemas.enable",  // the worker's converter has its own settings
  };
  EXPECT_EQ(UnknownKeys(infos), unknown);
  EXPECT_EQ(infos.groups.back(), "Unknown");
  const ConfigInfo& last = infos.configs.back();
  EXPECT_EQ(last.value.name, unknown.back());
  EXPECT_EQ(last.value.value, std::nullopt);
  EXPECT_EQ(last.value.errors, std::vector<std::string>());
  ASSERT_TRUE(last.definition.has_value());
  EXPECT_NE(last.definition->documentation.find("It has no effect"), std::string::npos);
}

TEST_F(ConnectorCheckTest, ASourcesTopicsMayHaveAnySetting) {
  const ConfigInfos infos = Check({{"connector.class", "C"},
                                   {"name", "s"},
                                   {"file", "f"},
                                   {"topic.creation.groups", ""},
                                   {"topic.creation.default.retention.ms", "1"}},
                                  ConnectorKind::kSource);
  EXPECT_EQ(UnknownKeys(infos), std::vector<std::string>());
}

TEST_F(ConnectorCheckTest, ATaskWeightIsShownWhereItIsSet) {
  ConfigMap config = {{"connector.class", "C"}, {"name", "s"}, {"topics", "t"}, {"file", "f"}};
  const auto shown = [&] {
    const ConfigInfos infos = Check(config);
    return std::count_if(infos.configs.begin(), infos.configs.end(),
                         [](const ConfigInfo& info) { return info.value.name == "task.weight"; });
  };
  EXPECT_EQ(shown(), 0);
  config.Set("task.weight", "3");
  EXPECT_EQ(shown(), 1);
  EXPECT_EQ(Errors(Check(config)), std::vector<std::string>());
  for (const char* value : {"0", "-1", "1.5", "heavy", "1000001"}) {
    config.Set("task.weight", value);
    EXPECT_FALSE(Errors(Check(config)).empty()) << value;
  }
}

TEST_F(ConnectorCheckTest, KeysWhoseNamesUsersChooseAreCheckedByTheirClass) {
  const ConfigInfos infos = Check({{"connector.class", "C"},
                                   {"name", "s"},
                                   {"topics", "t"},
                                   {"file", "f"},
                                   {"transforms", "t"},
                                   {"transforms.t.type", "T"},
                                   {"transforms.t.field", "x"},
                                   {"transforms.t.rule.a", "good"},
                                   {"transforms.t.rule.b", "bad"}});
  EXPECT_EQ(Errors(infos), std::vector<std::string>{"transforms.t.rule.b: no rule"});
  EXPECT_EQ(infos.error_count, 1);
}

TEST_F(ConnectorCheckTest, APredicateThatNobodyConfigures) {
  const ConfigInfos infos = Check({{"connector.class", "C"},
                                   {"name", "s"},
                                   {"topics", "t"},
                                   {"file", "f"},
                                   {"predicates", "p"},
                                   {"predicates.p.type", "P"},
                                   {"transforms", "t,u"},
                                   {"transforms.t.type", "T"},
                                   {"transforms.t.field", "x"},
                                   {"transforms.t.predicate", " p "},
                                   {"transforms.u.type", "T"},
                                   {"transforms.u.field", "x"},
                                   {"transforms.u.predicate", "q"}});
  EXPECT_EQ(Errors(infos),
            std::vector<std::string>{
                "transforms.u.predicate: Invalid value q for configuration transforms.u.predicate: "
                "no such alias in predicates, which names [p]"});
}

TEST_F(ConnectorCheckTest, WhatADefinitionRefusesAPluginDoesNotRefuseAgain) {
  const std::string again = "Invalid value SOME for configuration errors.tolerance: expected all";
  check_.plugin_errors = {{"errors.tolerance", again},
                          {"errors.tolerance", "Cannot be used together with file"},
                          {"file", "Invalid value f for configuration file: no such file"},
                          {"file", "Invalid value f for configuration file: and too long"}};
  const ConfigInfos infos = Check({{"connector.class", "C"},
                                   {"name", "s"},
                                   {"topics", "t"},
                                   {"file", "f"},
                                   {"errors.tolerance", "SOME"}});
  EXPECT_EQ(Errors(infos),
            (std::vector<std::string>{
                "errors.tolerance: Invalid value SOME for configuration errors.tolerance: String "
                "must be one of: none, all",
                "errors.tolerance: Cannot be used together with file",
                "file: Invalid value f for configuration file: no such file",
                "file: Invalid value f for configuration file: and too long"}));
}

TEST_F(ConnectorCheckTest, AllErrorsAtOnce) {
  check_.plugin_errors = {{"file", "no such file"}, {"elsewhere", "odd"}};
  check_.null_keys = {"tasks.max", "nobody"};
  const ConfigInfos infos = Check({{"connector.class", "C"},
                                   {"name", ""},
                                   {"errors.tolerance", "some"},
                                   {"transforms", "t,u,v"},
                                   {"transforms.t.type", "T"},
                                   {"transforms.t.negate", "true"},
                                   {"transforms.u.type", "Nope"},
                                   {"consumer.override.fetch.min.bytes", "x"},
                                   {"value.converter", "Nope"},
                                   {"key.converter", "Json"},
                                   {"key.converter.schemas.enable", "maybe"}});
  const std::vector<std::string> expected = {
      "nobody: Null value can not be supplied as the configuration value.",
      "elsewhere: odd",
      "name: Invalid value  for configuration name: String may not be empty",
      "tasks.max: Invalid value null for configuration tasks.max: Value must be non-null",
      "tasks.max: Null value can not be supplied as the configuration value.",
      "value.converter: Invalid value Nope for configuration value.converter: Class Nope could not "
      "be found.",
      "errors.tolerance: Invalid value some for configuration errors.tolerance: String must be one "
      "of: none, all",
      "topics: Must configure one of topics or topics.regex",
      "topics.regex: Must configure one of topics or topics.regex",
      "transforms.t.type: Config 'transforms.t.negate' was provided but there is no config "
      "'transforms.t.predicate' "
      "defining a predicate to be negated.",
      "transforms.t.field: Missing required configuration \"transforms.t.field\" which has no "
      "default value.",
      "transforms.u.type: Invalid value Nope for configuration transforms.u.type: Class Nope could "
      "not be found.",
      "transforms.v.type: Missing required configuration \"transforms.v.type\" which has no "
      "default value.",
      "file: Missing required configuration \"file\" which has no default value.",
      "file: no such file",
      "consumer.override.fetch.min.bytes: Invalid value x for configuration "
      "consumer.override.fetch.min.bytes: Not a "
      "number of type INT",
      "key.converter.schemas.enable: Invalid value maybe for configuration schemas.enable: "
      "Expected value to be either "
      "true or false"};
  EXPECT_EQ(Errors(infos), expected);
  EXPECT_EQ(infos.error_count, static_cast<int>(expected.size()));
}

TEST_F(ConnectorCheckTest, ClassesAndTheirVersions) {
  check_.plugin_versions = {"1", "3"};
  const ConfigInfos infos = Check({{"connector.class", "C"},
                                   {"name", "s"},
                                   {"topics", "t"},
                                   {"file", "f"},
                                   {"transforms", "t,u"},
                                   {"transforms.t.type", "T"},
                                   {"transforms.t.plugin.version", "9"},
                                   {"transforms.u.type", "Else"},
                                   {"header.converter", "Else"},
                                   {"key.converter", "Json"},
                                   {"key.converter.plugin.version", "?"},
                                   {"value.converter", "Json"}});
  EXPECT_EQ(Errors(infos), (std::vector<std::string>{"key.converter.plugin.version: no version",
                                                     "header.converter: Else is another thing",
                                                     "transforms.t.type: not there",
                                                     "transforms.t.plugin.version: not there",
                                                     "transforms.u.type: Else is another thing"}));
  std::map<std::string, ConfigInfo> by_name;
  for (const ConfigInfo& info : infos.configs) by_name[info.value.name] = info;
  EXPECT_EQ(by_name["connector.plugin.version"].value.value, "3");
  EXPECT_EQ(by_name["connector.plugin.version"].value.recommended,
            (std::vector<std::string>{"1", "3"}));
  EXPECT_EQ(by_name["value.converter"].value.value, "x.Json");
  EXPECT_EQ(by_name["value.converter.plugin.version"].value.value, "2");
  EXPECT_EQ(by_name["key.converter.plugin.version"].value.value, "?");
  EXPECT_EQ(by_name["header.converter"].value.value, "x.Else");
  EXPECT_EQ(by_name["transforms.t.type"].value.recommended, std::vector<std::string>{"T"});
  EXPECT_EQ(by_name["transforms.u.plugin.version"].value.value, std::nullopt);
  // A class of the wrong version shows none of its keys.
  EXPECT_FALSE(by_name.contains("transforms.t.field"));
  EXPECT_FALSE(by_name.contains("key.converter.schemas.enable"));
  EXPECT_TRUE(by_name.contains("value.converter.schemas.enable"));
}

TEST_F(ConnectorCheckTest, AVersionThatIsNotThere) {
  const ConfigMap config{
      {"connector.class", "C"}, {"connector.plugin.version", "9"}, {"name", "s"}};
  check_.config = &config;
  check_.plugin_versions = {"1"};
  const ConfigInfos infos = WrongVersion(check_, "no 9");
  EXPECT_EQ(Errors(infos),
            (std::vector<std::string>{"connector.class: no 9", "connector.plugin.version: no 9"}));
  EXPECT_EQ(infos.error_count, 2);
  for (const ConfigInfo& info : infos.configs) EXPECT_NE(info.value.name, "topics");
}

TEST_F(ConnectorCheckTest, WithoutAClassTheRequestFails) {
  const ConfigMap config{{"topics", "a"}, {"x", "y"}};
  check_.config = &config;
  auto infos = CheckConnector(check_);
  EXPECT_EQ(Message(infos.status()), "Connector config {topics=a, x=y} contains no connector type");
}

TEST_F(ConnectorCheckTest, ExactlyOnceIsNotThereYet) {
  const ConfigInfos infos = Check({{"connector.class", "C"},
                                   {"name", "s"},
                                   {"file", "f"},
                                   {"exactly.once.support", "required"}},
                                  ConnectorKind::kSource);
  EXPECT_EQ(
      Errors(infos),
      (std::vector<std::string>{
          "exactly.once.support: This worker does not have exactly-once source support enabled."}));
}

}  // namespace
}  // namespace sluice::config

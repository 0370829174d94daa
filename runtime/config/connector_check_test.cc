#include "runtime/config/connector_check.h"

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
  StatusOr<const ConfigDef*> TransformKeys(std::string_view type) const override {
    return Only("T", type, transform_);
  }
  StatusOr<const ConfigDef*> PredicateKeys(std::string_view type) const override {
    return Only("P", type, predicate_);
  }
  StatusOr<const ConfigDef*> ConverterKeys(std::string_view, std::string_view type) const override {
    return Only("Json", type, converter_);
  }

 private:
  StatusOr<const ConfigDef*> Only(std::string_view name, std::string_view type,
                                  const ConfigDef& def) const {
    if (type == name) return &def;
    return ConfigError(StrCat("There is ", name, "."));
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
                                   {"unknown", "u"},
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
  for (const ConfigInfo& info : infos.configs) EXPECT_NE(info.value.name, "unknown");
  EXPECT_TRUE(InvalidConfigError(infos).ok());
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
      "be found. There is "
      "Json.",
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
      "not be found. There "
      "is T.",
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

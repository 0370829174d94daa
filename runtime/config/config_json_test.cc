#include "runtime/config/config_json.h"

#include "gtest/gtest.h"

namespace sluice::config {
namespace {

TEST(ConfigJsonTest, KeyDefinition) {
  JsonWriter json;
  WriteConfigKey(
      json,
      {.name = "topic", .required = true, .importance = Importance::kHigh, .documentation = "..."});
  EXPECT_EQ(
      json.Take(),
      R"({"name":"topic","type":"STRING","required":true,"default_value":null,"importance":"HIGH",)"
      R"("documentation":"...","group":null,"order_in_group":-1,"width":"NONE","display_name":"topic",)"
      R"("dependents":[]})");
}

TEST(ConfigJsonTest, ConfigInfos) {
  ConfigInfos infos{"FileStreamSink", 1, {"Common"}, {}};
  ConfigInfo info;
  info.value = {"errors.tolerance",
                "some",
                {},
                {"Invalid value some for configuration errors.tolerance: no"},
                true};
  infos.configs.push_back(info);
  JsonWriter json;
  WriteConfigInfos(json, infos);
  EXPECT_EQ(
      json.Take(),
      R"({"name":"FileStreamSink","error_count":1,"groups":["Common"],"configs":[{"definition":null,"value":)"
      R"({"name":"errors.tolerance","value":"some","recommended_values":[],"errors":)"
      R"(["Invalid value some for configuration errors.tolerance: no"],"visible":true}}]})");
}

TEST(ConfigJsonTest, InvalidConfigErrorIsThePeersText) {
  ConfigInfos infos;
  EXPECT_TRUE(InvalidConfigError(infos).ok());
  infos.error_count = 2;
  ConfigInfo info;
  info.value.errors = {"one", "two"};
  infos.configs.push_back(info);
  EXPECT_EQ(Message(InvalidConfigError(infos)),
            "Connector configuration is invalid and contains the following 2 "
            "error(s):\none\ntwo\nYou can also find "
            "the above list of errors at the endpoint "
            "`/connector-plugins/{connectorType}/config/validate`");
}

TEST(ConfigJsonTest, MapsKeepTheirOrder) {
  JsonWriter json;
  WriteConfigMap(json, {{"b", "1"}, {"a", "x/y"}});
  EXPECT_EQ(json.Take(), R"({"b":"1","a":"x/y"})");
}

}  // namespace
}  // namespace sluice::config

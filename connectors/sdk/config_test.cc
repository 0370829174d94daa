#include "connectors/sdk/config.h"

#include <gtest/gtest.h>

namespace sluice::sdk {
namespace {

class ConfigTest : public testing::Test {
 protected:
  Config Given(Config::Map map) { return Config(std::move(map), &table_); }
  std::string Error(const std::function<void()>& body) {
    try {
      body();
    } catch (const ConfigException& error) {
      return error.what();
    }
    return "no error";
  }
  const ConfigTable table_{{
      ConfigKey("topic").High(),
      ConfigKey("size", ConfigType::kInt).Default("5").AtLeast(1),
      ConfigKey("names", ConfigType::kList).Default(""),
      ConfigKey("user").Optional(),
      ConfigKey("fast", ConfigType::kBoolean).Default("true"),
      ConfigKey("mode").Default("a").OneOf({"a", "b"}),
  }};
};

TEST_F(ConfigTest, GivenGoesBeforeDefault) {
  EXPECT_EQ(Given({}).GetInt("size"), 5);
  EXPECT_EQ(Given({{"size", " 7 "}}).GetInt("size"), 7);
  EXPECT_TRUE(Given({}).GetBool("fast"));
  EXPECT_FALSE(Given({{"fast", "FALSE"}}).GetBool("fast"));
  EXPECT_EQ(Given({{"more", "x"}}).GetString("more"), "x");
  EXPECT_EQ(Given({}).GetString("user"), "");
  EXPECT_FALSE(Given({}).Find("user"));
  EXPECT_EQ(Given({{"d", "1.5"}}).GetDouble("d"), 1.5);
}

TEST_F(ConfigTest, Lists) {
  EXPECT_TRUE(Given({}).GetList("names").empty());
  EXPECT_EQ(Given({{"names", " a , b,c"}}).GetList("names"),
            (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(Given({{"names", "a,"}}).GetList("names"), (std::vector<std::string>{"a", ""}));
}

TEST_F(ConfigTest, ErrorsHaveKafkaConnectsWords) {
  EXPECT_EQ(Error([&] { Given({}).GetString("topic"); }),
            "Missing required configuration \"topic\" which has no default value.");
  EXPECT_EQ(Error([&] {
              Given({{"size", "x"}}).GetInt("size");
            }),
            "Invalid value x for configuration size: Not a number of type INT");
  EXPECT_EQ(Error([&] {
              Given({{"size", "3000000000"}}).GetInt("size");
            }),
            "Invalid value 3000000000 for configuration size: Not a number of type INT");
  EXPECT_EQ(Error([&] {
              Given({{"fast", "yes"}}).GetBool("fast");
            }),
            "Invalid value yes for configuration fast: Expected value to be either true or false");
}

TEST_F(ConfigTest, TheTableHasTheAbisForm) {
  const auto& keys = table_.keys();
  ASSERT_EQ(keys.size(), 6u);
  EXPECT_EQ(keys[0].required, 1);
  EXPECT_EQ(keys[0].default_value.data, nullptr);
  EXPECT_EQ(abi::View(keys[2].default_value), "");
  EXPECT_NE(keys[2].default_value.data, nullptr);
  EXPECT_EQ(keys[3].required, 0);
  EXPECT_EQ(keys[3].default_value.data, nullptr);
  EXPECT_EQ(abi::View(keys[5].allowed[1]), "b");
  EXPECT_EQ(keys[1].validator, SLUICE_VALID_RANGE);
}

}  // namespace
}  // namespace sluice::sdk

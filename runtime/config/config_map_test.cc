#include "runtime/config/config_map.h"

#include "gtest/gtest.h"

namespace sluice::config {
namespace {

std::string Text(const ConfigMap& map) {
  std::string out;
  for (const auto& [key, value] : map) out += key + "=" + value + ";";
  return out;
}

TEST(ConfigMapTest, KeepsTheOrderOfFirstSetting) {
  ConfigMap map{{"b", "1"}, {"a", "2"}, {"b", "3"}};
  EXPECT_EQ(Text(map), "b=3;a=2;");
  EXPECT_EQ(*map.Find("a"), "2");
  EXPECT_EQ(map.Find("c"), nullptr);
  EXPECT_EQ(map.Get("c", "x"), "x");
}

TEST(ConfigMapTest, ErasesFromTheMiddle) {
  ConfigMap map{{"a", "1"}, {"b", "2"}, {"c", "3"}};
  EXPECT_TRUE(map.Erase("b"));
  EXPECT_FALSE(map.Erase("b"));
  map.Set("c", "4");
  map.Set("d", "5");
  EXPECT_EQ(Text(map), "a=1;c=4;d=5;");
}

TEST(ConfigMapTest, PrefixMergeAndEquality) {
  const ConfigMap map{{"p.a", "1"}, {"q.a", "2"}, {"p.", "3"}, {"p.b", "4"}};
  EXPECT_EQ(Text(map.WithPrefix("p.")), "a=1;b=4;");
  ConfigMap merged{{"x", "0"}, {"p.a", "0"}};
  merged.Merge(map);
  EXPECT_EQ(merged.Get("p.a"), "1");
  EXPECT_TRUE((ConfigMap{{"a", "1"}, {"b", "2"}}) == (ConfigMap{{"b", "2"}, {"a", "1"}}));
  EXPECT_FALSE((ConfigMap{{"a", "1"}}) == (ConfigMap{{"a", "2"}}));
  EXPECT_FALSE((ConfigMap{{"a", "1"}}) == (ConfigMap{{"b", "1"}}));
}

}  // namespace
}  // namespace sluice::config

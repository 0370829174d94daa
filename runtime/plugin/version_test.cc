#include "runtime/plugin/version.h"

#include <gtest/gtest.h>

namespace sluice::plugin {
namespace {

TEST(CompareVersions, AscendingOrder) {
  const std::vector<std::string> order = {"undefined",
                                          "0.9",
                                          "1.0-alpha",
                                          "1.0-alpha2",
                                          "1.0-beta",
                                          "1.0-m3",
                                          "1.0-rc1",
                                          "1.0-rc2",
                                          "1.0-SNAPSHOT",
                                          "1.0",
                                          "1.0-sp",
                                          "1.0-xyz",
                                          "1.0-1",
                                          "1.0.1",
                                          "1.2",
                                          "1.10",
                                          "2",
                                          "10",
                                          "99999999999999999999999"};
  for (size_t i = 0; i < order.size(); ++i) {
    for (size_t j = 0; j < order.size(); ++j) {
      const int expected = i < j ? -1 : i > j ? 1 : 0;
      EXPECT_EQ(CompareVersions(order[i], order[j]), expected) << order[i] << " " << order[j];
    }
  }
}

TEST(CompareVersions, DifferentTextsOfOneVersion) {
  for (auto [a, b] : {std::pair{"1", "1.0"},
                      {"1", "1.0.0"},
                      {"1.0-final", "1"},
                      {"1-ga", "1"},
                      {"1.0-CR1", "1.0-rc1"},
                      {"1a1", "1-alpha-1"},
                      {"01", "1"},
                      {"", "0"}}) {
    EXPECT_EQ(CompareVersions(a, b), 0) << a << " " << b;
  }
}

TEST(VersionRange, Contains) {
  struct Case {
    const char* range;
    std::vector<const char*> in, out;
  };
  for (const Case& c : std::vector<Case>{
           {"", {"1", "undefined"}, {}},
           {"latest", {"1"}, {}},
           {"1.2.3", {"1.2.3"}, {"1.2.4", "1.2"}},
           {"[1.2.3]", {"1.2.3"}, {"1.2.4"}},
           {"[1.0,2.0)", {"1.0", "1.9.9", "1"}, {"2.0", "0.9"}},
           {"(1.0,2.0]", {"2", "1.0.1"}, {"1.0"}},
           {"(,3]", {"0.1", "3.0"}, {"3.0.1"}},
           {"[3,)", {"3", "99"}, {"2.9"}},
           {"[1,2),[3,4]", {"1.5", "3", "4"}, {"2", "2.5", "5"}},
           {" [1 , 2) , [3,4] ", {"1.5"}, {"2"}},
           {"[1,2][3,4],", {"1.5", "3"}, {"2.5"}},
           {"[2,2]", {"2"}, {"2.1"}},
           {"[]", {}, {"1", "0.1"}},
       }) {
    auto range = VersionRange::Parse(c.range);
    ASSERT_TRUE(range.ok()) << c.range << range.status();
    for (auto* version : c.in) EXPECT_TRUE(range->Contains(version)) << c.range << version;
    for (auto* version : c.out) EXPECT_FALSE(range->Contains(version)) << c.range << version;
  }
  EXPECT_EQ(VersionRange::Parse("1.2")->text(), "[1.2,1.2]");
  EXPECT_EQ(VersionRange::Parse(" [1, 2) ,(3,]")->text(), "[1,2),(3,]");
  EXPECT_EQ(VersionRange::Parse("[]")->text(), "[,]");
}

TEST(VersionRange, WhatIsNone) {
  for (auto [text, why] :
       {std::pair{"[1", "Unbounded range: [1"},
        {"[1,2", "Unbounded range: [1,2"},
        {"1]", "Only fully-qualified sets allowed in multiple set scenario: 1]"},
        {"[1,2] x", "Only fully-qualified sets allowed in multiple set scenario: [1,2] x"},
        {"(1)", "Single version must be surrounded by []: (1)"},
        {"[1,1)", "Range defies version ordering: [1,1)"},
        {"[2,1]", "Range defies version ordering: [2,1]"},
        {"[1,3),[2,4)", "Ranges overlap: [1,3),[2,4)"}}) {
    auto range = VersionRange::Parse(text);
    ASSERT_FALSE(range.ok()) << text;
    EXPECT_EQ(Message(range.status()), why);
    EXPECT_EQ(ExceptionClass(range.status()), kConfigException) << text;
  }
}

}  // namespace
}  // namespace sluice::plugin

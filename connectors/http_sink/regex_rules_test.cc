#include "connectors/http_sink/regex_rules.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "connectors/sdk/errors.h"

namespace sluice::http_sink {
namespace {

RegexRules Rules(std::initializer_list<std::pair<const char*, const char*>> list) {
  RegexRules rules;
  for (const auto& [pattern, replacement] : list) {
    rules.Add(pattern, replacement,
              [](const http::Template::Variable& variable) { return variable.name == "key"; });
  }
  return rules;
}
std::string Apply(const RegexRules& rules, const std::string& text) {
  return rules.Apply(text, [](const http::Template::Variable&, std::string& out) { out += "$1k"; });
}

TEST(RegexRulesTest, MatchesAreReplacedInOrder) {
  EXPECT_EQ(Apply(Rules({{"b+", "x"}, {"x", "<x>"}}), "abbcb"), "a<x>c<x>");
  EXPECT_EQ(Apply(Rules({{"(\\w)-(\\w)", "$2-$1"}}), "a-b c-d"), "b-a d-c");
  EXPECT_EQ(Apply(Rules({{"(?<n>\\d+)", "[${n}]"}}), "a1b22"), "a[1]b[22]");
  EXPECT_EQ(Apply(Rules({{"^", "{\"v\":"}, {"$", "}"}}), "1"), "{\"v\":1}");
  EXPECT_EQ(Apply(Rules({}), "same"), "same");
}

TEST(RegexRulesTest, VariablesAreNoGroups) {
  EXPECT_EQ(Apply(Rules({{"(b)", "<${key}>"}}), "abc"), "a<$1k>c");
}

TEST(RegexRulesTest, ResultsMayGrow) {
  const std::string text(1000, 'a');
  EXPECT_EQ(Apply(Rules({{"a", "0123456789"}}), text).size(), 10'000u);
}

TEST(RegexRulesTest, MistakesAreSaidAtOnce) {
  EXPECT_THROW(Rules({{"(", "x"}}), BadPattern);
  for (const char* pattern : {"^a(b)", "^a(b) # no end", "(?x)a(b) # no end", "(b)\\Qa"}) {
    for (const char* replacement : {"$2", "${none}", "${1", "$", "${}"}) {
      EXPECT_THROW(Rules({{pattern, replacement}}), BadReplacement) << pattern << replacement;
    }
    EXPECT_NO_THROW(Rules({{pattern, "$1${1}$$"}})) << pattern;
  }
}

TEST(RegexRulesTest, ARunawayPatternBlamesTheRecord) {
  const RegexRules rules = Rules({{"^(a+)+$", "x"}});
  EXPECT_THROW(Apply(rules, std::string(50, 'a') + "b"), sdk::DataException);
}

}  // namespace
}  // namespace sluice::http_sink

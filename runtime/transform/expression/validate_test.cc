#include <gtest/gtest.h>

#include "runtime/transform/record_builder.h"

namespace sluice::transform {
namespace {

using testing::kConfig;
using testing::kData;
using testing::Maker;
using testing::RunTransform;
using testing::WhyNot;

constexpr std::string_view kValidate = "dev.sluice.transforms.Validate";
constexpr std::string_view kMatches = "dev.sluice.transforms.predicates.Matches";

sluice_record Person(Maker& make, const sluice_value& age) {
  return make.Record(make.Map({{"name", abi::String("Ann")}, {"age", age}}));
}

TEST(Validate, PassesWhatKeepsAllRules) {
  Maker make;
  const config::ConfigMap rules = {{"rule.adult", "value.age >= 18"},
                                   {"rule.named", "has(value.name) && size(value.name) > 0"}};
  EXPECT_EQ(RunTransform(kValidate, rules, Person(make, abi::Int64(18))).error, "");
  EXPECT_EQ(RunTransform(kValidate, rules, Person(make, abi::Int64(18))).value,
            "{name=\"Ann\",age=int64:18}");
}

TEST(Validate, NamesTheRulesThatAreBroken) {
  Maker make;
  EXPECT_EQ(
      RunTransform(kValidate, {{"rule.adult", "value.age >= 18"}}, Person(make, abi::Int64(17)))
          .error,
      StrCat(kData, "Record breaks rule 'adult': value.age >= 18"));
  // A field that is missing keeps no rule.
  EXPECT_EQ(RunTransform(kValidate,
                         {{"rule.named", "value.name != ''"},
                          {"rule.adult", "value.age >= 18"},
                          {"rule.mail", "value.mail.matches('@')"},
                          {"rule.one", "size(value.name) == 1"}},
                         Person(make, abi::Null()))
                .error,
            StrCat(kData, "Record breaks rule 'adult': value.age >= 18 (also: mail, one)"));
}

TEST(Validate, SaysWhichRuleCannotBeChecked) {
  Maker make;
  EXPECT_EQ(
      RunTransform(kValidate, {{"rule.adult", "value.age >= 18"}}, Person(make, abi::String("x")))
          .error,
      StrCat(kData,
             "Rule 'adult' cannot be checked: Expression 'value.age >= 18' at position 11: "
             "'>=' needs two numbers or two texts, found java.lang.String and "
             "java.lang.Long"));
  EXPECT_EQ(
      RunTransform(kValidate, {{"rule.a", "value.age"}}, Person(make, abi::Int64(1))).error,
      StrCat(kData,
             "Rule 'a' cannot be checked: Expression 'value.age' at position 1: a condition is "
             "needed, found java.lang.Long"));
}

TEST(Validate, ChecksItsSettings) {
  EXPECT_EQ(WhyNot(kValidate, {}),
            StrCat(kConfig,
                   "Validate needs a rule: rule.NAME with a condition, such as "
                   "rule.positive=value.amount > 0"));
  EXPECT_EQ(WhyNot(kValidate, {{"rule.a", "value.age >= 18)"}}),
            StrCat(kConfig,
                   "Invalid value value.age >= 18) for configuration rule.a: expected an operator "
                   "or the end at position 16, found ')'"));
  const SettingErrors errors = (*FindTransform("Validate"))->check({{"rule.b", "("}});
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].first, "rule.b");
  const SettingErrors misspelt = (*FindTransform("Validate"))->check({{"rules.b", "true"}});
  ASSERT_EQ(misspelt.size(), 1u);
  EXPECT_EQ(misspelt[0].first, "type");
  EXPECT_TRUE((*FindPredicate("Matches"))->check({{"expression", "true"}}).empty());
  EXPECT_EQ((*FindPredicate("Matches"))->check({{"type", "Matches"}}).front().first, "type");
}

StatusOr<std::unique_ptr<Predicate>> MakeMatches(const config::ConfigMap& settings) {
  return (*FindPredicate(kMatches))->make(settings);
}

TEST(Matches, HoldsWhereAllDo) {
  Maker make;
  auto both = MakeMatches({{"expression", "value.age > 17"}, {"rule.named", "has(value.name)"}});
  ASSERT_TRUE(both.ok()) << Describe(both.status());
  EXPECT_TRUE(*(*both)->Test(Person(make, abi::Int64(18))));
  EXPECT_FALSE(*(*both)->Test(Person(make, abi::Int64(17))));
  EXPECT_FALSE(*(*both)->Test(Person(make, abi::Null())));
  EXPECT_FALSE(*(*both)->Test(make.Record(abi::Null())));
  EXPECT_FALSE((*both)->Test(Person(make, abi::String("x"))).ok());
}

TEST(Matches, ChecksItsSettings) {
  EXPECT_EQ(Describe(MakeMatches({}).status()),
            StrCat(kConfig,
                   "Matches needs a condition: expression, or rule.NAME, such as "
                   "expression=value.amount > 0"));
  EXPECT_FALSE(MakeMatches({{"expression", "("}}).ok());
  EXPECT_FALSE(MakeMatches({{"rule.x", "("}}).ok());
}

}  // namespace
}  // namespace sluice::transform

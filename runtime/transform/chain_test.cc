#include "runtime/transform/chain.h"

#include <gtest/gtest.h>

#include "runtime/transform/record_builder.h"

namespace sluice::transform {
namespace {

using config::PredicateSpec;
using config::TransformSpec;
using testing::Maker;

class NoWait : public Waiter {
 public:
  bool Wait(milliseconds) override { return true; }
};

TransformSpec Spec(std::string_view alias, std::string_view type, config::ConfigMap settings = {},
                   std::string_view predicate = "", bool negate = false) {
  TransformSpec spec;
  spec.alias = std::string(alias);
  spec.type = std::string(type);
  spec.settings = std::move(settings);
  spec.predicate = std::string(predicate);
  spec.negate = negate;
  return spec;
}
PredicateSpec Guard(std::string_view alias, std::string_view type,
                    config::ConfigMap settings = {}) {
  PredicateSpec spec;
  spec.alias = std::string(alias);
  spec.type = std::string(type);
  spec.settings = std::move(settings);
  return spec;
}

class ChainTest : public ::testing::Test {
 protected:
  void Make(std::vector<TransformSpec> transforms, std::vector<PredicateSpec> predicates = {}) {
    auto made = Chain::FromConfig(transforms, predicates);
    ASSERT_TRUE(made.ok()) << StackTrace(made.status());
    chain_ = *std::move(made);
  }
  std::string WhyNot(std::vector<TransformSpec> transforms,
                     std::vector<PredicateSpec> predicates = {}) {
    auto made = Chain::FromConfig(transforms, predicates);
    return made.ok() ? "made" : StackTrace(made.status());
  }
  void Tolerate(bool all) {
    config::ErrorSettings settings;
    settings.tolerance_all = all;
    handler_.emplace(settings, clock_, waiter_, std::vector<std::unique_ptr<errors::Reporter>>());
  }
  // The value afterwards, "dropped", or the error.
  std::string Apply(sluice_record record) {
    StatusOr<bool> kept = chain_->Apply(record, memory_, *handler_, {});
    if (!kept.ok()) return StackTrace(kept.status());
    return *kept ? testing::Shown(record.value) : "dropped";
  }
  ChainTest() { Tolerate(false); }

  FakeClock clock_;
  NoWait waiter_;
  std::optional<errors::ErrorHandler> handler_;
  record::BatchMemory memory_;
  Maker make_;
  std::unique_ptr<Chain> chain_;
};

TEST_F(ChainTest, RunsInOrder) {
  Make({Spec("h", "HoistField$Value", {{"field", "a"}}),
        Spec("i", "InsertField$Value", {{"topic.field", "t"}}),
        Spec("m", "MaskField$Value", {{"fields", "a"}})});
  EXPECT_EQ(Apply(make_.Record(abi::String("x"))), "{a=\"\",t=\"t\"}");
  EXPECT_FALSE(chain_->empty());
}

TEST_F(ChainTest, EmptyChainKeepsEverything) {
  Make({});
  EXPECT_TRUE(chain_->empty());
  EXPECT_EQ(Apply(make_.Record(abi::Null())), "null");
}

TEST_F(ChainTest, FilteredRecordsAreCountedAndNoErrors) {
  Make({Spec("f", "Filter", {}, "tomb"), Spec("h", "HoistField$Value", {{"field", "a"}})},
       {Guard("tomb", "RecordIsTombstone")});
  EXPECT_EQ(Apply(make_.Record(abi::Null())), "dropped");
  EXPECT_EQ(Apply(make_.Record(abi::Int8(1))), "{a=int8:1}");
  EXPECT_EQ(chain_->filtered(), 1);
  EXPECT_EQ(handler_->counts().errors, 0);
}

TEST_F(ChainTest, NegatedPredicate) {
  Make({Spec("f", "Filter", {}, "mine", true)},
       {Guard("mine", "TopicNameMatches", {{"pattern", "t|u.*"}})});
  EXPECT_EQ(Apply(make_.Record(abi::Int8(1))), "int8:1");
  sluice_record other = make_.Record(abi::Int8(1));
  other.topic = abi::Str("other");
  EXPECT_EQ(Apply(other), "dropped");
  other.topic = abi::kNoStr;
  EXPECT_EQ(Apply(other), "dropped");
}

TEST_F(ChainTest, HasHeaderKey) {
  Make({Spec("f", "org.apache.kafka.connect.transforms.Filter", {}, "h")},
       {Guard("h", "HasHeaderKey", {{"name", "x"}})});
  sluice_record record = make_.Record(abi::Int8(1));
  EXPECT_EQ(Apply(record), "int8:1");
  const sluice_header headers[] = {{abi::Str("y"), nullptr, abi::Null()},
                                   {abi::Str("x"), nullptr, abi::Null()}};
  record.headers = headers;
  record.header_count = 1;
  EXPECT_EQ(Apply(record), "int8:1");
  record.header_count = 2;
  EXPECT_EQ(Apply(record), "dropped");
}

TEST_F(ChainTest, AFailureIsHandledAsTransformation) {
  Make({Spec("i", "InsertField$Value", {{"topic.field", "t"}}),
        Spec("h", "HoistField$Value", {{"field", "a"}})});
  EXPECT_EQ(
      Apply(make_.Record(abi::String("x"))),
      "org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler\n"
      "Caused by: org.apache.kafka.connect.errors.DataException: Only Map objects supported in "
      "absence of schema "
      "for [field insertion], found: java.lang.String");
  Tolerate(true);
  EXPECT_EQ(Apply(make_.Record(abi::String("x"))), "dropped");
  EXPECT_EQ(handler_->counts().skipped, 1);
  EXPECT_EQ(chain_->filtered(), 0);
}

TEST_F(ChainTest, ABrokenRuleIsHandledAsBadData) {
  Make({Spec("v", "Validate", {{"rule.positive", "value.amount > 0"}})});
  const sluice_record bad = make_.Record(make_.Map({{"amount", abi::Int64(-1)}}));
  EXPECT_EQ(
      Apply(bad),
      "org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler\n"
      "Caused by: org.apache.kafka.connect.errors.DataException: Record breaks rule "
      "'positive': value.amount > 0");
  Tolerate(true);
  EXPECT_EQ(Apply(bad), "dropped");
  EXPECT_EQ(Apply(make_.Record(make_.Map({{"amount", abi::Int64(1)}}))), "{amount=int64:1}");
  EXPECT_EQ(handler_->counts().skipped, 1);
}

TEST_F(ChainTest, AnExpressionGuardsATransform) {
  Make({Spec("f", "Filter", {}, "small")},
       {Guard("small", "Matches", {{"expression", "value.amount < 10"}})});
  EXPECT_EQ(Apply(make_.Record(make_.Map({{"amount", abi::Int64(9)}}))), "dropped");
  EXPECT_EQ(Apply(make_.Record(make_.Map({{"amount", abi::Int64(10)}}))), "{amount=int64:10}");
  EXPECT_NE(
      WhyNot({}, {Guard("p", "Matches", {{"expression", "value.amount <"}})})
          .find("Invalid value value.amount < for configuration expression: expected a value"),
      std::string::npos);
}

TEST_F(ChainTest, ARunawayPredicateIsAnError) {
  Make({Spec("f", "Filter", {}, "p")},
       {Guard("p", "TopicNameMatches", {{"pattern", "(x+x+)+[yz]"}})});
  sluice_record record = make_.Record(abi::Int8(1));
  const std::string topic(200, 'x');
  record.topic = abi::Str(topic);
  EXPECT_NE(Apply(record).find("could not be matched against"), std::string::npos);
}

TEST_F(ChainTest, SaysWhatCannotBeMade) {
  EXPECT_NE(WhyNot({Spec("a", "Nope")})
                .find("Failed to create transforms.a: Class Nope could not be found"),
            std::string::npos);
  EXPECT_NE(
      WhyNot({Spec("a", "HoistField$Value")}).find("Missing required configuration \"field\""),
      std::string::npos);
  EXPECT_NE(WhyNot({Spec("a", "Filter", {}, "p")}).find("transforms.a.predicate"),
            std::string::npos);
  EXPECT_NE(WhyNot({}, {Guard("p", "Nope")}).find("Failed to create predicates.p"),
            std::string::npos);
  for (const char* pattern : {"", " ", "("}) {
    const std::string why = WhyNot({}, {Guard("p", "TopicNameMatches", {{"pattern", pattern}})});
    EXPECT_NE(why.find("for configuration pattern"), std::string::npos) << why;
  }
  EXPECT_NE(WhyNot({}, {Guard("p", "HasHeaderKey", {{"name", ""}})}).find("for configuration name"),
            std::string::npos);
}

}  // namespace
}  // namespace sluice::transform

#include "runtime/herder/class_support.h"

#include <gtest/gtest.h>

#include "runtime/herder/herder_fixture.h"

namespace sluice::herder {
namespace {

class ClassSupportTest : public testing::Test {
 protected:
  void Set(const std::string& name, config::ConfigMap config) {
    auto entry = std::make_shared<storage::ConnectorEntry>();
    entry->config = std::make_shared<const config::ConfigMap>(std::move(config));
    config_.entries[name] = entry;
  }
  std::vector<std::string> Missing() {
    std::vector<std::string> texts;
    for (const MissingClass& one : FindMissingClasses(config_, plugins_, built_in_)) {
      texts.push_back(one.connector + " " + one.key + " " + one.class_name);
    }
    return texts;
  }

  FakePlugins plugins_;
  BuiltInClasses built_in_{"4.3.1"};
  storage::ClusterConfig config_;
  FakeClock clock_;
  std::vector<std::function<void()>> aside_;
  int news_ = 0;
  ClassSupport support_{plugins_, built_in_,
                        [this](std::function<void()> work) { aside_.push_back(std::move(work)); },
                        [this] { ++news_; }, clock_};
  void RunAside() {
    for (const auto& work : std::exchange(aside_, {})) work();
  }
};

TEST_F(ClassSupportTest, FindsEveryKindOfClass) {
  Set("good", {{"connector.class", "Fake"},
               {"key.converter", "org.apache.kafka.connect.storage.StringConverter"},
               {"transforms", "t"},
               {"transforms.t.type", "org.apache.kafka.connect.transforms.HoistField$Value"}});
  Set("bad", {{"connector.class", "Gone"},
              {"key.converter", "no.Key"},
              {"value.converter", "no.Value"},
              {"header.converter", "no.Header"},
              {"transforms", "a,b"},
              {"transforms.a.type", "no.A"},
              {"transforms.b.type", "org.apache.kafka.connect.transforms.HoistField$Key"},
              {"predicates", "p"},
              {"predicates.p.type", "no.P"}});
  Set("hidden", {{"connector.class", "${env:CLASS}"}});
  EXPECT_EQ(Missing(), (std::vector<std::string>{
                           "bad connector.class Gone", "bad key.converter no.Key",
                           "bad value.converter no.Value", "bad header.converter no.Header",
                           "bad transforms.a.type no.A", "bad predicates.p.type no.P"}));
  EXPECT_EQ(FindMissingClasses(config_, plugins_, built_in_)[0].ToString(),
            "Connector bad: connector.class is Gone, which is not installed here; installed: Fake");
}

TEST_F(ClassSupportTest, TakesForGrantedWhatItHasNotLookedFor) {
  Set("bad", {{"connector.class", "Gone"}});
  Set("good", {{"connector.class", "Fake"}});
  EXPECT_TRUE(support_.CannotRun(config_).empty());
  RunAside();
  EXPECT_EQ(news_, 1);
  EXPECT_EQ(support_.CannotRun(config_), (std::vector<std::string>{"bad"}));
  EXPECT_TRUE(aside_.empty());
  // It may have been installed: looked for again after a while.
  clock_.Advance(milliseconds(60'000));
  EXPECT_EQ(support_.CannotRun(config_), (std::vector<std::string>{"bad"}));
  RunAside();
  EXPECT_EQ(news_, 1);
  // Another configuration, another question.
  Set("bad", {{"connector.class", "FakeSink"}});
  EXPECT_TRUE(support_.CannotRun(config_).empty());
  RunAside();
  EXPECT_EQ(news_, 1);
  EXPECT_TRUE(support_.CannotRun(config_).empty());
}

}  // namespace
}  // namespace sluice::herder

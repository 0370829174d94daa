#include "runtime/herder/class_support.h"

#include <gtest/gtest.h>

#include "runtime/base/text.h"
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
    for (const Lack& one : FindLacks(config_, plugins_, built_in_)) {
      texts.push_back(one.connector + " " + one.key + " " + one.value);
    }
    return texts;
  }

  FakePlugins plugins_;
  BuiltInClasses built_in_{"4.3.1"};
  storage::ClusterConfig config_;
  FakeClock clock_;
  std::vector<std::function<void()>> aside_;
  int looked_ = 0;
  bool has_threads_ = true;
  ClassSupport support_{plugins_, built_in_,
                        [this](std::function<void()> work) {
                          if (has_threads_) aside_.push_back(std::move(work));
                          return has_threads_;
                        },
                        [this] { ++looked_; }, clock_};
  void RunAside() {
    for (const auto& work : std::exchange(aside_, {})) work();
  }
  // "cannot: a b; unknown: c"
  std::string Ask() {
    const cluster::Fitness fitness = support_.Ask(config_);
    return "cannot: " + StrJoin(fitness.cannot_run, " ") +
           "; unknown: " + StrJoin(fitness.unknown, " ");
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
  EXPECT_EQ(FindLacks(config_, plugins_, built_in_)[0].ToString(),
            "Connector bad: connector.class is Gone, which is not installed here; installed: Fake");
}

// A sink has no such key: there it says nothing.
TEST_F(ClassSupportTest, ExactlyOnceIsNotThereYet) {
  Set("asks", {{"connector.class", "Fake"}, {"exactly.once.support", " Required"}});
  Set("may", {{"connector.class", "Fake"}, {"exactly.once.support", "requested"}});
  Set("sink", {{"connector.class", "FakeSink"}, {"exactly.once.support", "required"}});
  const std::vector<Lack> lacks = FindLacks(config_, plugins_, built_in_);
  ASSERT_EQ(lacks.size(), 1u);
  EXPECT_EQ(lacks[0].Name(), "exactly.once.support=required");
  EXPECT_EQ(lacks[0].ToString(),
            "Connector asks: exactly.once.support is required, and this worker has no exactly-once "
            "source tasks; only a Kafka Connect worker with exactly.once.source.support=enabled "
            "can run it");
}

TEST_F(ClassSupportTest, LooksForWhatItIsAsked) {
  Set("bad", {{"connector.class", "Gone"}});
  Set("good", {{"connector.class", "Fake"}});
  EXPECT_EQ(Ask(), "cannot: ; unknown: bad good");
  RunAside();
  EXPECT_EQ(looked_, 1);
  EXPECT_EQ(Ask(), "cannot: bad; unknown: ");
  EXPECT_TRUE(aside_.empty());
  // It may have been installed: looked for again after a while.
  clock_.Advance(milliseconds(60'000));
  EXPECT_EQ(Ask(), "cannot: bad; unknown: ");
  EXPECT_EQ(aside_.size(), 1u);
  RunAside();
  EXPECT_EQ(looked_, 2);
  // Another configuration, another question.
  Set("bad", {{"connector.class", "FakeSink"}});
  EXPECT_EQ(Ask(), "cannot: ; unknown: bad");
  EXPECT_EQ(support_.Ask("bad", config_.Config("bad")), cluster::Fit::kUnknown);
  RunAside();
  EXPECT_EQ(Ask(), "cannot: ; unknown: ");
  EXPECT_EQ(support_.Ask("bad", config_.Config("bad")), cluster::Fit::kRuns);
}

TEST_F(ClassSupportTest, ALookThatHangsIsWaitedForNoLonger) {
  Set("bad", {{"connector.class", "Gone"}});
  EXPECT_EQ(Ask(), "cannot: ; unknown: bad");
  clock_.Advance(cluster::kLookTime);
  EXPECT_EQ(Ask(), "cannot: ; unknown: ");
  clock_.Advance(milliseconds(60'000));
  EXPECT_EQ(Ask(), "cannot: ; unknown: ");  // it has not become unknown again
  RunAside();
  EXPECT_EQ(Ask(), "cannot: bad; unknown: ");
}

TEST_F(ClassSupportTest, OneThreadLooksForAll) {
  for (int i = 0; i < 1000; ++i) Set("c" + std::to_string(i), {{"connector.class", "Gone"}});
  Ask();
  Set("late", {{"connector.class", "Gone"}});
  Ask();
  EXPECT_EQ(aside_.size(), 1u);
  RunAside();
  EXPECT_TRUE(aside_.empty());
  EXPECT_EQ(looked_, 1);
  EXPECT_EQ(support_.Ask(config_).cannot_run.size(), 1001u);
}

TEST_F(ClassSupportTest, WithoutAThreadItIsTriedAgain) {
  Set("bad", {{"connector.class", "Gone"}});
  has_threads_ = false;
  EXPECT_EQ(Ask(), "cannot: ; unknown: bad");
  has_threads_ = true;
  Ask();
  RunAside();
  EXPECT_EQ(Ask(), "cannot: bad; unknown: ");
}

TEST_F(ClassSupportTest, WhatWasLookedForAtStartIsKnown) {
  Set("bad", {{"connector.class", "Gone"}});
  Set("good", {{"connector.class", "Fake"}});
  EXPECT_EQ(support_.Look(config_).size(), 1u);
  EXPECT_EQ(Ask(), "cannot: bad; unknown: ");
  EXPECT_TRUE(aside_.empty());
}

}  // namespace
}  // namespace sluice::herder

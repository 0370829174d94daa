#include "runtime/base/loggers.h"

#include <gtest/gtest.h>

#include "runtime/base/log_levels.h"

namespace sluice {
namespace {

using Names = std::vector<std::string>;

constexpr char kSinkTask[] = "org.apache.kafka.connect.runtime.WorkerSinkTask";

class LoggersTest : public testing::Test {
 protected:
  void SetUp() override { SetLogLevel(LogLevel::kInfo); }
  void TearDown() override { SetLogLevel(LogLevel::kInfo); }
  Names Set(std::string_view logger, std::string_view level) {
    auto changed = loggers_.Set(logger, level, ++now_);
    EXPECT_TRUE(changed.ok()) << changed.status();
    return changed.ok() ? *changed : Names();
  }
  // "DEBUG 3", "INFO -"
  std::string Level(std::string_view logger) {
    const auto found = loggers_.Find(logger);
    if (!found) return "?";
    return found->level + " " +
           (found->last_modified_ms ? std::to_string(*found->last_modified_ms) : "-");
  }

  Loggers loggers_;
  int64_t now_ = 0;
};

TEST_F(LoggersTest, AJavaLoggerTurnsTheModuleOn) {
  EXPECT_FALSE(LogEnabled(LogLevel::kDebug));
  EXPECT_EQ(Set(kSinkTask, "debug"), (Names{kSinkTask}));
  EXPECT_TRUE(LogEnabled(LogLevel::kDebug));
  EXPECT_TRUE(ModuleLogs("task.sink", LogLevel::kDebug));
  EXPECT_FALSE(ModuleLogs("task.source", LogLevel::kDebug));
  EXPECT_FALSE(ModuleLogs("herder", LogLevel::kDebug));
  EXPECT_EQ(Level("sluice.task.sink"), "DEBUG 1");
  EXPECT_EQ(Level("org.apache.kafka.connect.runtime.WorkerSourceTask"), "INFO -");
  Set("sluice.task", "WARN");  // and all below it
  EXPECT_FALSE(ModuleLogs("task.sink", LogLevel::kInfo));
  EXPECT_FALSE(ModuleLogs("task.source", LogLevel::kInfo));
  EXPECT_TRUE(ModuleLogs("herder", LogLevel::kInfo));
  EXPECT_EQ(Level(kSinkTask), "WARN 2");
  EXPECT_FALSE(LogEnabled(LogLevel::kDebug));  // one load again
}

TEST_F(LoggersTest, APackageMeansAllThatIsInIt) {
  const Names changed = Set("org.apache.kafka.connect", "ERROR");
  for (const std::string& name : changed) {
    EXPECT_TRUE(name.starts_with("org.apache.kafka.connect")) << name;
  }
  EXPECT_EQ(changed.front(), "org.apache.kafka.connect");
  EXPECT_FALSE(ModuleLogs("herder", LogLevel::kWarn));
  EXPECT_FALSE(ModuleLogs("connector", LogLevel::kWarn));
  EXPECT_TRUE(ModuleLogs("kafka", LogLevel::kWarn));
  EXPECT_EQ(Level("org.apache.kafka.connect"), "ERROR 1");
  EXPECT_EQ(Level("org.apache.kafka.clients"), "INFO -");
}

// What the peer's testDynamicLogging looks for: nothing outside the package shows a change.
TEST_F(LoggersTest, NothingOutsideAPackageChanges) {
  for (const char* package :
       {"org.apache.kafka.connect", "org.apache.kafka.clients", "org.apache.kafka.streams"}) {
    const auto before = loggers_.All();
    Set(package, "TRACE");
    for (const auto& [name, level] : loggers_.All()) {
      if (name.starts_with(package) || name.starts_with("sluice.")) continue;
      const auto was = before.find(name);
      ASSERT_NE(was, before.end()) << name;
      EXPECT_EQ(was->second.level, level.level) << name << " by " << package;
    }
    Set(package, "INFO");
  }
}

TEST_F(LoggersTest, WhatLiesBelowAKnownNameMeansTheSame) {
  EXPECT_EQ(Set("org.apache.kafka.connect.runtime.errors.Stage$1", "TRACE"),
            (Names{"org.apache.kafka.connect.runtime.errors.Stage$1"}));
  EXPECT_TRUE(ModuleLogs("errors", LogLevel::kTrace));
  EXPECT_EQ(Level("org.apache.kafka.connect.runtime.errors.LogReporter"), "TRACE 1");
}

TEST_F(LoggersTest, NamesThatMeanNothingAreKept) {
  EXPECT_EQ(Level("io.debezium"), "?");
  EXPECT_EQ(Set("io.debezium", "INFO"), Names());  // as its parent
  EXPECT_EQ(Level("io.debezium"), "INFO -");
  EXPECT_EQ(Set("io.debezium", "DEBUG"), (Names{"io.debezium"}));
  EXPECT_EQ(Set("io.debezium.connector", "DEBUG"), Names());  // has it from its parent
  EXPECT_FALSE(LogEnabled(LogLevel::kDebug));
}

TEST_F(LoggersTest, RootMeansAll) {
  Set(kSinkTask, "DEBUG");
  const Names changed = Set("ROOT", "warn");
  EXPECT_EQ(changed.size(), loggers_.All().size());
  EXPECT_EQ(Level("Root"), "WARN 2");
  EXPECT_EQ(Level(kSinkTask), "WARN 2");
  EXPECT_FALSE(LogEnabled(LogLevel::kInfo));
  EXPECT_FALSE(ModuleLogs("of no module", LogLevel::kInfo));
}

TEST_F(LoggersTest, TheSameLevelAgainChangesNothing) {
  Set(kSinkTask, "DEBUG");
  EXPECT_EQ(Set(kSinkTask, "Debug"), Names());
  EXPECT_EQ(Level(kSinkTask), "DEBUG 1");
}

TEST_F(LoggersTest, LevelsOfLog4j) {
  Set(kSinkTask, "OFF");
  EXPECT_FALSE(loggers_.All().contains(kSinkTask));
  EXPECT_EQ(Level(kSinkTask), "OFF 1");
  Set(kSinkTask, "FATAL");
  EXPECT_EQ(Level(kSinkTask), "FATAL 2");
  EXPECT_FALSE(ModuleLogs("task.sink", LogLevel::kError));
  Set(kSinkTask, "ALL");
  EXPECT_TRUE(ModuleLogs("task.sink", LogLevel::kTrace));
  EXPECT_TRUE(IsLoggerLevel("wArN"));
  EXPECT_FALSE(IsLoggerLevel("BOGUS"));
  EXPECT_EQ(Message(loggers_.Set("x", "BOGUS", 0).status()), "invalid log level 'BOGUS'.");
}

TEST_F(LoggersTest, ThereIsABoundToNames) {
  Status refused;
  for (int i = 0; i < 2000 && refused.ok(); ++i) {
    refused = loggers_.Set("x" + std::to_string(i), "DEBUG", 0).status();
  }
  EXPECT_EQ(refused.code(), absl::StatusCode::kOutOfRange);
  EXPECT_FALSE(Loggers().Set(std::string(501, 'x'), "DEBUG", 0).ok());
}

TEST_F(LoggersTest, EveryJavaNameMeansAModule) {
  Set("org.apache.kafka", "ERROR");
  for (const std::string_view module : LogModules()) {
    if (module == "record" || module == "cluster") continue;  // Java has no logger like it
    EXPECT_FALSE(ModuleLogs(module, LogLevel::kWarn)) << module;
  }
}

}  // namespace
}  // namespace sluice

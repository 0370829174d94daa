// The suite itself: every fault is found, by the check that is meant for it and by no other; and
// connectors that need no server pass.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/base/text.h"

namespace sluice {
namespace {

std::string Built(const std::string& path) {
  return std::string(std::getenv("TEST_SRCDIR")) + "/sluice/" + path;
}

struct Ran {
  int code = -1;
  std::vector<std::string> failed;
  std::string output, verdict;
};

Ran Try(const std::string& arguments, const std::string& fault = "") {
  const std::string command =
      StrCat("CONFORMANCE_FAULT=", fault, " ", Built("tests/conformance/sluice-conformance"), " ",
             arguments, " 2>&1");
  Ran ran;
  std::FILE* pipe = popen(command.c_str(), "r");
  char line[4096];
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    ran.output += line;
    ran.verdict = line;
    const auto words = Split(Trim(line), ' ');
    if (words[0] == "FAIL") ran.failed.emplace_back(words[2]);
  }
  ran.code = WEXITSTATUS(pclose(pipe));
  return ran;
}

Ran TryFaulty(const std::string& of, const std::string& fault) {
  return Try(StrCat(Built("tests/conformance/faulty.so"), " --profile ",
                    Built("tests/conformance/faulty/profile.json"), " --class ", of,
                    " --patience-ms 2500"),
             fault);
}

struct Fault {
  const char* of;
  const char* fault;
  const char* check;
};

class FaultTest : public testing::TestWithParam<Fault> {};

TEST_P(FaultTest, IsFoundByItsCheckAlone) {
  const Fault& fault = GetParam();
  const Ran ran = TryFaulty(fault.of, fault.fault);
  EXPECT_EQ(ran.failed, std::vector<std::string>{fault.check}) << ran.output;
  EXPECT_EQ(ran.code, 1);
}

constexpr Fault kFaults[] = {
    {"FaultySource", "undocumented", "keys.documented"},
    {"FaultySource", "bad_default", "keys.defaults"},
    {"FaultySource", "bad_recommendation", "keys.recommended"},
    {"FaultySource", "refuses_valid", "config.accepted"},
    {"FaultySource", "silent_required", "config.required"},
    {"FaultySource", "crashes_on_start", "config.required"},
    {"FaultySource", "throws_on_wrong", "config.wrong"},
    {"FaultySource", "refuses_framework", "config.unknown"},
    {"FaultySource", "logs_password", "config.secret"},
    {"FaultySource", "start_once", "lifecycle.order"},
    {"FaultySource", "too_many_tasks", "lifecycle.tasks"},
    {"FaultySource", "deaf_stop", "lifecycle.stop"},
    {"FaultySink", "deaf_stop", "lifecycle.stop"},
    {"FaultySource", "leaks_thread", "lifecycle.threads"},
    {"FaultySource", "leaks_descriptor", "lifecycle.descriptors"},
    {"FaultySource", "leaks_memory", "lifecycle.memory"},
    {"FaultySource", "bad_value", "source.records"},
    {"FaultySource", "reuses_memory", "source.batches"},
    {"FaultySource", "slow_poll", "source.poll"},
    {"FaultySource", "tasks_overlap", "source.tasks"},
    {"FaultySource", "resumes_in_process", "source.resume"},
    {"FaultySource", "trusts_stop", "source.kill"},
    {"FaultySource", "refuses_own_offsets", "source.alter_offsets"},
    {"FaultySource", "dies_in_outage", "source.outage"},
    {"FaultySink", "writes_twice", "sink.put"},
    {"FaultySink", "fails_empty", "sink.empty"},
    {"FaultySink", "fails_on_bad", "sink.bad"},
    {"FaultySink", "swallows_bad", "sink.bad"},
    {"FaultySink", "crashes_on_odd", "sink.odd"},
    {"FaultySink", "flush_ahead", "sink.flush"},
    {"FaultySink", "fails_on_lost", "sink.rebalance"},
    {"FaultySink", "buffers", "sink.kill"},
    {"FaultySink", "fails_in_outage", "sink.outage"},
};
INSTANTIATE_TEST_SUITE_P(All, FaultTest, testing::ValuesIn(kFaults), [](const auto& info) {
  return StrCat(info.param.of, "_", info.param.fault);
});

TEST(ConformanceTest, EachCheckHasAFault) {
  const Ran list = Try("--list");
  EXPECT_EQ(list.code, 0);
  for (const std::string_view line : Split(Trim(list.output), '\n')) {
    const std::string_view name = line.substr(0, line.find(' '));
    const bool found = std::any_of(std::begin(kFaults), std::end(kFaults),
                                   [&](const Fault& fault) { return name == fault.check; });
    EXPECT_TRUE(found) << "no faulty plugin shows that this check can fail: " << name;
  }
}

TEST(ConformanceTest, WithoutAFaultThePluginPasses) {
  for (const char* of : {"FaultySource", "FaultySink"}) {
    const Ran ran = TryFaulty(of, "");
    EXPECT_EQ(ran.failed, std::vector<std::string>{}) << ran.output;
    EXPECT_EQ(ran.code, 0) << ran.output;
  }
}

// Which are skipped, and why: tests/connectors/test_conformance.py.
TEST(ConformanceTest, ConnectorsThatNeedNoServerPass) {
  struct Case {
    std::string name, verdict;
  };
  for (const auto& [name, verdict] : {Case{"datagen", "19 passed, 0 failed, 3 skipped\n"},
                                      Case{"file", "36 passed, 0 failed, 8 skipped\n"},
                                      Case{"ticker", "17 passed, 0 failed, 5 skipped\n"}}) {
    const Ran ran = Try(StrCat(Built("connectors/"), name, "/", name, ".so --profile ",
                               Built("connectors/"), name, "/conformance.json"));
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_EQ(ran.verdict, verdict) << ran.output;
  }
}

TEST(ConformanceTest, WhatIsNoPluginFails) {
  const std::string file = std::string(std::getenv("TEST_TMPDIR")) + "/none.so";
  std::ofstream(file) << "This is no shared object.";
  const Ran ran = Try(file);
  EXPECT_EQ(ran.failed, std::vector<std::string>{"plugin.loads"}) << ran.output;
  EXPECT_EQ(ran.code, 1);
}

TEST(ConformanceTest, UsageAndProfilesThatCannotBeRead) {
  EXPECT_EQ(Try("").code, 2);
  EXPECT_EQ(Try("--check").code, 2);
  const std::string plugin = Built("tests/conformance/faulty.so");
  EXPECT_EQ(Try(plugin + " --profile /nowhere.json").code, 2);
  EXPECT_EQ(Try(plugin + " --class Nobody").code, 2);
  EXPECT_EQ(Try(plugin + " --check nothing").code, 2);
  // Without a profile what needs none is checked.
  const Ran bare = Try(plugin + " --class FaultySink");
  EXPECT_EQ(bare.code, 0) << bare.output;
  EXPECT_TRUE(bare.verdict.starts_with("2 passed, 0 failed, ")) << bare.output;
}

}  // namespace
}  // namespace sluice

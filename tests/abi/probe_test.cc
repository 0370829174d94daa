// Each way in which a shared object can be wrong before it runs: it is reported with a sentence
// that names the member, what was expected and what was found, and the others go on working.
#include "runtime/plugin/probe_runner.h"

#include <chrono>

#include "tests/abi/support.h"

namespace sluice::plugin {
namespace {

std::string ErrorOf(const std::string& file, milliseconds deadline = milliseconds(20'000)) {
  ProbeOptions options;
  options.command = ProbeCommand();
  options.deadline = deadline;
  const std::vector<ProbeResult> results = RunProbes(options, {file});
  if (!results.at(0).answer.ok()) return std::string(Message(results[0].answer.status()));
  return results[0].answer->error();
}
// The plugin that is wrong in the way called `what`.
std::string ErrorOfWrong(const char* what) {
  setenv("SLUICE_TEST_WRONG", what, 1);
  return ErrorOf(Built("tests/abi/changed.so"));
}
std::string ErrorOfLoading(const char* what, milliseconds deadline = milliseconds(20'000)) {
  setenv("SLUICE_TEST_LOADING", what, 1);
  return ErrorOf(Built("tests/abi/loading.so"), deadline);
}

struct Case {
  const char* wrong;
  const char* error;
};

TEST(Probe, EachWayToBeWrong) {
  for (const Case& c : std::vector<Case>{
           {"nothing", ""},
           {"null_answer", "its entry answered NULL: it does not work with ABI 1.0"},
           {"plugin_size",
            "sluice_plugin: struct_size should be 56 or more (and at most 65536), but is 8"},
           {"plugin_size_huge",
            "sluice_plugin: struct_size should be 56 or more (and at most 65536), but is "
            "4294967295"},
           {"abi_major", "sluice_plugin: abi_major should be 1, but is 2"},
           {"plugin_name", "sluice_plugin: name should be a name, but is empty"},
           {"no_classes", "sluice_plugin: class_count should be 1 to 1000, but is 0"},
           {"classes_null", "sluice_plugin: classes should be set, but is NULL"},
           {"class_null", "classes[1]: pointer should be set, but is NULL"},
           {"class_size",
            "classes[0]: struct_size should be 112 or more (and at most 65536), but is 7"},
           {"class_kind", "classes[0]: kind should be 1 (source) or 2 (sink), but is 9"},
           {"class_blank",
            "classes[0]: name should be without blanks and control characters, but is 'two words'"},
           {"class_utf8", "classes[0]: name should be UTF-8, but is invalid at byte 3"},
           {"class_long", "classes[0]: name should be at most 256 bytes, but is 100000000 bytes"},
           {"class_no_data", "classes[0]: name should be a text, but is NULL with size 5"},
           {"class_twice",
            "class test.MinimalSourceConnector: name should be unique in its version, but is there "
            "twice"},
           {"task_class",
            "class test.MinimalSourceConnector: task_class should be a name, but is empty"},
           {"table_null", "class test.MinimalSourceConnector: table should be set, but is NULL"},
           {"source_size",
            "class test.MinimalSourceConnector, source table: struct_size should be 80 or more "
            "(and at most 65536), but is 8"},
           {"sink_size",
            "class test.MinimalSinkConnector, sink table: struct_size should be 88 or more (and at "
            "most 65536), but is 8"},
           {"calls_size",
            "class test.MinimalSourceConnector, connector calls: struct_size should be 88 or more "
            "(and at most 65536), but is 8"},
           {"calls_null",
            "class test.MinimalSourceConnector, source table: connector should be set, but is "
            "NULL"},
           {"source_create",
            "class test.MinimalSourceConnector, source table: the function create is required, but "
            "is NULL"},
           {"source_start",
            "class test.MinimalSourceConnector, source table: the function start is required, but "
            "is NULL"},
           {"source_poll",
            "class test.MinimalSourceConnector, source table: the function poll is required, but "
            "is NULL"},
           {"source_release",
            "class test.MinimalSourceConnector, source table: the function release is required, "
            "but is NULL"},
           {"source_close",
            "class test.MinimalSourceConnector, source table: the function close is required, but "
            "is NULL"},
           {"sink_put",
            "class test.MinimalSinkConnector, sink table: the function put is required, but is "
            "NULL"},
           {"sink_close",
            "class test.MinimalSinkConnector, sink table: the function close is required, but is "
            "NULL"},
           {"put_atomic",
            "class test.MinimalSinkConnector, sink table: put_atomic should be 0 or 1, but is 7"},
           {"connector_create",
            "class test.MinimalSourceConnector, connector calls: the function create is required, "
            "but is NULL"},
           {"connector_start",
            "class test.MinimalSourceConnector, connector calls: the function start is required, "
            "but is NULL"},
           {"connector_configs",
            "class test.MinimalSourceConnector, connector calls: the function task_configs is "
            "required, but is NULL"},
           {"connector_close",
            "class test.MinimalSourceConnector, connector calls: the function close is required, "
            "but is NULL"},
           {"keys_null", "class test.MinimalSourceConnector: keys should be set, but is NULL"},
           {"key_size",
            "class test.MinimalSourceConnector, keys[0]: struct_size should be 144 or more (and at "
            "most 65536), but is 9"},
           {"key_stride",
            "class test.MinimalSourceConnector, keys[1]: struct_size should be 144, as the first "
            "key's, but is 152"},
           {"key_name",
            "class test.MinimalSourceConnector, keys[1]: name should be a name, but is empty"},
           {"key_twice",
            "class test.MinimalSourceConnector, keys[1] topic: name should be unique, but is there "
            "twice"},
           {"key_type",
            "class test.MinimalSourceConnector, keys[0] topic: type should be 0 to 8, but is 99"},
           {"key_importance",
            "class test.MinimalSourceConnector, keys[0] topic: importance should be 0 to 2, but is "
            "99"},
           {"key_validator",
            "class test.MinimalSourceConnector, keys[0] topic: validator should be 0 to 5, but is "
            "99"},
           {"key_range",
            "class test.MinimalSourceConnector, keys[1] size: range should be min <= max, but is "
            "10 to 9"},
           {"key_recommends",
            "class test.MinimalSourceConnector, keys[0] topic: recommends should be 0, because its "
            "table has no recommend, but is 1"},
           {"key_allowed",
            "class test.MinimalSourceConnector, keys[0] topic: allowed should be set, but is NULL"},
       }) {
    EXPECT_EQ(ErrorOfWrong(c.wrong), c.error) << c.wrong;
  }
}

TEST(Probe, ALibraryIsNoPlugin) {
  EXPECT_EQ(ErrorOf(Built("tests/abi/no_entry.so")),
            "exports no sluice_plugin_entry_v1: not a plugin, or not one for ABI 1");
}

TEST(Probe, WhatHappensWhileLoading) {
  EXPECT_TRUE(ErrorOfLoading("prints").empty());
  EXPECT_EQ(ErrorOfLoading("exits"),
            "ended the process while it was loaded, with exit code 3; the end of what it printed: "
            "going");
  EXPECT_TRUE(ErrorOfLoading("aborts").starts_with("crashed while it was loaded, with SIGABRT"))
      << ErrorOfLoading("aborts");
  EXPECT_TRUE(
      ErrorOfLoading("kills_itself").starts_with("crashed while it was loaded, with SIGKILL"));
  const std::string segv = ErrorOfLoading("crashes");
#ifdef __SANITIZE_ADDRESS__
  EXPECT_NE(segv.find("AddressSanitizer"), std::string::npos) << segv;
#else
  EXPECT_TRUE(segv.starts_with("crashed while it was loaded, with SIGSEGV")) << segv;
#endif
  EXPECT_EQ(ErrorOfLoading("closes_all"),
            "gave no answer while it was loaded (0 bytes that are none)");
}

TEST(Probe, ALoopEndsAtTheDeadline) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(ErrorOfLoading("loops", milliseconds(300)), "did not finish loading within 300 ms");
  EXPECT_EQ(ErrorOfLoading("prints_for_ever", milliseconds(300)).substr(0, 36),
            "did not finish loading within 300 ms");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(Probe, WhatIsNoSharedObject) {
  PluginFolder folder("files");
  folder.Write("text.so", "this is a text file that has been given the wrong name, as happens");
  folder.Write("empty.so", "");
  EXPECT_EQ(ErrorOf(folder.File("text.so")), "cannot be loaded: invalid ELF header");
  EXPECT_EQ(ErrorOf(folder.File("empty.so")), "cannot be loaded: file too short");
  EXPECT_NE(ErrorOf(folder.File("gone.so")).find("cannot be loaded"), std::string::npos);
}

TEST(Probe, ACommandThatCannotRunSaysSo) {
  ProbeOptions options;
  options.command = "/no/such/worker";
  const auto results = RunProbes(options, {Built("tests/abi/changed.so")});
  EXPECT_EQ(Message(results[0].answer.status()),
            "could not be probed: cannot run /no/such/worker: No such file or directory");
}

TEST(Probe, ManyAtOnceKeepTheirOrder) {
  ProbeOptions options;
  options.command = ProbeCommand();
  options.at_a_time = 2;
  std::vector<std::string> files;
  setenv("SLUICE_TEST_WRONG", "null_answer", 1);
  unsetenv("SLUICE_TEST_LOADING");
  for (const char* name : {"loading", "changed", "loading", "no_entry", "loading"}) {
    files.push_back(Built(std::string("tests/abi/") + name + ".so"));
  }
  const auto results = RunProbes(options, files);
  ASSERT_EQ(results.size(), 5u);
  EXPECT_EQ(results[0].answer->outcome(), proto::ProbeAnswer::PLUGIN);
  EXPECT_EQ(results[1].answer->outcome(), proto::ProbeAnswer::REFUSED);
  EXPECT_EQ(results[3].answer->outcome(), proto::ProbeAnswer::NOT_A_PLUGIN);
  EXPECT_EQ(results[4].answer->plugin().classes(0).keys(1).default_value(), "5");
}

}  // namespace
}  // namespace sluice::plugin

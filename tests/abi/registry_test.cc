// The registry over real shared objects: what is found, what is left out and why, versions,
// aliases, new and changed files, and that nothing which happens to a file harms what is running.
#include <thread>

#include "tests/abi/support.h"

namespace sluice::plugin {
namespace {

std::vector<std::string> Names(const Registry& registry) {
  std::vector<std::string> names;
  for (const ClassInfo& info : registry.List()) names.push_back(info.name + " " + info.version);
  return names;
}

std::string PollText(SourcePlugin& source) {
  const auto polled = source.Poll(milliseconds(1000));
  if (!polled.ok() || polled->batch == nullptr) return "nothing";
  std::string text(abi::Text(abi::RecordAt(*polled->batch, 0).value));
  source.Release(polled->batch);
  return text;
}

class RegistryTest : public testing::Test {
 protected:
  RegistryTest() : folder_(testing::UnitTest::GetInstance()->current_test_info()->name()) {
    unsetenv("SLUICE_TEST_WRONG");
    unsetenv("SLUICE_TEST_LOADING");
  }
  std::unique_ptr<SourcePlugin> Start(Registry& registry, std::string_view name,
                                      std::string_view version = "",
                                      const config::ConfigMap& config = {}) {
    auto info = registry.Find(name, version);
    EXPECT_TRUE(info.ok()) << info.status();
    auto made = registry.NewSourceTask(*info, host_);
    EXPECT_TRUE(made.ok()) << made.status();
    EXPECT_TRUE((*made)->Start(config).ok());
    return *std::move(made);
  }
  PluginFolder folder_;
  TestSourceHost host_;
};

TEST_F(RegistryTest, ListsWhatIsThereAndSaysWhatIsNot) {
  folder_.Install("connectors/ticker/ticker.so", "ticker.so");
  folder_.Install("tests/abi/changed.so", "minimal.so");
  folder_.Install("tests/abi/no_entry.so", "library.so");
  folder_.Install("tests/abi/twin_a.so", "twin/twin.so");
  folder_.Install("tests/abi/no_entry.so", "twin/libneeded.so");
  folder_.Write("text.so", "not a plugin at all");
  folder_.Write("notes.txt", "not looked at");
  auto registry = folder_.NewRegistry();
  registry->Scan();
  EXPECT_EQ(Names(*registry),
            (std::vector<std::string>{
                "test.MinimalSinkConnector 1.0", "dev.sluice.ticker.TickerSourceConnector 0.1.0",
                "test.MinimalSourceConnector 1.0", "test.TwinASourceConnector 1.0"}));
  const std::vector<BadFile> bad = registry->BadFiles();
  ASSERT_EQ(bad.size(), 2u);  // the library in a plugin's own folder is none of them
  EXPECT_EQ(Message(bad[0].error), "The plugin " + folder_.File("library.so") +
                                       " exports no sluice_plugin_entry_v1: not a plugin, or not "
                                       "one for ABI 1");
  EXPECT_EQ(bad[1].file, folder_.File("text.so"));
}

TEST_F(RegistryTest, DescribesAClassWithoutLoadingIt) {
  folder_.Install("connectors/ticker/ticker.so", "ticker.so");
  auto registry = folder_.NewRegistry();
  const auto info = registry->Find("TickerSource");
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->kind, ClassKind::kSource);
  EXPECT_EQ(info->task_class, "dev.sluice.ticker.TickerSourceTask");
  EXPECT_EQ(info->aliases, (std::vector<std::string>{"TickerSource", "TickerSourceConnector"}));
  ASSERT_EQ(info->keys.size(), 2u);
  EXPECT_TRUE(info->keys[0].required);
  EXPECT_EQ(info->keys[1].default_value, "1000");
  EXPECT_EQ(info->keys[1].validator.min, 1);
  EXPECT_FALSE(info->keys[1].validator.max);
  EXPECT_FALSE(std::filesystem::exists(folder_.cache() + "/plugins"));
}

TEST_F(RegistryTest, WhatIsNotFoundIsSaidInThePeersWords) {
  folder_.Install("connectors/ticker/ticker.so", "ticker.so");
  auto registry = folder_.NewRegistry();
  const auto missing = registry->Find("NoSuch");
  EXPECT_EQ(Message(missing.status()),
            "Failed to find any class that implements Connector and which name matches NoSuch, "
            "available connectors are: dev.sluice.ticker.TickerSourceConnector 0.1.0");
  EXPECT_EQ(ExceptionClass(missing.status()), kConnectException);
  EXPECT_EQ(Message(registry->Find("TickerSource", "[1.0,2.0)").status()),
            "Plugin dev.sluice.ticker.TickerSourceConnector not found that matches the version "
            "range [1.0,2.0), available versions: [0.1.0]");
}

TEST_F(RegistryTest, ACrashWhileLoadingHarmsNobodyAndIsRemembered) {
  folder_.Install("connectors/ticker/ticker.so", "ticker.so");
  folder_.Install("tests/abi/loading.so", "crash.so");
  setenv("SLUICE_TEST_LOADING", "aborts", 1);
  {
    auto registry = folder_.NewRegistry();
    registry->Scan();
    EXPECT_EQ(Names(*registry).size(), 1u);
    ASSERT_EQ(registry->BadFiles().size(), 1u);
    EXPECT_NE(
        Message(registry->BadFiles()[0].error).find("crashed while it was loaded, with SIGABRT"),
        std::string::npos);
  }
  auto again = folder_.NewRegistry("/no/such/command");
  again->Scan();
  EXPECT_NE(Message(again->BadFiles().at(0).error).find("(remembered; touch the file"),
            std::string::npos);
  EXPECT_EQ(Names(*again).size(), 1u);
}

TEST_F(RegistryTest, AnUnchangedFolderNeedsNoChild) {
  folder_.Install("connectors/ticker/ticker.so", "ticker.so");
  folder_.NewRegistry()->Scan();
  auto cached = folder_.NewRegistry("/no/such/command");
  cached->Scan();
  EXPECT_EQ(Names(*cached).size(), 1u);
  EXPECT_TRUE(cached->BadFiles().empty());
  folder_.Install("tests/abi/twin_a.so", "ticker.so");  // another content: the cache does not count
  cached->Scan();
  EXPECT_EQ(cached->BadFiles().size(), 1u);
}

TEST_F(RegistryTest, WithoutACacheFolderItWorksToo) {
  folder_.Install("tests/abi/twin_a.so", "a.so");
  Registry registry({.plugin_path = {folder_.plugins()},
                     .probe_command = ProbeCommand(),
                     .cache_dir = "/proc/no/such/folder"});
  registry.Scan();
  EXPECT_EQ(PollText(*Start(registry, "TwinASource")), "a 1 1 1");
}

TEST_F(RegistryTest, NewFilesAreFoundWithoutARestart) {
  auto registry = folder_.NewRegistry();
  registry->Scan();
  EXPECT_FALSE(registry->Find("TwinASource").ok());
  folder_.Install("tests/abi/twin_a.so", "a.so");
  EXPECT_TRUE(registry->Find("TwinASource").ok());
  std::filesystem::remove(folder_.File("a.so"));
  registry->Scan();
  EXPECT_FALSE(registry->Find("TwinASource").ok());
}

TEST_F(RegistryTest, VersionsSideBySide) {
  folder_.Install("tests/abi/twin_a.so", "old.so");
  folder_.Install("tests/abi/twin_a_new.so", "new.so");
  auto registry = folder_.NewRegistry();
  auto newest = Start(*registry, "TwinASource");  // 1.10 is above 1.0
  auto pinned = Start(*registry, "test.TwinASourceConnector", "1.0");
  EXPECT_EQ(PollText(*newest), "new 1 1 1");
  EXPECT_EQ(PollText(*newest), "new 1 2 2");
  EXPECT_EQ(PollText(*pinned), "a 1 1 1");
  EXPECT_EQ(Start(*registry, "TwinASource", "(,1.1]") != nullptr, true);
}

TEST_F(RegistryTest, PluginsWithTheSameNamesShareNothing) {
  folder_.Install("tests/abi/twin_a.so", "a.so");
  folder_.Install("tests/abi/twin_b.so", "b.so");
  auto registry = folder_.NewRegistry();
  auto a = Start(*registry, "TwinASource");
  auto b = Start(*registry, "TwinBSource");
  EXPECT_EQ(PollText(*a), "a 1 1 1");
  EXPECT_EQ(PollText(*a), "a 1 2 2");
  EXPECT_EQ(PollText(*b), "b 1 1 1");
}

TEST_F(RegistryTest, AnAliasOfTwoClassesMeansNeither) {
  folder_.Install("tests/abi/twin_a.so", "a.so");
  folder_.Install("tests/abi/twin_alias.so", "b.so");
  auto registry = folder_.NewRegistry();
  EXPECT_FALSE(registry->Find("TwinASource").ok());
  EXPECT_TRUE(registry->Find("test.TwinASourceConnector").ok());
  EXPECT_TRUE(registry->Find("other.TwinASourceConnector").ok());
  EXPECT_TRUE(registry->List().at(0).aliases.empty());
}

// dlopen maps a file; `cp` onto it rewrites what is mapped. The worker runs a copy.
TEST_F(RegistryTest, AFileThatIsOverwrittenWhileItRuns) {
  folder_.Install("tests/abi/twin_a.so", "twin.so");
  auto registry = folder_.NewRegistry();
  auto running = Start(*registry, "TwinASource");
  EXPECT_EQ(PollText(*running), "a 1 1 1");
  const ClassInfo before = *registry->Find("TwinASource");

  folder_.Write("twin.so", std::string(100'000, '\0'));
  EXPECT_EQ(PollText(*running), "a 1 2 2");
  auto same = registry->NewSourceTask(before, host_);  // loaded already: another task may start
  ASSERT_TRUE(same.ok()) << same.status();

  folder_.Overwrite("tests/abi/twin_a_new.so", "twin.so");
  EXPECT_EQ(PollText(*running), "a 1 3 3");
  registry->Scan();
  EXPECT_EQ(Names(*registry), std::vector<std::string>{"test.TwinASourceConnector 1.10"});
  auto fresh = Start(*registry, "TwinASource");
  EXPECT_EQ(PollText(*fresh), "new 1 1 1");
  EXPECT_EQ(PollText(*running), "a 1 4 4");
}

TEST_F(RegistryTest, AFileThatChangedAfterItsProbeIsNotRunUnderItsOldDescription) {
  folder_.Install("tests/abi/twin_a.so", "twin.so");
  auto registry = folder_.NewRegistry();
  const ClassInfo info = *registry->Find("TwinASource");
  folder_.Overwrite("tests/abi/twin_b.so", "twin.so");
  EXPECT_EQ(Message(registry->NewSourceTask(info, host_).status()),
            "The plugin " + folder_.File("twin.so") +
                " has changed since it was looked at; try "
                "again");
}

TEST_F(RegistryTest, MissingFoldersAreNoError) {
  Registry registry({{"/no/such/folder", folder_.plugins()}, ProbeCommand(), folder_.cache()});
  registry.Scan();
  EXPECT_TRUE(registry.List().empty());
}

TEST_F(RegistryTest, LookupsGoOnWhileAScanWaitsForAPlugin) {
  folder_.Install("tests/abi/twin_a.so", "a.so");
  auto registry = folder_.NewRegistry(ProbeCommand(), milliseconds(1000));
  registry->Scan();
  folder_.Install("tests/abi/loading.so", "slow.so");
  setenv("SLUICE_TEST_LOADING", "loops", 1);
  std::thread scan([&] { registry->Scan(); });
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(200)) {
    EXPECT_TRUE(registry->Find("TwinASource").ok());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  scan.join();
  EXPECT_EQ(registry->BadFiles().size(), 1u);
}

}  // namespace
}  // namespace sluice::plugin

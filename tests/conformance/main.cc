// sluice-conformance: the command line. See README.md.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/plugin/probe.h"
#include "runtime/plugin/registry.h"
#include "tests/conformance/child.h"
#include "tests/conformance/scene.h"

namespace sluice::conformance {
namespace {

namespace fs = std::filesystem;

constexpr char kUsage[] =
    "Usage: sluice-conformance PLUGIN.so [--profile FILE.json] [--class NAME] [--check PREFIX]...\n"
    "                          [--patience-ms N] [--verbose]\n"
    "       sluice-conformance --list\n"
    "\n"
    "Tries out each class of a plugin as a worker would use it: a line for each check, pass, FAIL\n"
    "or skip. --check runs those whose names begin so; --patience-ms (10000) is how long a call "
    "may\n"
    "take; --verbose shows what the plugin printed and logged.\n"
    "Exit codes: 0 nothing failed, 1 something did, 2 usage, the profile, or no check ran.\n";

struct Options {
  std::string plugin, profile, of;
  std::vector<std::string> prefixes;
  milliseconds patience{10'000};
  bool verbose = false;
  bool list = false;
};

// False: the usage has to be shown.
bool ReadOptions(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--verbose" || argument == "--list") {
      (argument == "--list" ? options.list : options.verbose) = true;
      continue;
    }
    if (!argument.starts_with("-")) {
      if (!options.plugin.empty()) return false;
      options.plugin = argument;
      continue;
    }
    if (++i == argc) return false;
    const std::string value = argv[i];
    if (argument == "--profile") {
      options.profile = value;
    } else if (argument == "--class") {
      options.of = value;
    } else if (argument == "--check") {
      options.prefixes.push_back(value);
    } else if (const auto number = ParseInt64(value);
               argument == "--patience-ms" && number && *number > 0) {
      options.patience = milliseconds(*number);
    } else {
      return false;
    }
  }
  return options.list || !options.plugin.empty();
}

bool IsCalled(const plugin::ClassInfo& info, std::string_view name) {
  return info.name == name ||
         std::find(info.aliases.begin(), info.aliases.end(), name) != info.aliases.end();
}

class Runner {
 public:
  Runner(const Options& options, std::map<std::string, Profile> profiles)
      : options_(options),
        profiles_(std::move(profiles)),
        registry_({.plugin_path = {fs::absolute(options.plugin).string()},
                   .probe_command = fs::read_symlink("/proc/self/exe").string()}) {
    std::string folder = (fs::temp_directory_path() / "sluice-conformance-XXXXXX").string();
    if (mkdtemp(folder.data()) != nullptr) folder_ = folder;
  }
  ~Runner() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }

  int Run() {
    if (folder_.empty()) return Complain("there is no folder for temporary files");
    registry_.Scan();
    for (const plugin::BadFile& bad : registry_.BadFiles()) {
      Show({"plugin.loads"}, FailWith("plugin.loads", bad.error));
    }
    bool found = false;
    std::vector<std::string> unused;
    for (const auto& [name, profile] : profiles_) unused.push_back(name);
    for (const plugin::ClassInfo& info : registry_.List()) {
      std::erase_if(unused, [&](const std::string& name) { return IsCalled(info, name); });
      if (!options_.of.empty() && !IsCalled(info, options_.of)) continue;
      found = true;
      RunClass(info);
    }
    for (const std::string& name : unused) {
      Show({"plugin.loads"}, Fail("the profile is of a class that the plugin lacks: ", name));
    }
    if (!found && failed_ == 0) return Complain("the plugin has no class " + options_.of);
    std::printf("%d passed, %d failed, %d skipped\n", passed_, failed_, skipped_);
    if (failed_ > 0) return 1;
    return passed_ > 0 ? 0 : 2;
  }

 private:
  static int Complain(const std::string& what) {
    std::fprintf(stderr, "sluice-conformance: %s\n", what.c_str());
    return 2;
  }

  void RunClass(const plugin::ClassInfo& info) {
    std::printf("%s %s (%s)\n", info.name.c_str(), info.version.c_str(),
                fs::path(info.file).filename().c_str());
    const Profile* profile = nullptr;
    for (const auto& [name, one] : profiles_) {
      if (IsCalled(info, name)) profile = &one;
    }
    for (const Check& check : AllChecks()) {
      const Who other = info.kind == plugin::ClassKind::kSource ? Who::kSinks : Who::kSources;
      const auto begins = [&](const std::string& prefix) { return check.name.starts_with(prefix); };
      if (check.who == other ||
          (!options_.prefixes.empty() &&
           std::none_of(options_.prefixes.begin(), options_.prefixes.end(), begins))) {
        continue;
      }
      Show(check.name, RunCheck(info, profile, check));
    }
  }

  Outcome RunCheck(const plugin::ClassInfo& info, const Profile* profile, const Check& check) {
    if (check.needs_profile && profile == nullptr) return Skip("there is no profile of the class");
    if (check.name.starts_with("sink.") && profile->read.empty()) {
      return Skip("the profile has no \"read\"");
    }
    // Two runs at a time must not meet at one server.
    const std::string id = StrCat("conf", getpid(), "x", ++checks_);
    const std::string dir = StrCat(folder_, "/", id), output = dir + ".output";
    fs::create_directories(dir);
    const auto body = [&] {
      Scene scene{registry_, info, profile, dir, id, options_.patience};
      SetStep("prepare");
      const Status opened = check.needs_profile ? scene.Open() : OkStatus();
      if (!opened.ok()) return FailWith("prepare", opened);
      return check.run(scene);
    };
    const milliseconds deadline{1000 * (profile != nullptr ? profile->deadline_s : 60)};
    const Outcome outcome = RunInChild(body, deadline, output);
    if (options_.verbose) {
      std::ifstream in(output);
      for (std::string line; std::getline(in, line);) std::printf("      | %s\n", line.c_str());
    }
    std::error_code ignored;
    fs::remove_all(dir, ignored);
    return outcome;
  }

  void Show(std::string_view name, const Outcome& outcome) {
    static constexpr const char* kWords[] = {"pass", "FAIL", "skip"};
    (outcome.kind == Outcome::Kind::kPass   ? passed_
     : outcome.kind == Outcome::Kind::kFail ? failed_
                                            : skipped_)++;
    std::printf("  %s  %-22s %s\n", kWords[static_cast<int>(outcome.kind)],
                std::string(name).c_str(), outcome.why.c_str());
    std::fflush(stdout);
  }

  const Options& options_;
  const std::map<std::string, Profile> profiles_;
  plugin::Registry registry_;
  std::string folder_;
  int checks_ = 0, passed_ = 0, failed_ = 0, skipped_ = 0;
};

int ListChecks() {
  for (const Check& check : AllChecks()) {
    std::printf("%-22s %s\n", std::string(check.name).c_str(), std::string(check.what).c_str());
  }
  return 0;
}

int Main(int argc, char** argv) {
  Options options;
  if (!ReadOptions(argc, argv, options)) return std::fputs(kUsage, stderr), 2;
  if (options.list) return ListChecks();
  SetLogLevel(options.verbose ? LogLevel::kInfo : LogLevel::kOff);
  std::map<std::string, Profile> profiles;
  if (!options.profile.empty()) {
    auto read = ReadProfiles(options.profile);
    if (!read.ok()) {
      std::fprintf(stderr, "sluice-conformance: %s\n", std::string(Message(read.status())).c_str());
      return 2;
    }
    profiles = *std::move(read);
    setenv("PROFILE_DIR", fs::absolute(options.profile).parent_path().c_str(), 1);
  }
  return Runner(options, std::move(profiles)).Run();
}

}  // namespace
}  // namespace sluice::conformance

int main(int argc, char** argv) {
  // The probe comes first: a child that only looks at one file.
  if (argc == 3 && std::strcmp(argv[1], "--probe-plugin") == 0) {
    sluice::plugin::ProbeMain(argv[2]);
  }
  return sluice::conformance::Main(argc, argv);
}

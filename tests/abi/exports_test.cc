// Each plugin exports its entry and nothing else: two plugins with a class of the same name would
// share what they both export, even under RTLD_LOCAL.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

std::string ExportsOf(const std::string& file) {
  const std::string command = "nm -D --defined-only --format=just-symbols '" +
                              std::string(std::getenv("TEST_SRCDIR")) + "/sluice/" + file + "'";
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[4096];
  while (const size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, size);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return out;
}

class Exports : public testing::TestWithParam<const char*> {};

TEST_P(Exports, OneSymbol) { EXPECT_EQ(ExportsOf(GetParam()), "sluice_plugin_entry_v1\n"); }

INSTANTIATE_TEST_SUITE_P(Plugins, Exports,
                         testing::Values("connectors/ticker/ticker.so",
                                         "connectors/datagen/datagen.so", "tests/abi/twin_a.so",
                                         "tests/abi/throws.so", "tests/abi/garbage.so",
                                         "tests/abi/old_plugin.so"));

}  // namespace

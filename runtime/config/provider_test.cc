#include "runtime/config/provider.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"
#include "runtime/base/text.h"

namespace sluice::config {
namespace {

class ProviderTest : public testing::Test {
 protected:
  ProviderTest() : dir_(std::string(std::getenv("TEST_TMPDIR")) + "/secrets") {
    std::filesystem::create_directories(dir_ + "/sub");
    std::ofstream(dir_ + "/db.properties") << "user=me\npass\\:word=p\\u00e4ss\n";
    std::ofstream(dir_ + "/token") << " t \n";
    std::ofstream(dir_ + "/../outside.properties") << "user=evil\n";
  }
  ConfigMap Worker(std::string_view allowed = "") const {
    ConfigMap worker{{"config.providers", "file,dir,env"},
                     {"config.providers.file.class",
                      "org.apache.kafka.common.config.provider.FileConfigProvider"},
                     {"config.providers.dir.class", "DirectoryConfigProvider"},
                     {"config.providers.env.class", "EnvVarConfigProvider"},
                     {"config.providers.env.param.allowlist.pattern", "SLUICE_.*"}};
    if (!allowed.empty()) {
      worker.Set("config.providers.file.param.allowed.paths", allowed);
      worker.Set("config.providers.dir.param.allowed.paths", allowed);
    }
    return worker;
  }
  std::string Resolve(const std::string& value, std::string_view allowed = "") const {
    static const char* const environment[] = {"SLUICE_A=1=2", "HOME=/root", nullptr};
    auto providers = ConfigProviders::FromWorker(Worker(allowed), environment);
    if (!providers.ok()) return std::string(Message(providers.status()));
    auto resolved = (*providers)->Resolve({{"k", value}});
    return resolved.ok() ? std::string(resolved->Get("k"))
                         : std::string(Message(resolved.status()));
  }
  const std::string dir_;
};

TEST_F(ProviderTest, Resolves) {
  const std::string file = dir_ + "/db.properties";
  EXPECT_EQ(Resolve("${file:" + file + ":user}@x"), "me@x");
  EXPECT_EQ(Resolve("${file:" + file + ":pass:word}"), "p\xC3\xA4ss");
  EXPECT_EQ(Resolve("${env:SLUICE_A}-${file:" + file + ":user}-${env:SLUICE_A}"), "1=2-me-1=2");
  EXPECT_EQ(Resolve("${dir:" + dir_ + ":token}"), " t \n");
}

TEST_F(ProviderTest, WhatIsNotFoundStays) {
  for (std::string text : {std::string("${nobody:x:y}"), "${file:" + dir_ + "/db.properties:none}",
                           std::string("${env:HOME}"), std::string("${env:NONE}"),
                           "${dir:" + dir_ + ":sub}", "${dir:" + dir_ + ":../outside.properties}",
                           std::string("${x} ${ $ {a:b}"), std::string("${env")}) {
    EXPECT_EQ(Resolve(text), text);
  }
  EXPECT_EQ(Resolve("${x ${env:SLUICE_A}"),
            "${x ${env:SLUICE_A}");  // Java takes 'x ${env' for the provider
  EXPECT_EQ(Resolve("${x} ${env:SLUICE_A}"), "${x} 1=2");
}

TEST_F(ProviderTest, Failures) {
  EXPECT_EQ(Resolve("${file:/no/such:user}"), "Could not read properties from file /no/such");
  EXPECT_EQ(Resolve("${env:path:SLUICE_A}"),
            "Path is not supported for EnvVarConfigProvider, invalid value 'path'");
}

TEST_F(ProviderTest, AllowedPathsHold) {
  const std::string file = dir_ + "/db.properties";
  EXPECT_EQ(Resolve("${file:" + file + ":user}", dir_), "me");
  for (std::string text :
       {"${file:" + dir_ + "/../outside.properties:user}", std::string("${file:/etc/passwd:root}"),
        std::string("${dir:/etc:passwd}")}) {
    EXPECT_EQ(Resolve(text, dir_), text);
  }
}

TEST_F(ProviderTest, BadWorkersAreRefused) {
  const auto error = [](ConfigMap worker) {
    auto providers = ConfigProviders::FromWorker(worker);
    return providers.ok() ? std::string() : std::string(Message(providers.status()));
  };
  EXPECT_NE(error({{"config.providers", "a"}}).find("config.providers.a.class"), std::string::npos);
  EXPECT_NE(error({{"config.providers", "a"}, {"config.providers.a.class", "x.Vault"}})
                .find("FileConfigProvider"),
            std::string::npos);
  EXPECT_NE(error(Worker("/no/such")).find("/no/such"), std::string::npos);
  ConfigMap pattern = Worker();
  pattern.Set("config.providers.env.param.allowlist.pattern", "[");
  EXPECT_NE(error(pattern).find("allowlist.pattern"), std::string::npos);
  EXPECT_EQ(error({}), "");
}

TEST_F(ProviderTest, RawVariablesComeBackBeforeStorage) {
  const ConfigMap out =
      WithRawVariables({{"pass", "secret"}, {"n", "1"}, {"own", "x"}},
                       {{"pass", "${file:/a:b}"}, {"n", "2"}, {"other", "${file:/a:c}"}});
  EXPECT_TRUE(out == (ConfigMap{{"pass", "${file:/a:b}"}, {"n", "1"}, {"own", "x"}}));
}

}  // namespace
}  // namespace sluice::config

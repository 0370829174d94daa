#include "runtime/config/resolved.h"

#include "gtest/gtest.h"
#include "runtime/base/secrets.h"

namespace sluice::config {
namespace {

TEST(Resolved, StandsInNoTaskConfig) {
  const ConfigMap raw{
      {"pass", "${env:PW}"}, {"host", "${env:HOST}"}, {"n", "1"}, {"topic", "db.example"}};
  const Variables used{{"${env:PW}", "hunter42"}, {"${env:HOST}", "db.example"}, {"${env:N}", "1"}};
  const ConfigMap task = WithVariables({{"pass", "hunter42"},
                                        {"url", "jdbc://db.example/?p=hunter42&n=1"},
                                        {"n", "1"},
                                        {"topic", "db.example"}},
                                       raw, used);
  EXPECT_EQ(task, (ConfigMap{{"pass", "${env:PW}"},
                             {"url", "jdbc://${env:HOST}/?p=${env:PW}&n=1"},
                             {"n", "1"},
                             {"topic", "db.example"}}));
}

TEST(Resolved, IsRemembered) {
  const char* environment[] = {"TOKEN=resolved-test-token", nullptr};
  const auto providers = ConfigProviders::FromWorker(
      {{"config.providers", "env"}, {"config.providers.env.class", "EnvVarConfigProvider"}},
      environment);
  ASSERT_TRUE(providers.ok());
  const ConfigMap raw{{"a", "x${env:TOKEN}${env:NONE}"}, {"b", "${env:TOKEN}"}, {"c", "${env:"}};
  const auto resolved = (*providers)->Resolve(raw);
  ASSERT_TRUE(resolved.ok());
  EXPECT_EQ(resolved->Get("a"), "xresolved-test-token${env:NONE}");
  const auto variables = ResolveVariables(**providers, raw);
  ASSERT_TRUE(variables.ok());
  EXPECT_EQ(*variables, (Variables{{"${env:TOKEN}", "resolved-test-token"}}));
  EXPECT_EQ(WithoutSecrets("failed with resolved-test-token"), "failed with ${env:TOKEN}");
}

TEST(Resolved, WhatNobodyResolvedIsTold) {
  const ConfigMap raw{{"a", "x${vault:p:k}${env:TOKEN}"}, {"b", "${env:TOKEN}"}, {"c", "${1}"}};
  const ConfigMap resolved{{"a", "x${vault:p:k}secret"}, {"b", "secret"}, {"c", "${1}"}};
  EXPECT_EQ(LiteralVariables(raw, resolved),
            (std::vector<std::pair<std::string, std::string>>{{"a", "${vault:p:k}"}}));
}

TEST(Resolved, AnErrorQuotesTheVariable) {
  EXPECT_EQ(WithRawValue("Invalid value 7 for configuration k: must be 7", "${env:N}"),
            "Invalid value ${env:N} for configuration k: must be 7");
  EXPECT_EQ(WithRawValue("Something else 7", "${env:N}"), "Something else 7");
}

}  // namespace
}  // namespace sluice::config

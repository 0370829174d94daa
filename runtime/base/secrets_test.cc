#include "runtime/base/secrets.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

// The memory is the process's own and these tests share it: each has texts of its own.
TEST(Secrets, AreReplacedWhereverTheyStand) {
  EXPECT_EQ(WithoutSecrets("hunter22"), "hunter22");
  RememberSecret("hunter22", "${file:/p:k}");
  EXPECT_EQ(WithoutSecrets("hunter22, ahunter22b"), "${file:/p:k}, a${file:/p:k}b");
  EXPECT_EQ(WithoutSecrets("hunter2"), "hunter2");
}

TEST(Secrets, OfOverlappingOnesNothingIsLeft) {
  RememberSecret("abcdefgh", "<1>");
  RememberSecret("efghijkl", "<2>");
  RememberSecret("cdef", "<3>");
  EXPECT_EQ(WithoutSecrets("xabcdefghijkly"), "x<1>y");
  EXPECT_EQ(WithoutSecrets("cdef"), "<3>");
}

TEST(Secrets, WhatStandsForThemIsNotSearched) {
  RememberSecret("password1", "${env:password1}");
  EXPECT_EQ(WithoutSecrets("=password1="), "=${env:password1}=");
}

TEST(Secrets, LinesAndItemsToo) {
  RememberSecret("  -----BEGIN\nMIIEvgIBADANBg\nab\n", "<key>");
  EXPECT_EQ(WithoutSecrets("near MIIEvgIBADANBg."), "near <key>.");
  EXPECT_EQ(WithoutSecrets("ab"), "ab");
  RememberSecret("alpha9,beta99 ,x", "<list>");
  EXPECT_EQ(WithoutSecrets("[alpha9, beta99, x]"), "[<list>, <list>, x]");
}

TEST(Secrets, ShortOnesAreNone) {
  RememberSecret("abc", "<short>");
  RememberSecret("", "<nothing>");
  EXPECT_EQ(WithoutSecrets("abcabc"), "abcabc");
}

TEST(Secrets, AreBounded) {
  for (int i = 0; i < 4200; ++i) RememberSecret("many-" + std::to_string(100000 + i), "<m>");
  EXPECT_EQ(WithoutSecrets("many-104199"), "<m>");
  EXPECT_EQ(WithoutSecrets("many-100000"), "many-100000");
}

TEST(Secrets, ALongTextPushesOutNoOther) {
  RememberSecret("keepme-1", "<k>");
  std::string lines;
  for (int i = 0; i < 5000; ++i) lines += "line-" + std::to_string(100000 + i) + "\n";
  RememberSecret(lines, "<l>");
  EXPECT_EQ(WithoutSecrets("keepme-1"), "<k>");
}

}  // namespace
}  // namespace sluice

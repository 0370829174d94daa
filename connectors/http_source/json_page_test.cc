#include "connectors/http_source/json_page.h"

#include <gtest/gtest.h>

#include "connectors/sdk/fakes.h"

namespace sluice::http_source {
namespace {

TEST(JsonPageTest, RecordsAreTheElementsOfAnArrayOrOneValue) {
  EXPECT_EQ(JsonPage("[1,2,3]", "").size(), 3u);
  EXPECT_EQ(JsonPage(R"({"a":1})", "").size(), 1u);
  const JsonPage page(R"({"data":{"items":[{"id":1},{"id":2}]}})", "/data/items");
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page.Text(1), R"({"id":2})");
  EXPECT_EQ(JsonPage(R"({"items":null})", "/items").size(), 0u);
  EXPECT_EQ(JsonPage(" \n", "/items").size(), 0u);
}

TEST(JsonPageTest, WhatIsNoPageIsRefused) {
  EXPECT_THROW(JsonPage("<html>", ""), BadPage);
  EXPECT_THROW(JsonPage("[1,2", ""), BadPage);
  EXPECT_THROW(JsonPage("[1] x", ""), BadPage);
  EXPECT_THROW(JsonPage("[\"\xff\"]", ""), BadPage);
  EXPECT_THROW(JsonPage(R"({"error":"x"})", "/items"), BadPage);
  EXPECT_THROW(JsonPage(std::string(100'000, '['), ""), BadPage);
  EXPECT_NO_THROW(JsonPage("[\"" + std::string(1000, '[') + "\"]", ""));
}

TEST(JsonPageTest, ValuesKeepTheirKinds) {
  const JsonPage page(
      R"([{"n":null,"b":true,"i":9223372036854775807,"f":1.5,"u":18446744073709551615,"s":"ä","a":[1,{}],"x":1,"x":2}])",
      "");
  abi::Arena arena;
  EXPECT_EQ(sdk::ToText(page.ValueOf(0, arena)),
            "{\"n\":null,\"b\":true,\"i\":9223372036854775807,\"f\":1.5,\"u\":18446744073709551616,"
            "\"s\":\"ä\",\"a\":[1,{}],\"x\":2}");
}

TEST(JsonPageTest, LargeObjectsHaveUniqueKeysToo) {
  std::string object = "{";
  for (int i = 0; i < 1000; ++i) object += sdk::Cat(i == 0 ? "" : ",", "\"k", i % 100, "\":", i);
  const JsonPage page(object + "}", "");
  abi::Arena arena;
  const sdk::Value value = page.ValueOf(0, arena);
  EXPECT_EQ(value.size, 100u);
  EXPECT_EQ(sdk::Find(value, "k7")->as.int64, 907);
}

TEST(JsonPageTest, ScalarsAreText) {
  const JsonPage page(R"({"next":"n","items":[{"id":7,"t":"x","o":{},"f":1.50}]})", "/items");
  EXPECT_EQ(page.ScalarOf(0, "/id"), "7");
  EXPECT_EQ(page.ScalarOf(0, "/t"), "x");
  EXPECT_EQ(page.ScalarOf(0, "/f"), "1.50");
  EXPECT_EQ(page.ScalarOf(0, "/none"), std::nullopt);
  EXPECT_THROW(page.ScalarOf(0, "/o"), BadPage);
  EXPECT_EQ(page.ScalarOfAnswer("/next"), "n");
}

TEST(JsonPageTest, KeysAreScalarsOrJson) {
  const JsonPage page(R"([{"id":7,"t":"x","o":{"a":1}}])", "");
  abi::Arena arena;
  EXPECT_EQ(sdk::ToText(page.KeyOf(0, "/id", arena)), "7");
  EXPECT_EQ(sdk::ToText(page.KeyOf(0, "/t", arena)), "\"x\"");
  EXPECT_EQ(sdk::ToText(page.KeyOf(0, "/o", arena)), "\"{\"a\":1}\"");
  EXPECT_EQ(sdk::ToText(page.KeyOf(0, "/none", arena)), "null");
}

TEST(JsonPageTest, LargeNumbersKeepTheirDigits) {
  const JsonPage page(
      R"({"next": 18446744073709551616, "items": [{"u":18446744073709551615,)"
      R"("big":-123456789012345678901234567890,"long":0.12345678901234567890,"f":-1.25e-3,)"
      R"("zeros":0.100000000000000000000,"i":-9223372036854775808,"o":{"n": [1.10, 1e300]}}]})",
      "/items");
  EXPECT_EQ(page.ScalarOf(0, "/u"), "18446744073709551615");
  EXPECT_EQ(page.ScalarOf(0, "/big"), "-123456789012345678901234567890");
  EXPECT_EQ(page.ScalarOf(0, "/long"), "0.12345678901234567890");
  EXPECT_EQ(page.ScalarOfAnswer("/next"), "18446744073709551616");
  abi::Arena arena;
  const auto key = [&](const char* pointer) { return sdk::ToText(page.KeyOf(0, pointer, arena)); };
  EXPECT_EQ(key("/u"), "\"18446744073709551615\"");
  EXPECT_EQ(key("/big"), "\"-123456789012345678901234567890\"");
  EXPECT_EQ(key("/long"), "\"0.12345678901234567890\"");
  EXPECT_EQ(key("/f"), "-0.00125");
  EXPECT_EQ(key("/zeros"), "0.1");
  EXPECT_EQ(key("/i"), "-9223372036854775808");
  EXPECT_EQ(key("/o"), "\"{\"n\":[1.10,1e300]}\"");
}

TEST(JsonPageTest, EqualRecordsHaveEqualHashes) {
  const JsonPage page(R"([{"a":1}, {"a": 1}, {"a":2}])", "");
  EXPECT_EQ(page.Hash(0), page.Hash(1));
  EXPECT_NE(page.Hash(0), page.Hash(2));
}

TEST(JsonPageTest, TextsAreTheAnswersOwn) {
  const std::string answer =
      R"( {"n": 1, "a\u0062": [[], [ {"x" : 12345678901234567890123, "y":[1.10, "a \" }"] } ,)"
      R"( "]" , 7]], "ab": 7} )";
  const JsonPage page(answer, "/ab/1");
  ASSERT_EQ(page.size(), 3u);
  EXPECT_EQ(page.Text(0), R"({"x":12345678901234567890123,"y":[1.10,"a \" }"]})");
  EXPECT_EQ(page.Text(1), R"("]")");
  EXPECT_EQ(JsonPage(" 5 ", "").Text(0), "5");
  EXPECT_EQ(JsonPage(R"({"a":{"b":[]}})", "/a").Text(0), R"({"b":[]})");
}

}  // namespace
}  // namespace sluice::http_source

#include "connectors/http/text.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(TextTest, AFormsFieldsAreEncoded) {
  EXPECT_EQ(FormEncode({{"a b", "c&d"}, {"e", ""}}), "a%20b=c%26d&e=");
}

TEST(TextTest, HeadersThatWouldBeginOthersAreFound) {
  EXPECT_TRUE(IsHeaderName("X-Trace-Id"));
  EXPECT_FALSE(IsHeaderName("X Trace"));
  EXPECT_FALSE(IsHeaderName(""));
  EXPECT_TRUE(IsHeaderValue("a b\tc \xc3\xa4"));
  EXPECT_FALSE(IsHeaderValue("a\r\nX: y"));
  EXPECT_FALSE(IsHeaderValue(std::string_view("a\0b", 3)));
}

TEST(TextTest, ASnippetIsOneLineWithoutSecrets) {
  EXPECT_EQ(Snippet("  a\r\n\tb  c\n", {}), "a b c");
  EXPECT_EQ(Snippet("wrong token s3cret!", {"s3cret"}), "wrong token ***!");
  const std::string late = std::string(298, 'x') + "s3cret";
  EXPECT_EQ(Snippet(late, {"s3cret"}), std::string(298, 'x') + "**...");
  EXPECT_EQ(Snippet(std::string(1000, 'y'), {}), std::string(300, 'y') + "...");
  EXPECT_EQ(Snippet("a s3cret-and-more", {"s3cret", "s3cret-and"}), "a ***-more");
}

}  // namespace
}  // namespace sluice::http

#include "runtime/config/properties.h"

#include "gtest/gtest.h"

namespace sluice::config {
namespace {

// Each as java.util.Properties reads it.
TEST(PropertiesTest, ReadsAsJava) {
  struct Case {
    std::string text;
    ConfigMap expected;
  };
  const Case cases[] = {
      {"a=1\nb: 2\nc 3", {{"a", "1"}, {"b", "2"}, {"c", "3"}}},
      {"# c\n  ! d\n\n \t\na=1", {{"a", "1"}}},
      {"a=1\r\nb=2\rc=3", {{"a", "1"}, {"b", "2"}, {"c", "3"}}},
      {"a=b\\\n   c\\\n", {{"a", "bc"}}},
      {"a=1\\\r\n  #b=2", {{"a", "1#b=2"}}},
      {"a\\\n  b=c", {{"ab", "c"}}},
      {"  a  b c ", {{"a", "b c "}}},
      {"a\\ b:c", {{"a b", "c"}}},
      {"k\\=\\:=v", {{"k=:", "v"}}},
      {"\\#a=1", {{"#a", "1"}}},
      {"a", {{"a", ""}}},
      {"=x", {{"", "x"}}},
      {"a==b", {{"a", "=b"}}},
      {"a : = b", {{"a", "= b"}}},
      {"a=1\na=2", {{"a", "2"}}},
      {"a=x\\qy\\t\\n", {{"a", "xqy\t\n"}}},
      {"a=1\\\\\nb=2", {{"a", "1\\"}, {"b", "2"}}},
      {"a=\\", {{"a", ""}}},
      {"a=\\u00e4\\u20AC", {{"a", "\xC3\xA4\xE2\x82\xAC"}}},
      {"a=\\uD83D\\uDE00", {{"a", "\xF0\x9F\x98\x80"}}},
      {"a=\\uD800x", {{"a", "?x"}}},
      {"a=\xE4", {{"a", "\xC3\xA4"}}},
      {"a=all  # tolerate", {{"a", "all  # tolerate"}}},
      {"", {}},
  };
  for (const Case& c : cases) {
    auto map = ParseProperties(c.text, "f");
    ASSERT_TRUE(map.ok()) << c.text;
    EXPECT_TRUE(*map == c.expected) << c.text;
  }
}

TEST(PropertiesTest, Utf8Files) {
  auto map = ParseProperties("a=\xC3\xA4\nb=\xFF", "f", PropertiesEncoding::kUtf8);
  ASSERT_TRUE(map.ok());
  EXPECT_EQ(map->Get("a"), "\xC3\xA4");
  EXPECT_EQ(map->Get("b"), "\xEF\xBF\xBD");
}

TEST(PropertiesTest, AMalformedEscapeNamesFileAndLine) {
  for (const char* text : {"a=1\n\nb=\\u00zz", "a=1\n\nb\\u12=x", "a=1\n\nb=\\u-001"}) {
    auto map = ParseProperties(text, "w.properties");
    ASSERT_FALSE(map.ok()) << text;
    EXPECT_TRUE(Message(map.status()).starts_with("w.properties:3: malformed \\u escape"))
        << map.status();
  }
}

TEST(PropertiesTest, FilesThatCannotBeReadAreNamed) {
  auto missing = ReadProperties("/no/such/file");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(Message(missing.status()), "Could not read /no/such/file: No such file or directory");
  EXPECT_FALSE(ReadProperties("/").ok());
}

}  // namespace
}  // namespace sluice::config

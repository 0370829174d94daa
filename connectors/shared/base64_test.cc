#include "connectors/shared/base64.h"

#include <gtest/gtest.h>

namespace sluice::shared {
namespace {

TEST(Base64Test, AsRfc4648HasIt) {
  const struct {
    const char *bytes, *text;
  } cases[] = {{"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},
               {"foo", "Zm9v"},  {"foob", "Zm9vYg=="},  {"\xff\xfe\x01", "//4B"},
               {"\xfb", "+w=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& one : cases) {
    EXPECT_EQ(Base64(one.bytes), one.text);
    EXPECT_EQ(FromBase64(one.text), one.bytes);
  }
  EXPECT_EQ(Base64(std::string(3000, '\0')), std::string(4000, 'A'));
}

TEST(Base64Test, PaddingMayBeMissingAndAllElseIsNone) {
  EXPECT_EQ(FromBase64("Zg"), "f");
  EXPECT_EQ(FromBase64("Y!"), std::nullopt);
  EXPECT_EQ(FromBase64("YWJjZ"), std::nullopt);
  EXPECT_EQ(FromBase64("YQ==="), std::nullopt);
}

}  // namespace
}  // namespace sluice::shared

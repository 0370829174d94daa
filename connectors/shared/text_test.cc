#include "connectors/shared/text.h"

#include <gtest/gtest.h>

namespace sluice::shared {
namespace {

TEST(TextTest, CaseIsThatOfAscii) {
  EXPECT_EQ(Lower("AZ az 09 \xC3\x84"), "az az 09 \xC3\x84");
  EXPECT_TRUE(EqualIgnoringCase("Content-TYPE", "content-type"));
  EXPECT_FALSE(EqualIgnoringCase("a", "ab"));
  EXPECT_FALSE(EqualIgnoringCase("\xC3\x84", "\xC3\xA4"));
}

TEST(TextTest, BlanksAtBothEndsGo) {
  EXPECT_EQ(Trimmed(" \ta b\r\n"), "a b");
  EXPECT_EQ(Trimmed(" \n"), "");
}

TEST(TextTest, PercentEncodingLeavesNothingThatSeparates) {
  EXPECT_EQ(PercentEncode("a-Z_0.~"), "a-Z_0.~");
  EXPECT_EQ(PercentEncode("a b/c?d&e=f+%\r\n"), "a%20b%2Fc%3Fd%26e%3Df%2B%25%0D%0A");
  EXPECT_EQ(PercentEncode("\xC3\xA4"), "%C3%A4");
  EXPECT_EQ(PercentEncodePath("topics/a+0/year=2024/x y~.-_"),
            "topics/a%2B0/year%3D2024/x%20y~.-_");
}

}  // namespace
}  // namespace sluice::shared

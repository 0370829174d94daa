#include "runtime/base/parse_java_number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace sluice {
namespace {

TEST(ParseJavaDouble, TakesWhatJavaTakes) {
  EXPECT_EQ(ParseJavaDouble(" 1.5 "), 1.5);
  EXPECT_EQ(ParseJavaDouble("-.5e1d"), -5);
  EXPECT_EQ(ParseJavaDouble("5."), 5);
  EXPECT_EQ(ParseJavaDouble("0x1.8p1F"), 3);
  EXPECT_EQ(ParseJavaDouble("1e400"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(ParseJavaDouble("-1e99999999999"), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(ParseJavaDouble("1e-400"), 0);
  EXPECT_EQ(ParseJavaDouble("-Infinity"), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(*ParseJavaDouble("NaN")));
  EXPECT_EQ(ParseJavaFloat("3.5e38"), std::numeric_limits<float>::infinity());
  EXPECT_EQ(ParseJavaFloat("16777217"), 16777216.0f);
}

TEST(ParseJavaDouble, RefusesWhatJavaRefuses) {
  for (const char* text : {"", " ", ".", "e5", "1e", "x", "infinity", "nan", "0x10", "0x1p", "1L",
                           "1_000", "--1", "+-1", "NaNf", "1 2"}) {
    EXPECT_FALSE(ParseJavaDouble(text)) << text;
    EXPECT_FALSE(ParseJavaFloat(text)) << text;
  }
}

TEST(JavaLong, CutsAndSaturates) {
  EXPECT_EQ(JavaLong(-1.9), -1);
  EXPECT_EQ(JavaLong(1e300), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(JavaLong(-9.3e18), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(JavaLong(std::nan("")), 0);
  EXPECT_EQ(JavaInt(3e10), std::numeric_limits<int32_t>::max());
  EXPECT_EQ(JavaInt(-3e10), std::numeric_limits<int32_t>::min());
  EXPECT_EQ(JavaInt(2147483646.9), 2147483646);
}

}  // namespace
}  // namespace sluice

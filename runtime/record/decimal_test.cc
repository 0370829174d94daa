#include "runtime/record/decimal.h"

#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace sluice::record {
namespace {

std::string Hex(const sluice_decimal& decimal) {
  std::string text;
  for (uint32_t i = 0; i < decimal.unscaled_size; ++i) {
    text.push_back("0123456789abcdef"[decimal.unscaled[i] >> 4]);
    text.push_back("0123456789abcdef"[decimal.unscaled[i] & 15]);
  }
  return text;
}
std::string Text(const sluice_decimal& decimal) {
  std::string text;
  AppendDecimalText(text, decimal);
  return text;
}

struct Case {
  const char* text;
  const char* printed;
  int32_t scale;
  const char* unscaled;
};

TEST(DecimalTest, TextToBytesAndBack) {
  abi::Arena arena;
  const Case cases[] = {
      {"12.34", "12.34", 2, "04d2"},
      {"0", "0", 0, "00"},
      {"-1", "-1", 0, "ff"},
      {"127", "127", 0, "7f"},
      {"128", "128", 0, "0080"},
      {"-128", "-128", 0, "80"},
      {"-129", "-129", 0, "ff7f"},
      {"1.230", "1.230", 3, "04ce"},
      {"1e3", "1E+3", -3, "01"},
      {"1E-10", "1E-10", 10, "01"},
      {"0.000001", "0.000001", 6, "01"},
      {"0.0000001", "1E-7", 7, "01"},
      {"-12.5E+5", "-1.25E+6", -4, "83"},
      {"+.5", "0.5", 1, "05"},
      {"5.", "5", 0, "05"},
      {"0.00", "0.00", 2, "00"},
      {"0e-9", "0E-9", 9, "00"},
      {"9223372036854775808", "9223372036854775808", 0, "008000000000000000"},
      {"-9223372036854775808", "-9223372036854775808", 0, "8000000000000000"},
      {"-9223372036854775809", "-9223372036854775809", 0, "ff7fffffffffffffff"},
      {"340282366920938463463374607431768211456.00", "340282366920938463463374607431768211456.00",
       2,
       "64000000000000000000000000000000"
       "00"},
      {"1e2147483647", "1E+2147483647", -2147483647, "01"},
  };
  for (const Case& c : cases) {
    const auto decimal = ParseDecimal(c.text, arena);
    ASSERT_TRUE(decimal) << c.text;
    EXPECT_EQ(Text(*decimal), c.printed) << c.text;
    EXPECT_EQ(decimal->scale, c.scale) << c.text;
    EXPECT_EQ(Hex(*decimal), c.unscaled) << c.text;
  }
}

TEST(DecimalTest, RefusesWhatJavaRefuses) {
  abi::Arena arena;
  for (const char* text : {"", "-", ".", "1e", "e5", "1.2.3", " 1", "1 ", "0x1", "1e99999999999",
                           "1e2147483648", "NaN", "--1", "1e+-5"}) {
    EXPECT_FALSE(ParseDecimal(text, arena)) << text;
  }
}

TEST(DecimalTest, LongDigitsSurvive) {
  abi::Arena arena;
  std::string digits = "-";
  for (int i = 0; i < 3000; ++i) digits.push_back(static_cast<char>('1' + i * 7 % 9));
  EXPECT_EQ(Text(*ParseDecimal(digits, arena)), digits);
}

TEST(DecimalTest, HugeBytesArePrintedInHexAtOnce) {
  const std::vector<uint8_t> bytes(1'000'000, 0x7F);
  const sluice_decimal decimal{2, static_cast<uint32_t>(bytes.size()), bytes.data()};
  EXPECT_EQ(Text(decimal).substr(0, 6), "0x7f7f");
  EXPECT_EQ(DecimalToInt64(decimal), 0);
}

TEST(DecimalTest, Numbers) {
  abi::Arena arena;
  const auto number = [&](const char* text) { return *ParseDecimal(text, arena); };
  EXPECT_EQ(DecimalToInt64(number("12.99")), 12);
  EXPECT_EQ(DecimalToInt64(number("-12.99")), -12);
  EXPECT_EQ(DecimalToInt64(number("12345678901234567890")), -6101065172474983726);
  EXPECT_EQ(DecimalToInt64(number("1e3")), 1000);
  EXPECT_EQ(DecimalToInt64(number("1e70")), 0);
  EXPECT_EQ(DecimalToDouble(number("12.5")), 12.5);
  EXPECT_EQ(DecimalToDouble(number("-1e400")), -INFINITY);
  EXPECT_EQ(DecimalToDouble(number("1e-400")), 0);
  EXPECT_EQ(DecimalToFloat(number("1e39")), INFINITY);
  EXPECT_EQ(DecimalToFloat(number("0.1")), 0.1f);
  EXPECT_EQ(DecimalSign(number("-0.5")), -1);
  EXPECT_EQ(DecimalSign(number("0.0")), 0);
}

TEST(DecimalTest, NumberTexts) {
  EXPECT_EQ(NumberTextToInt64("007"), 7);
  EXPECT_EQ(NumberTextToInt64("12345.678e2"), 1234567);
  EXPECT_EQ(NumberTextToInt64("99e-1"), 9);
  EXPECT_EQ(NumberTextToInt64("1e2147483647"), 0);
  EXPECT_EQ(NumberTextToDouble("-0.0"), 0.0);
  EXPECT_FALSE(std::signbit(NumberTextToDouble("-0.0")));
  EXPECT_TRUE(std::signbit(NumberTextToDouble("-1e-400")));
  EXPECT_EQ(NumberTextToDouble("0.001e400"), INFINITY);
  EXPECT_EQ(WholeNumber("1e3"), 1000);
  EXPECT_EQ(WholeNumber("2.000"), 2);
  EXPECT_EQ(WholeNumber("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(WholeNumber("9223372036854775808"), std::nullopt);
  EXPECT_EQ(WholeNumber("1.5"), std::nullopt);
  EXPECT_EQ(WholeNumber("0e999999999"), 0);
}

}  // namespace
}  // namespace sluice::record

#include "connectors/shared/number_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace sluice::shared {
namespace {

template <typename T>
std::string Text(T number) {
  std::string text;
  TextBuffer out(text);
  if constexpr (std::is_floating_point_v<T>) {
    PutFloating(out, number);
  } else {
    PutWhole(out, number);
  }
  out.Flush();
  return text;
}

std::string Decimal(const std::vector<uint8_t>& unscaled, int32_t scale) {
  const sluice_decimal decimal{scale, static_cast<uint32_t>(unscaled.size()), unscaled.data()};
  std::string text;
  TextBuffer out(text);
  PutDecimal(out, decimal);
  out.Flush();
  return text;
}

TEST(NumberTextTest, FloatsAreWrittenAsJavaWritesThem) {
  const struct {
    double number;
    const char* text;
  } cases[] = {{0, "0.0"},
               {-0.0, "-0.0"},
               {1, "1.0"},
               {-1.5, "-1.5"},
               {20, "20.0"},
               {100, "100.0"},
               {0.1, "0.1"},
               {0.001, "0.001"},
               {0.075, "0.075"},
               {0.0625, "0.0625"},
               {1.0005, "1.0005"},
               {-157.6, "-157.6"},
               {12.345, "12.345"},
               {123456.789, "123456.789"},
               {1234567, "1234567.0"},
               {9999999.999, "9999999.999"},
               {0.1 + 0.2, "0.30000000000000004"},
               {1e7, "1.0E7"},
               {12345678, "1.2345678E7"},
               {1e10, "1.0E10"},
               {1.25e10, "1.25E10"},
               {1e-4, "1.0E-4"},
               {1.5e-4, "1.5E-4"},
               {1e-5, "1.0E-5"},
               {std::nan(""), "NaN"},
               {std::numeric_limits<double>::infinity(), "Infinity"}};
  for (const auto& one : cases) EXPECT_EQ(Text(one.number), one.text);
  EXPECT_EQ(Text(0.1f), "0.1");
  EXPECT_EQ(Text(-std::numeric_limits<float>::infinity()), "-Infinity");
  EXPECT_EQ(Text(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
}

TEST(NumberTextTest, DecimalsToo) {
  const struct {
    std::vector<uint8_t> unscaled;
    int32_t scale;
    const char* text;
  } cases[] = {
      {{0x00}, 0, "0"},
      {{0x00}, 2, "0.00"},
      {{}, 0, "0"},
      {{0x05, 0x0A}, 2, "12.90"},
      {{0xFF}, 0, "-1"},
      {{0xFF}, 3, "-0.001"},
      {{0x80}, 0, "-128"},
      {{0x01}, 6, "0.000001"},
      {{0x01}, 7, "1E-7"},
      {{0x01}, 5000, "1E-5000"},
      {{0x01}, -3, "1E+3"},
      {{0x7B}, -3, "1.23E+5"},
      {{0xED, 0x29, 0x79}, 3, "-1234.567"},
      {{0xED, 0x29, 0x79}, 0, "-1234567"},
      {{0xED, 0x29, 0x79}, 9, "-0.001234567"},
      {{0xED, 0x29, 0x79}, -2, "-1.234567E+8"},
      {{0xED, 0x29, 0x79}, 13, "-1.234567E-7"},
      {{0x3B, 0x9A, 0xCA, 0x00}, 0, "1000000000"},
      {{0x80, 0, 0, 0, 0, 0, 0, 0}, 0, "-9223372036854775808"},
      {{0x01, 0, 0, 0, 0, 0, 0, 0, 0}, 0, "18446744073709551616"},
      {{0xFF, 0, 0, 0, 0, 0, 0, 0, 0}, 1, "-1844674407370955161.6"},
      {{0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 1, "7922816251426433759354395033.6"},
  };
  for (const auto& [unscaled, scale, text] : cases) EXPECT_EQ(Decimal(unscaled, scale), text);
}

TEST(NumberTextTest, ADecimalBeyondReasonIsRefused) {
  EXPECT_EQ(Decimal(std::vector<uint8_t>(16 << 10, 0), std::numeric_limits<int32_t>::min()),
            "0E+2147483648");
  EXPECT_THROW(Decimal(std::vector<uint8_t>((16 << 10) + 1, 1), 0), sdk::DataException);
}

}  // namespace
}  // namespace sluice::shared

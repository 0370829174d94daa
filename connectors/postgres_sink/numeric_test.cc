#include "connectors/postgres_sink/numeric.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluice::postgres::sink {
namespace {

// unscaled from hexadecimal bytes.
struct Number {
  std::vector<uint8_t> bytes;
  sluice_decimal decimal;
  Number(std::vector<uint8_t> from, int32_t scale) : bytes(std::move(from)) {
    decimal = {scale, static_cast<uint32_t>(bytes.size()), bytes.data()};
  }
};

std::vector<uint8_t> Of(int64_t number) {
  std::vector<uint8_t> out;
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(number >> shift));
  return out;
}

// Reads the binary form back: "sign digits*10000^weight dscale".
std::string Shown(const ByteBuffer& out) {
  const auto* p = reinterpret_cast<const unsigned char*>(out.data());
  const auto at = [&](size_t i) { return static_cast<int16_t>(p[2 * i] << 8 | p[2 * i + 1]); };
  std::string text = (at(2) == 0x4000 ? "-"
                      : at(2) == 0    ? "+"
                                      : "?") +
                     std::string(" w") + std::to_string(at(1)) + " s" + std::to_string(at(3));
  EXPECT_EQ(out.size(), 8u + 2u * static_cast<size_t>(at(0)));
  for (int16_t i = 0; i < at(0); ++i) text += " " + std::to_string(at(4 + static_cast<size_t>(i)));
  return text;
}

std::string Binary(const sluice_decimal& decimal) {
  ByteBuffer out;
  EXPECT_TRUE(PutNumeric(out, decimal));
  return Shown(out);
}

TEST(NumericTest, IsWhatThePostgresSends) {
  const struct {
    int64_t unscaled;
    int32_t scale;
    const char *text, *binary;
  } cases[] = {
      {0, 0, "0", "+ w0 s0"},
      {0, 2, "0.00", "+ w0 s2"},
      {1, 0, "1", "+ w0 s0 1"},
      {-1, 0, "-1", "- w0 s0 1"},
      {9999, 0, "9999", "+ w0 s0 9999"},
      {10000, 0, "10000", "+ w1 s0 1"},
      {12345678, 0, "12345678", "+ w1 s0 1234 5678"},
      {123456789, 4, "12345.6789", "+ w1 s4 1 2345 6789"},
      {1290, 2, "12.90", "+ w0 s2 12 9000"},
      {-5, 2, "-0.05", "- w-1 s2 500"},
      {5, 4, "0.0005", "+ w-1 s4 5"},
      {5, 5, "0.00005", "+ w-2 s5 5000"},
      {12, 9, "0.000000012", "+ w-2 s9 1 2000"},
      {12, -2, "1200", "+ w0 s0 1200"},
      {12, -4, "120000", "+ w1 s0 12"},
      {0, -3, "0", "+ w0 s0"},
      {INT64_MAX, 0, "9223372036854775807", "+ w4 s0 922 3372 368 5477 5807"},
      {INT64_MIN, 3, "-9223372036854775.808", "- w3 s3 9223 3720 3685 4775 8080"},
  };
  for (const auto& one : cases) {
    const Number number(Of(one.unscaled), one.scale);
    std::string text;
    AppendDecimal(text, number.decimal);
    EXPECT_EQ(text, one.text);
    EXPECT_EQ(Binary(number.decimal), one.binary) << one.text;
    if (one.scale == 0) {
      ByteBuffer out;
      PutNumeric(out, one.unscaled);
      EXPECT_EQ(Shown(out), one.binary) << one.text;
    }
  }
}

TEST(NumericTest, NumbersBeyond64Bits) {
  // 2^80 and -2^80 - 1, with and without a scale.
  const Number big({1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0);
  std::string text;
  AppendDecimal(text, big.decimal);
  EXPECT_EQ(text, "1208925819614629174706176");
  EXPECT_EQ(Binary(big.decimal), "+ w6 s0 1 2089 2581 9614 6291 7470 6176");
  const Number negative({0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, 6);
  text.clear();
  AppendDecimal(text, negative.decimal);
  EXPECT_EQ(text, "-1208925819614629174.706177");
  EXPECT_EQ(Binary(negative.decimal), "- w4 s6 120 8925 8196 1462 9174 7061 7700");
}

TEST(NumericTest, WhatNumericCannotHoldIsRefused) {
  ByteBuffer out;
  EXPECT_FALSE(PutNumeric(out, Number(Of(1), 16384).decimal));
  EXPECT_FALSE(PutNumeric(out, Number(Of(1), -131072).decimal));
  EXPECT_TRUE(PutNumeric(out, Number(Of(1), -131071).decimal));
}

}  // namespace
}  // namespace sluice::postgres::sink

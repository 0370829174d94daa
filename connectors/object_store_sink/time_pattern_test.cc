#include "connectors/object_store_sink/time_pattern.h"

#include <gtest/gtest.h>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

constexpr int64_t kLeap = 1709209800250;  // 2024-02-29T12:30:00.250Z, a Thursday

std::string Format(std::string_view pattern, int64_t epoch_ms = kLeap,
                   std::string_view zone_name = "UTC") {
  const shared::TimeZone zone = shared::TimeZone::Load("timezone", zone_name);
  std::string out;
  TimePattern::Compile("path.format", pattern).Append(out, zone.ToLocalMs(epoch_ms), zone);
  return out;
}

TEST(TimePatternTest, Paths) {
  EXPECT_EQ(Format("'year'=YYYY/'month'=MM/'day'=dd/'hour'=HH"),
            "year=2024/month=02/day=29/hour=12");
  EXPECT_EQ(Format("YYYY/MM/dd/HH/mm"), "2024/02/29/12/30");
  EXPECT_EQ(Format("'dt'=yyyy-MM-dd"), "dt=2024-02-29");
  EXPECT_EQ(Format("'it''s' d"), "it's 29");
  EXPECT_EQ(Format(""), "");
}

TEST(TimePatternTest, Letters) {
  const struct {
    const char* pattern;
    const char* text;
  } cases[] = {{"y", "2024"},    {"yy", "24"},         {"YYYYY", "02024"},   {"M", "2"},
               {"MMM", "Feb"},   {"MMMM", "February"}, {"d", "29"},          {"D", "60"},
               {"DDD", "060"},   {"E", "Thu"},         {"EEEE", "Thursday"}, {"e", "4"},
               {"x", "2024"},    {"ww", "09"},         {"a", "PM"},          {"h", "12"},
               {"K", "0"},       {"k", "12"},          {"H", "12"},          {"ss", "00"},
               {"S", "2"},       {"SSS", "250"},       {"SSSSS", "25000"},   {"Z", "+0000"},
               {"ZZ", "+00:00"}, {"ZZZ", "UTC"},       {"G", "AD"},          {"CC", "20"}};
  for (const auto& one : cases) EXPECT_EQ(Format(one.pattern), one.text) << one.pattern;
}

TEST(TimePatternTest, MidnightsAndYearsEnds) {
  const int64_t midnight = 1704067200000;  // 2024-01-01T00:00Z, a Monday
  EXPECT_EQ(Format("k h K a", midnight), "24 12 0 AM");
  EXPECT_EQ(Format("xxxx-ww-e", midnight), "2024-01-1");
  EXPECT_EQ(Format("xxxx-ww YYYY", 1609459200000), "2020-53 2021");  // 2021-01-01, a Friday
  EXPECT_EQ(Format("YYYY-MM-dd HH:mm:ss.SSS", -1), "1969-12-31 23:59:59.999");
}

TEST(TimePatternTest, Zones) {
  EXPECT_EQ(Format("HH Z", kLeap, "Europe/Berlin"), "13 +0100");
  EXPECT_EQ(Format("HH ZZ", 1720000000000, "Europe/Berlin"), "11 +02:00");
  EXPECT_EQ(Format("dd HH:mm", kLeap, "+05:30"), "29 18:00");
  EXPECT_EQ(Format("dd HH", kLeap, "America/Los_Angeles"), "29 04");
  EXPECT_EQ(Format("HH", kLeap, "GMT-3"), "09");
}

TEST(TimePatternTest, WhatIsNoPattern) {
  for (const char* wrong : {"year=YYYY", "'open", "YYYY-bb", "q"}) {
    EXPECT_THROW(TimePattern::Compile("path.format", wrong), sdk::ConfigException) << wrong;
  }
}

TEST(TimePatternTest, NamesAreNoticed) {
  EXPECT_TRUE(TimePattern::Compile("path.format", "MMM").has_names());
  EXPECT_FALSE(TimePattern::Compile("path.format", "YYYY/MM/dd 'EEE'").has_names());
}

}  // namespace
}  // namespace sluice::object_store_sink

#include "connectors/shared/time_zone.h"

#include <gtest/gtest.h>

#include "connectors/sdk/errors.h"

namespace sluice::shared {
namespace {

TEST(TimeZoneTest, JavasNames) {
  const struct {
    const char* name;
    int64_t at, offset;
  } cases[] = {
      {"UTC", 0, 0},
      {"GMT+2", 0, 7200},
      {"GMT-03:30", 0, -12600},
      {"+0530", 0, 19800},
      {"Europe/Berlin", 1705320000, 3600},  // in winter
      {"Europe/Berlin", 1721044800, 7200},  // in summer
      {"Europe/Berlin", 1711846799, 3600},  // the second before clocks change
      {"Europe/Berlin", 1711846800, 7200},  // and the one when they do
      {"America/New_York", 1721044800, -14400},
      {"Europe/Berlin", 4102444800, 3600},  // 2100
  };
  for (const auto& one : cases) {
    EXPECT_EQ(TimeZone::Load("db.timezone", one.name).OffsetAt(one.at), one.offset)
        << one.name << " " << one.at;
  }
}

TEST(TimeZoneTest, LocalTimesAndBack) {
  const TimeZone berlin = TimeZone::Load("timezone", "Europe/Berlin");
  EXPECT_EQ(berlin.name(), "Europe/Berlin");
  for (int64_t at : {1711800000, 1711846799, 1711846800, 1729980000, 1729994400}) {
    EXPECT_EQ(berlin.FromLocal(at + berlin.OffsetAt(at)), at);
    EXPECT_EQ(berlin.FromLocalMs(berlin.ToLocalMs(at * 1000 + 999)), at * 1000 + 999);
  }
  const int64_t gap = 1711852200;  // its 02:30, which no clock showed
  const int64_t at = berlin.FromLocal(gap);
  EXPECT_EQ(at + berlin.OffsetAt(at), gap + 3600);
  EXPECT_EQ(berlin.ToLocalMs(-1), 3'599'999);
}

TEST(TimeZoneTest, GapsWestOfGreenwich) {
  const TimeZone york = TimeZone::Load("timezone", "America/New_York");
  const int64_t change = 1710054000;          // 2024-03-10T07:00Z, its 02:00
  const int64_t gap = change - 18000 + 1800;  // its 02:30, which no clock showed
  EXPECT_EQ(york.FromLocal(gap), change + 1800);
  EXPECT_EQ(york.FromLocal(change - 18000 - 1), change - 1);
  EXPECT_EQ(york.FromLocal(change - 18000 + 3600), change);
  const int64_t twice = 1730610000;  // 2024-11-03T05:00Z, its 01:00 for the first time
  EXPECT_EQ(york.FromLocal(twice - 14400), twice);
}

TEST(TimeZoneTest, AnUnknownOneIsRefusedByItsKey) {
  for (const char* name : {"", "Mars/Olympus", "GMT+99", "GMT+1:2:3", "+"}) {
    try {
      TimeZone::Load("db.timezone", name);
      ADD_FAILURE() << name;
    } catch (const sdk::ConfigException& error) {
      EXPECT_EQ(error.key(), "db.timezone");
    }
  }
}

}  // namespace
}  // namespace sluice::shared

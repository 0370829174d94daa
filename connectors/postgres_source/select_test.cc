// Offsets, and the statements that go on from them.
#include "connectors/postgres_source/select.h"

#include <gtest/gtest.h>

#include "connectors/postgres_source/text_value.h"
#include "connectors/sdk/fakes.h"

namespace sluice::postgres::source {
namespace {

Selection Of(Mode mode) { return {mode, "SELECT * FROM t", "", {"\"ts\""}, "\"id\""}; }

TEST(SelectTest, StatementsByMode) {
  EXPECT_EQ(SelectSql(Of(Mode::kBulk), {}), "SELECT * FROM t");
  EXPECT_EQ(SelectSql(Of(Mode::kIncrementing), {"", "'7'", ""}),
            "SELECT * FROM t WHERE \"id\" > '7' ORDER BY \"id\"");
  EXPECT_EQ(SelectSql(Of(Mode::kTimestamp), {"", "", "'b'"}),
            "SELECT * FROM t WHERE \"ts\" < 'b' ORDER BY \"ts\"");
  EXPECT_EQ(SelectSql(Of(Mode::kTimestamp), {"'a'", "", "'b'"}),
            "SELECT * FROM t WHERE \"ts\" > 'a' AND \"ts\" < 'b' ORDER BY \"ts\"");
  EXPECT_EQ(SelectSql(Of(Mode::kTimestampIncrementing), {"'a'", "'7'", "'b'"}),
            "SELECT * FROM t WHERE \"ts\" < 'b' AND ((\"ts\" = 'a' AND \"id\" > '7') OR \"ts\" > "
            "'a') ORDER BY \"ts\", \"id\"");
}

TEST(SelectTest, SeveralTimestampsAndASuffix) {
  Selection selection = Of(Mode::kTimestamp);
  selection.timestamp_columns = {"a", "b"};
  selection.suffix = "LIMIT 5";
  EXPECT_EQ(SelectSql(selection, {"", "", "'x'"}),
            "SELECT * FROM t WHERE COALESCE(a, b) < 'x' ORDER BY COALESCE(a, b) LIMIT 5");
}

TEST(OffsetTest, HasTheOriginalsForm) {
  abi::Arena arena(1024);
  const struct {
    Offset offset;
    const char* text;
  } cases[] = {
      {{}, "{}"},
      {{7, std::nullopt}, "{\"incrementing\":7}"},
      {{std::nullopt, 1'709'209'800'250'001},
       "{\"timestamp\":1709209800250,\"timestamp_nanos\":250001000}"},
      {{-1, -1}, "{\"incrementing\":-1,\"timestamp\":-1,\"timestamp_nanos\":999999000}"},
  };
  for (const auto& one : cases) {
    const sdk::Value* map = OffsetMap(arena, one.offset);
    EXPECT_EQ(sdk::ToText(*map), one.text);
    EXPECT_EQ(ReadOffset(*map), one.offset) << one.text;
  }
}

TEST(OffsetTest, OfOldThereAreNoNanoseconds) {
  const sluice_map_entry entry{sdk::String("timestamp"), sdk::Int64(-1500)};
  EXPECT_EQ(ReadOffset(abi::Map(&entry, 1)), (Offset{std::nullopt, -1'500'000}));
  const sluice_map_entry wrong{sdk::String("incrementing"), sdk::String("7")};
  EXPECT_THROW(ReadOffset(abi::Map(&wrong, 1)), sdk::ConnectException);
}

TEST(TextValueTest, TimestampsAreWrittenAsTheyAreRead) {
  const shared::TimeZone utc, berlin = shared::TimeZone::Load("db.timezone", "Europe/Berlin");
  for (const char* text : {"2024-02-29 12:30:00.250001", "1969-12-31 23:59:59.999999",
                           "0044-03-15 01:02:03.000000 BC", "infinity", "-infinity"}) {
    EXPECT_EQ(TimestampText(ReadTimestamp(text, utc), false, utc), text);
    EXPECT_EQ(TimestampText(ReadTimestamp(text, berlin), false, berlin), text);
  }
  EXPECT_EQ(TimestampText(ReadTimestamp("2024-07-01 14:00:00", berlin), true, berlin),
            "2024-07-01 12:00:00.000000+00");
}

}  // namespace
}  // namespace sluice::postgres::source

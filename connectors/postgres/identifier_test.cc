#include "connectors/postgres/identifier.h"

#include <gtest/gtest.h>

#include "connectors/sdk/errors.h"

namespace sluice::postgres {
namespace {

TEST(IdentifierTest, TableNamesHaveUpToThreeParts) {
  const struct {
    const char *text, *schema, *table;
  } cases[] = {
      {"orders", "", "orders"},
      {"sales.orders", "sales", "orders"},
      {"db.sales.orders", "sales", "orders"},
      {"\"a.b\".c", "a.b", "c"},
      {"\"a\"\"b\"", "", "a\"b"},
      {"Orders-1", "", "Orders-1"},
      {"sales.\"or.ders\"", "sales", "or.ders"},
  };
  for (const auto& one : cases) {
    const TableName name = ParseTableName(one.text);
    EXPECT_EQ(name.schema, one.schema) << one.text;
    EXPECT_EQ(name.table, one.table) << one.text;
  }
  for (const char* text : {"", ".a", "a.", "a..b", "a.b.c.d", "\"a"}) {
    EXPECT_THROW(ParseTableName(text), sdk::ConnectException) << text;
  }
}

TEST(IdentifierTest, QuotesAlwaysOrNever) {
  const Quoting always(true), never(false);
  EXPECT_EQ(always("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(always(TableName{"s", "T"}), "\"s\".\"T\"");
  EXPECT_EQ(never(TableName{"s", "T"}), "\"s\".\"t\"");
  EXPECT_EQ(never("a;--\""), "\"a;--\"\"\"");
  EXPECT_EQ(always.Kept("Ab"), "Ab");
  EXPECT_EQ(never.Kept("AbÄ"), "abÄ");
}

TEST(IdentifierTest, LongNamesAreCutAtACharactersBorder) {
  EXPECT_EQ(CutIdentifier(std::string(63, 'a')), std::string(63, 'a'));
  EXPECT_EQ(CutIdentifier(std::string(70, 'a')), std::string(63, 'a'));
  EXPECT_EQ(CutIdentifier(std::string(62, 'a') + "ä" + "b"), std::string(62, 'a'));
  EXPECT_EQ(ParseTableName(std::string(80, 't')).table.size(), 63u);
}

TEST(IdentifierTest, LiteralsMeanThemselves) {
  EXPECT_EQ(QuoteLiteral("it's"), "'it''s'");
  EXPECT_EQ(QuoteLiteral("a\\b'"), "E'a\\\\b'''");
}

}  // namespace
}  // namespace sluice::postgres

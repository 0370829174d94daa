#include "connectors/postgres_sink/arrangement.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::postgres::sink {
namespace {

class ArrangementTest : public testing::Test {
 protected:
  ArrangementTest() {
    a_.id = 1;
    b_.id = 2;
    delete_.id = 3;
    delete_.deletes = true;
  }
  // "a:x" is a row of plan a with key x, "-:x" a delete. Answers the groups as "a[0 2] -[1]".
  std::string Arrange(const std::vector<std::string>& records, bool keyed, bool reduce) {
    arrangement_.Begin(keyed, reduce);
    for (uint32_t i = 0; i < records.size(); ++i) {
      const char plan = records[i][0];
      arrangement_.Add(plan == 'a' ? a_ : plan == 'b' ? b_ : delete_, i, records[i].substr(2));
    }
    std::string text;
    for (const Group* group : arrangement_.Finish()) {
      text += text.empty() ? "" : " ";
      text += group->plan == &a_ ? "a[" : group->plan == &b_ ? "b[" : "-[";
      for (uint32_t row : group->rows)
        text += (text.back() == '[' ? "" : " ") + std::to_string(row);
      text += "]";
    }
    return text;
  }
  Plan a_, b_, delete_;
  Arrangement arrangement_;
};

TEST_F(ArrangementTest, WithoutKeysRowsStayInTheirOrder) {
  EXPECT_EQ(Arrange({"a:", "a:", "b:", "a:"}, false, true), "a[0 1 3] b[2]");
  EXPECT_FALSE(arrangement_.reduced());
}

TEST_F(ArrangementTest, TheLastOfAKeyWinsAndRowsAreSortedByKey) {
  EXPECT_EQ(Arrange({"a:z", "a:x", "a:y", "a:x"}, true, true), "a[3 2 0]");
  EXPECT_TRUE(arrangement_.reduced());
  EXPECT_EQ(Arrange({"a:z", "a:x"}, true, true), "a[1 0]");
  EXPECT_FALSE(arrangement_.reduced());
}

TEST_F(ArrangementTest, OtherColumnsForAKeyComeAfterwards) {
  EXPECT_EQ(Arrange({"a:x", "b:x", "a:y"}, true, true), "a[0] b[1] a[2]");
  EXPECT_EQ(Arrange({"a:x", "b:y", "a:z", "b:w"}, true, true), "a[0 2] b[3 1]");
}

TEST_F(ArrangementTest, ADeleteBeatsWhatCameBeforeAndStandsBeforeWhatComesAfter) {
  EXPECT_EQ(Arrange({"a:x", "-:x"}, true, true), "-[1]");
  EXPECT_EQ(Arrange({"-:x", "a:x"}, true, true), "-[0] a[1]");
  EXPECT_EQ(Arrange({"a:x", "-:x", "a:x", "-:x", "a:x"}, true, true), "-[1] a[4]");
  EXPECT_EQ(Arrange({"a:x", "-:y", "a:z", "-:x"}, true, true), "-[3 1] a[2]");
  EXPECT_EQ(Arrange({"-:x", "-:x"}, true, true), "-[0]");
}

TEST_F(ArrangementTest, WithoutReductionEachRecordIsThereInOrder) {
  EXPECT_EQ(Arrange({"a:x", "a:x", "a:y"}, true, false), "a[0] a[1 2]");
  EXPECT_EQ(Arrange({"a:x", "-:x", "a:x"}, true, false), "a[0] -[1] a[2]");
  EXPECT_EQ(Arrange({"-:x", "-:x"}, true, false), "-[0] -[1]");
  EXPECT_FALSE(arrangement_.reduced());
}

TEST_F(ArrangementTest, ManyKeys) {
  std::vector<std::string> records;
  for (int i = 0; i < 5000; ++i) records.push_back("a:" + std::to_string(i % 1000 + 1000));
  arrangement_.Begin(true, true);
  for (uint32_t i = 0; i < records.size(); ++i) arrangement_.Add(a_, i, records[i].substr(2));
  const std::vector<Group*> groups = arrangement_.Finish();
  ASSERT_EQ(groups.size(), 1u);
  ASSERT_EQ(groups[0]->rows.size(), 1000u);
  for (uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(groups[0]->rows[i], 4000 + i);
}

}  // namespace
}  // namespace sluice::postgres::sink

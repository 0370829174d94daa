#include "runtime/transform/field_path.h"

#include <gtest/gtest.h>

#include "runtime/base/text.h"

namespace sluice::transform {
namespace {

// The steps between bars, or the error.
std::string Steps(std::string_view text) {
  StatusOr<FieldPath> path = FieldPath::V2(text);
  return path.ok() ? StrJoin(path->steps(), "|") : std::string(Message(path.status()));
}

TEST(FieldPath, V1TakesTheTextAsAName) {
  EXPECT_EQ(FieldPath::V1("a.`b`").steps(), std::vector<std::string>{"a.`b`"});
}

TEST(FieldPath, V2) {
  EXPECT_EQ(Steps("a"), "a");
  EXPECT_EQ(Steps("a.b.c"), "a|b|c");
  EXPECT_EQ(Steps("`a.b`"), "a.b");
  EXPECT_EQ(Steps("`a.b`.c"), "a.b|c");
  EXPECT_EQ(Steps("a.`b.c`.d"), "a|b.c|d");
  EXPECT_EQ(Steps("a.`b.c`"), "a|b.c");
  EXPECT_EQ(Steps("a`b.c"), "a`b|c");        // only at the beginning of a name
  EXPECT_EQ(Steps("`a`b.c`"), "a`b.c");      // a backtick that no dot follows is the name's
  EXPECT_EQ(Steps("`a\\`.b`.c"), "a`.b|c");  // one that a dot follows needs a backslash
  EXPECT_EQ(Steps("a."), "a|");
  EXPECT_EQ(Steps(".a"), "|a");
  EXPECT_EQ(Steps("a..b"), "a||b");
  EXPECT_EQ(Steps("``"), "");
  EXPECT_EQ(Steps(""), "");
}

TEST(FieldPath, V2IncompletePairs) {
  const auto error = [](std::string_view path, int at) {
    return StrCat("Incomplete backtick pair in path: [", path,
                  "], consider adding a backslash before backtick at position ", at,
                  " to escape it");
  };
  EXPECT_EQ(Steps("`a"), error("`a", 0));
  EXPECT_EQ(Steps("a.`b.c"), error("a.`b.c", 2));
  EXPECT_EQ(Steps("`a\\`"), error("`a\\`", 0));
  EXPECT_EQ(Steps("`"), error("`", 0));
}

}  // namespace
}  // namespace sluice::transform

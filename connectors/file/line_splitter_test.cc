#include "connectors/file/line_splitter.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::file {
namespace {

// Lines between bars, then what they took.
std::string Split(std::string_view text) {
  LineSplitter lines(text);
  std::string out;
  while (auto line = lines.Next()) out += std::string(*line) + "|";
  return out + std::to_string(lines.consumed());
}

TEST(LineSplitter, TakesAllThreeLineEnds) {
  EXPECT_EQ(Split("a\nb\n"), "a|b|4");
  EXPECT_EQ(Split("a\r\nb\r\n"), "a|b|6");
  EXPECT_EQ(Split("a\rb\rc"), "a|b|4");
  EXPECT_EQ(Split("a\n\n\r\n\r\rb\n"), "a|||||b|9");
  EXPECT_EQ(Split("\n"), "|1");
}

TEST(LineSplitter, LeavesWhatIsNotWhole) {
  EXPECT_EQ(Split(""), "0");
  EXPECT_EQ(Split("abc"), "0");
  EXPECT_EQ(Split("a\nbc"), "a|2");
  EXPECT_EQ(Split("a\nbc\r"), "a|2");  // perhaps half of \r\n
  EXPECT_EQ(Split("\r"), "0");
}

TEST(LineSplitter, MixesThem) {
  EXPECT_EQ(Split("a\rb\nc\r\nd\re\n"), "a|b|c|d|e|11");
  std::string text, expected;
  for (int i = 0; i < 1000; ++i) {
    text += std::to_string(i) + (i % 3 == 0 ? "\n" : i % 3 == 1 ? "\r\n" : "\r");
    expected += std::to_string(i) + "|";
  }
  text += "end\n";
  EXPECT_EQ(Split(text), expected + "end|" + std::to_string(text.size()));
}

TEST(LineSplitter, RestIsTheLastLine) {
  for (std::string_view text : {"a\nbc", "a\nbc\r"}) {
    LineSplitter lines(text);
    EXPECT_EQ(lines.Next(), "a");
    EXPECT_EQ(lines.Next(), std::nullopt);
    EXPECT_EQ(lines.Rest(), "bc");
    EXPECT_EQ(lines.consumed(), text.size());
    EXPECT_EQ(lines.Rest(), std::nullopt);
  }
}

TEST(LineSplitter, KeepsZeroBytes) {
  const std::string text("a\0b\n", 4);
  LineSplitter lines(text);
  EXPECT_EQ(lines.Next(), std::string_view("a\0b", 3));
}

}  // namespace
}  // namespace sluice::file

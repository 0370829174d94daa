#include "runtime/convert/charset.h"

#include <string>

#include "gtest/gtest.h"

namespace sluice::convert {
namespace {

class CharsetTest : public ::testing::Test {
 protected:
  std::string Encode(std::string_view name, std::string_view text) {
    auto charset = FindCharset(name);
    return charset.ok() ? std::string((*charset)->Encode(text, arena_)) : "none";
  }
  std::string Decode(std::string_view name, std::string_view bytes) {
    auto charset = FindCharset(name);
    return charset.ok() ? std::string((*charset)->Decode(bytes, arena_)) : "none";
  }
  abi::Arena arena_;
};

TEST_F(CharsetTest, Utf8IsNotCopiedUnlessItIsMalformed) {
  auto charset = FindCharset("utf8");
  ASSERT_TRUE(charset.ok());
  const std::string_view text = "gr\xC3\xBC\xC3\x9F";
  EXPECT_EQ((*charset)->Encode(text, arena_).data(), text.data());
  EXPECT_EQ((*charset)->Decode(text, arena_).data(), text.data());
  EXPECT_EQ((*charset)->Decode("a\xFF", arena_), "a\xEF\xBF\xBD");
}

TEST_F(CharsetTest, OtherCharacterSets) {
  EXPECT_EQ(Encode("ISO-8859-1", "gr\xC3\xBC\xE2\x82\xAC"), "gr\xFC?");
  EXPECT_EQ(Decode("latin1", "gr\xFC"), "gr\xC3\xBC");
  EXPECT_EQ(Encode("US-ASCII", "\xC3\xBC\xF0\x9F\x98\x80z"), "??z");
  EXPECT_EQ(Encode("UTF-16", "a"), std::string("\xFE\xFF\0a", 4));
  EXPECT_EQ(Encode("UTF-16", ""), "");
  EXPECT_EQ(Decode("UTF-16", {"\xFF\xFE"
                              "a\0",
                              4}),
            "a");
  EXPECT_EQ(Decode("UTF-16LE", {"a\0b", 3}), "a\xEF\xBF\xBD");
  EXPECT_EQ(Encode("windows-1252", "\xE2\x82\xAC"), "\x80");
}

TEST_F(CharsetTest, LongTexts) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "\xC3\xBC";
  EXPECT_EQ(Encode("ISO-8859-1", text), std::string(5000, '\xFC'));
  EXPECT_EQ(Decode("ISO-8859-1", std::string(5000, '\xFC')), text);
}

TEST_F(CharsetTest, UnknownNames) {
  for (const char* name : {"", "klingon", "UTF-8//TRANSLIT"}) {
    EXPECT_FALSE(FindCharset(name).ok()) << name;
  }
}

}  // namespace
}  // namespace sluice::convert

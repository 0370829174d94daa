#include "runtime/config/config_def.h"

#include "gtest/gtest.h"
#include "runtime/base/text.h"

namespace sluice::config {
namespace {

using enum ConfigType;

// The value as REST shows it, or the error.
std::string Shown(ConfigType type, std::string_view text) {
  auto value = ParseConfigValue("k", text, type);
  if (!value.ok()) return std::string(Message(value.status()));
  return ConfigValueText(*value, type).value_or("null");
}

TEST(ConfigValueTest, ParsesAsJava) {
  const std::string not_int = " for configuration k: Not a number of type INT";
  struct Case {
    ConfigType type;
    std::string text, expected;
  };
  const Case cases[] = {
      {kBoolean, " TRUE ", "true"},
      {kBoolean, "yes",
       "Invalid value yes for configuration k: Expected value to be either true or false"},
      {kInt, " 12 ", "12"},
      {kInt, "+5", "5"},
      {kInt, "-0", "0"},
      {kInt, "abc", "Invalid value abc" + not_int},
      {kInt, "", "Invalid value " + not_int},
      {kInt, "99999999999", "Invalid value 99999999999" + not_int},
      {kInt, "1.5", "Invalid value 1.5" + not_int},
      {kShort, "32768", "Invalid value 32768 for configuration k: Not a number of type SHORT"},
      {kLong, "99999999999", "99999999999"},
      {kDouble, "1e5", "100000.0"},
      {kDouble, "1.50d", "1.5"},
      {kDouble, "0x1p3", "8.0"},
      {kDouble, "-Infinity", "-Infinity"},
      {kDouble, "NaN", "NaN"},
      {kDouble, "inf", "Invalid value inf for configuration k: Not a number of type DOUBLE"},
      {kDouble, "", "Invalid value  for configuration k: Not a number of type DOUBLE"},
      {kList, " a , b ", "a,b"},
      {kList, "  ", ""},
      {kList, "a,", "a,"},
      {kString, "  x ", "x"},
      {kPassword, "p", "[hidden]"},
      {kClass, "x.Y", "x.Y"},
      {kClass, "", "Invalid value  for configuration k: Class  could not be found."},
  };
  for (const Case& c : cases) EXPECT_EQ(Shown(c.type, c.text), c.expected);
}

// What a validator says of one text; "ok" if nothing. "null" stands for null.
std::string Verdict(ConfigType type, Validator validator, std::string_view text) {
  const ConfigKey key{.name = "k", .type = type, .validator = std::move(validator)};
  ParsedValue value;
  if (text != "null") value = *ParseConfigValue("k", text, type);
  const Status status = CheckConfigValue(key, value);
  if (status.ok()) return "ok";
  std::string message(Message(status));
  const std::string prefix = "for configuration k: ";
  const size_t at = message.find(prefix);
  return at == std::string::npos ? message : message.substr(at + prefix.size());
}

TEST(ConfigValueTest, ValidatorsHaveJavasWords) {
  EXPECT_EQ(Verdict(kInt, Validator::AtLeast(1), "1"), "ok");
  EXPECT_EQ(Verdict(kInt, Validator::AtLeast(1), "0"), "Value must be at least 1");
  EXPECT_EQ(Verdict(kInt, Validator::AtLeast(1), "null"), "Value must be non-null");
  EXPECT_EQ(Verdict(kDouble, Validator::Between(0.5, 1), "2"), "Value must be no more than 1.0");
  EXPECT_EQ(Verdict(kDouble, Validator::Between(0.5, 1), "0.1"), "Value must be at least 0.5");
  EXPECT_EQ(Verdict(kString, Validator::OneOf({"a", "b"}), "A"), "String must be one of: a, b");
  EXPECT_EQ(Verdict(kString, Validator::OneOf({"a", "b"}), "null"), "String must be one of: a, b");
  EXPECT_EQ(Verdict(kString, Validator::OneOfIgnoreCase({"a", "b"}), "A"), "ok");
  EXPECT_EQ(Verdict(kString, Validator::OneOfIgnoreCase({"a", "b"}), "c"),
            "String must be one of (case insensitive): A, B");
  EXPECT_EQ(Verdict(kString, Validator::NonEmpty(), ""), "String must be non-empty");
  EXPECT_EQ(Verdict(kString, Validator::NonEmpty(), "null"), "ok");
  EXPECT_EQ(Verdict(kString, Validator::Name(), " "), "String may not be empty");
  EXPECT_EQ(Verdict(kString, Validator::Name(),
                    "a\x01"
                    "b\x7F"),
            "String may not contain control sequences but had the following ASCII chars: 1, 127");
  EXPECT_EQ(Verdict(kString, Validator::Name(), "\xC3\xA4"), "ok");
  EXPECT_EQ(Verdict(kList, Validator::Unique(), "a,a"), "Duplicate alias provided.");
  EXPECT_EQ(Verdict(kList, Validator::Unique(), "null"), "entry must be non null");
  EXPECT_EQ(Verdict(kList, Validator::List(true), ""), "ok");
  EXPECT_EQ(Verdict(kList, Validator::List(false), ""),
            "Configuration 'k' must not be empty. Valid values include: any non-empty value");
  EXPECT_EQ(Verdict(kList, Validator::List(true), "a,,b"),
            "Configuration 'k' values must not be empty.");
  EXPECT_EQ(Verdict(kList, Validator::List(true), "a,a"),
            "Configuration 'k' values must not be duplicated.");
  EXPECT_EQ(Verdict(kList, Validator::List(true), "null"),
            "Configuration 'k' values must not be null.");
  EXPECT_EQ(Verdict(kString, Validator::Regex(), "a.*"), "ok");
  EXPECT_EQ(Verdict(kString, Validator::Regex(), "[").substr(0, 15), "Invalid regex: ");
  const auto even = Validator::Custom([](std::string_view text) -> std::optional<std::string> {
    if (text.size() % 2 == 0) return std::nullopt;
    return "odd";
  });
  EXPECT_EQ(Verdict(kString, even, "abc"), "odd");
  EXPECT_EQ(Verdict(kString, even, "ab"), "ok");
}

ConfigDef Sample() {
  ConfigDef def;
  def.Add({.name = "topic", .required = true, .group = "G"});
  def.Add(
      {.name = "size", .type = kInt, .default_value = "10", .validator = Validator::AtLeast(1)});
  def.Add({.name = "list", .type = kList, .default_value = "", .validator = Validator::List(true)});
  def.Add({.name = "note", .group = "G"});
  return def;
}

TEST(ConfigDefTest, ParsesToTypedValues) {
  auto parsed = Sample().Parse({{"topic", "t"}, {"list", "b,a,b"}, {"unknown", "x"}});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->Text("topic"), "t");
  EXPECT_EQ(parsed->Int("size"), 10);
  EXPECT_EQ(parsed->List("list"), (ConfigList{"b", "a"}));  // repeated elements are dropped
  EXPECT_TRUE(parsed->IsNull("note"));
  EXPECT_EQ(parsed->Text("note"), "");
  EXPECT_FALSE(parsed->OptionalText("note"));
}

TEST(ConfigDefTest, ParseEndsAtTheFirstError) {
  EXPECT_EQ(Message(Sample().Parse({{"size", "0"}}).status()),
            "Missing required configuration \"topic\" which has no default value.");
  EXPECT_EQ(Message(Sample().Parse({{"topic", "t"}, {"size", "0"}}).status()),
            "Invalid value 0 for configuration size: Value must be at least 1");
}

TEST(ConfigDefTest, ValidateTellsAll) {
  const auto values = Sample().Validate({{"size", "x"}, {"list", "a,a"}}, {"note"});
  ASSERT_EQ(values.size(), 4u);
  EXPECT_EQ(values[0].errors,
            (std::vector<std::string>{
                "Missing required configuration \"topic\" which has no default value."}));
  EXPECT_EQ(values[1].errors,
            (std::vector<std::string>{
                "Invalid value x for configuration size: Not a number of type INT",
                "Invalid value null for configuration size: Value must be non-null"}));
  EXPECT_FALSE(values[1].value);
  EXPECT_EQ(values[2].errors.size(), 1u);
  EXPECT_TRUE(values[3].errors.empty());
  EXPECT_EQ(Sample().Groups(), (std::vector<std::string>{"G"}));
}

}  // namespace
}  // namespace sluice::config

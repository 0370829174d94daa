#include "tests/conformance/profile.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "runtime/base/text.h"

namespace sluice::conformance {
namespace {

StatusOr<std::map<std::string, Profile>> Read(const std::string& json) {
  const std::string file = std::string(std::getenv("TEST_TMPDIR")) + "/profile.json";
  std::ofstream(file) << json;
  return ReadProfiles(file);
}

TEST(ProfileTest, AllMembers) {
  const auto profiles = Read(R"({"S": {"config": {"a": "x", "b": 5, "c": true}, "required": ["a"],
      "refused": {"b": "-1"}, "prepare": "p", "service": "s", "read": "r", "outage": "o",
      "mend": "m", "records": 7, "repeats": true, "exactly_once": true, "key": "${n}",
      "value": {"n": "${n}"}, "bad": [null, "x"], "memory_mb": 3, "deadline_s": 9}})");
  ASSERT_TRUE(profiles.ok()) << profiles.status();
  const Profile& s = profiles->at("S");
  EXPECT_EQ(s.config, (Profile::Settings{{"a", "x"}, {"b", "5"}, {"c", "true"}}));
  EXPECT_EQ(s.required, std::vector<std::string>{"a"});
  EXPECT_EQ(s.refused, (Profile::Settings{{"b", "-1"}}));
  EXPECT_EQ(StrCat(s.prepare, s.service, s.read, s.outage, s.mend), "psrom");
  EXPECT_EQ(s.records, 7);
  EXPECT_TRUE(s.repeats && s.exactly_once);
  EXPECT_EQ(s.key, R"("${n}")");
  EXPECT_EQ(s.value, R"({"n":"${n}"})");
  EXPECT_EQ(s.bad, (std::vector<std::string>{"null", "\"x\""}));
  EXPECT_EQ(s.memory_mb, 3);
  EXPECT_EQ(s.deadline_s, 9);
}

TEST(ProfileTest, ErrorsNameTheClassAndTheMember) {
  const std::pair<const char*, const char*> table[] = {
      {"[]", "should be an object of classes"},
      {R"({"S": 1})", "\"S\" should be an object"},
      {R"({"S": {"record": 1}})", "S: \"record\" is no member of a profile"},
      {R"({"S": {"records": -1}})", "\"records\" should be a whole number, 0 or more"},
      {R"({"S": {"config": {"a": []}}})", "\"a\" should be a text, a number or a truth value"},
      {R"({"S": {"bad": "x"}})", "\"bad\" should be a list"},
      {R"({"S": {"required": [1]}})", "\"required\" should be a list of keys"},
      {R"({"S": {"repeats": 1}})", "\"repeats\" should be true or false"},
      {R"({"S": {"read": 1}})", "\"read\" should be a text"},
      {R"({"S": {"outage": "x"}})", "\"outage\" and \"mend\" go together"},
      {R"({"S": )", "profile.json"}};
  for (const auto& [json, text] : table) {
    const Status status = Read(json).status();
    EXPECT_NE(Message(status).find(text), std::string_view::npos) << json << ": " << status;
  }
}

TEST(ProfileTest, Variables) {
  const auto find = [](std::string_view name) -> std::optional<std::string> {
    if (name == "dir") return "/d";
    return std::nullopt;
  };
  EXPECT_EQ(*Expand("${dir}/a${dir}", find), "/d/a/d");
  EXPECT_EQ(*Expand("$dir ${", find), "$dir ${");
  EXPECT_FALSE(Expand("${other}", find).ok());
}

TEST(ProfileTest, Numbers) {
  EXPECT_EQ(WithNumber(R"({"id":"${n}","text":"pen ${n}","n":"${n}"})", 12),
            R"({"id":12,"text":"pen 12","n":12})");
  EXPECT_EQ(WithNumber("\"${n} and ${n}\"", 3), "\"3 and 3\"");
}

}  // namespace
}  // namespace sluice::conformance

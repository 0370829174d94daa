#include "connectors/http/template.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace sluice::http {
namespace {

std::string Expanded(std::string_view text) {
  std::string out;
  Template::Parse(text).Expand(out, [](const Template::Variable& variable, std::string& to) {
    to += "<" + variable.form + "|" + variable.name;
    for (const std::string& part : variable.path) to += "/" + part;
    to += ">";
  });
  return out;
}

TEST(TemplateTest, VariablesAreFound) {
  EXPECT_EQ(Expanded("a${b}c"), "a<|b>c");
  EXPECT_EQ(Expanded("${topic}${key.a.b}"), "<|topic><|key/a/b>");
  EXPECT_EQ(Expanded("{\"id\": ${json:value.id}}"), "{\"id\": <json|value/id>}");
  EXPECT_EQ(Expanded("${header.a.b:c}"), "<|header/a.b:c>");
  EXPECT_EQ(Expanded("$5 and $ {x} and }"), "$5 and $ {x} and }");
  EXPECT_EQ(Expanded(""), "");
}

TEST(TemplateTest, WhatIsFixedIsKnown) {
  EXPECT_TRUE(Template::Parse("plain").fixed());
  EXPECT_FALSE(Template::Parse("${a}").fixed());
  EXPECT_TRUE(Template::Parse("${a.b}").Uses("a"));
  EXPECT_FALSE(Template::Parse("${a.b}").Uses("b"));
}

TEST(TemplateTest, MistakesAreRefused) {
  for (const char* bad : {"${", "a${b", "${}", "${json:}", "${a.}", "${a..b}"}) {
    EXPECT_THROW(Template::Parse(bad), std::invalid_argument) << bad;
  }
}

}  // namespace
}  // namespace sluice::http

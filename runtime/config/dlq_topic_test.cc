#include "runtime/config/dlq_topic.h"

#include <gtest/gtest.h>

#include "runtime/base/text.h"

namespace sluice::config {
namespace {

TEST(DlqTopic, IsANameOrMadeOfVariables) {
  struct Case {
    std::string_view text, name;
    bool fixed;
  };
  for (const Case& c :
       {Case{"dead", "dead", true}, Case{"${connector}-dlq", "my_sink-dlq", true},
        Case{"${topic}.dlq", "orders.dlq", false},
        Case{"dlq-${stage}", "dlq-VALUE_CONVERTER", false},
        Case{"${connector}.${topic}.${stage}", "my_sink.orders.VALUE_CONVERTER", false},
        Case{"a$b", "", true}}) {
    const auto parsed = DlqTopic::Parse(c.text, "my sink");
    if (c.name.empty()) {
      EXPECT_FALSE(parsed.ok()) << c.text;
      continue;
    }
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(parsed->Name("orders", "VALUE_CONVERTER"), c.name);
    EXPECT_EQ(parsed->fixed(), c.fixed);
  }
}

TEST(DlqTopic, SaysWhatIsWrong) {
  const auto why = [](std::string_view text) {
    return std::string(Message(DlqTopic::Parse(text, "c").status()));
  };
  EXPECT_EQ(why("${tpoic}"),
            "Invalid value ${tpoic} for configuration errors.deadletterqueue.topic.name: there is "
            "no variable ${tpoic}; there are ${topic}, ${connector} and ${stage}");
  EXPECT_NE(why("x${topic").find("there is no } for a ${"), std::string::npos);
  EXPECT_NE(why("dead letters").find("' ' is none of them"), std::string::npos);
  EXPECT_NE(why(std::string(250, 'x')).find("at most 249 characters, not 250"), std::string::npos);
  EXPECT_NE(why("..").find("'..' cannot be the name of a topic"), std::string::npos);
}

}  // namespace
}  // namespace sluice::config

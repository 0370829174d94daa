#include "runtime/config/dlq_topic.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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

TEST(DlqTopic, NoInternalTopicIsOne) {
  const std::vector<std::string> storage = {"configs", "offsets"};
  const auto why = [&](std::string_view text, std::string_view topic) {
    const auto dlq = DlqTopic::Parse(text, "c");
    return std::string(Message(CheckNotInternal(*dlq, dlq->Name(topic, "TASK_PUT"), storage)));
  };
  EXPECT_EQ(why("configs", ""),
            "The DLQ topic 'configs' may not be an internal topic of the worker");
  EXPECT_EQ(why("${topic}", "offsets"),
            "The DLQ topic 'offsets' may not be an internal topic of the worker");
  EXPECT_EQ(why("${topic}", "__transaction_state"),
            "The DLQ topic '__transaction_state' may not be an internal topic of Kafka");
  EXPECT_EQ(why("${topic}-x", "__t"),
            "The DLQ topic '__t-x' may not begin with __, as internal topics do; set other text "
            "before the variable");
  EXPECT_EQ(why("__x", ""), "");
  EXPECT_EQ(why("dead.${topic}", "__t"), "");
}

}  // namespace
}  // namespace sluice::config

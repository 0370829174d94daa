#include "runtime/config/listeners.h"

#include "gtest/gtest.h"
#include "runtime/base/text.h"

namespace sluice::config {
namespace {

TEST(ListenersTest, Urls) {
  auto listeners =
      ParseListeners("listeners", {"http://:8083", "https://[::1]:0", "HTTP://a-b.c:80/"});
  ASSERT_TRUE(listeners.ok()) << listeners.status();
  EXPECT_EQ((*listeners)[0].host, "");
  EXPECT_EQ((*listeners)[0].port, 8083);
  EXPECT_TRUE((*listeners)[1].https);
  EXPECT_EQ((*listeners)[1].host, "::1");
  EXPECT_EQ((*listeners)[2].host, "a-b.c");
  for (const char* bad : {"", "http", "http://a", "http://a:", "http://a:b", "http://a:-1",
                          "http://a:65536", "ftp://a:1", "http://a b:1", "http://a/x:1"}) {
    EXPECT_FALSE(ParseListeners("listeners", {bad}).ok()) << bad;
  }
}

TEST(ListenersTest, HeaderRules) {
  auto rules =
      ParseHeaderRules("add X-A: b ,\"set Cache-Control: no-cache, no-store\",setDate Date: 0");
  ASSERT_TRUE(rules.ok()) << rules.status();
  ASSERT_EQ(rules->size(), 3u);
  EXPECT_EQ((*rules)[1].name, "Cache-Control");
  EXPECT_EQ((*rules)[1].value, "no-cache, no-store");
  EXPECT_EQ((*rules)[2].action, HeaderRule::Action::kSetDate);
  EXPECT_TRUE(ParseHeaderRules("")->empty());
  for (const char* bad : {",", "add", "add x", "foo x:y", "add a b:c", "add x:y:z", "add :y",
                          "add x:", "add x:a\nb", "setDate x:soon"}) {
    EXPECT_FALSE(ParseHeaderRules(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace sluice::config

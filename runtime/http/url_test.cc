#include "runtime/http/url.h"

#include "gtest/gtest.h"
#include "runtime/base/text.h"

namespace sluice::http {
namespace {

std::string Parts(std::string_view text) {
  const auto url = ParseUrl(text);
  if (!url.ok()) return std::string(Message(url.status()));
  return StrCat(url->tls ? "tls " : "", url->host, " ", url->port, " ", url->target,
                url->user_info.empty() ? "" : StrCat(" by ", url->user_info));
}

TEST(Url, HasItsParts) {
  EXPECT_EQ(Parts("http://host"), "host 80 /");
  EXPECT_EQ(Parts("https://host/"), "tls host 443 /");
  EXPECT_EQ(Parts("http://host:8083/a/b?c=d#e"), "host 8083 /a/b?c=d");
  EXPECT_EQ(Parts("http://host?c=d"), "host 80 /?c=d");
  EXPECT_EQ(Parts("https://u:p@s@[::1]:8443/x"), "tls ::1 8443 /x by u:p@s");
  EXPECT_EQ(Parts("http://[fe80::1]"), "fe80::1 80 /");
}

TEST(Url, IsToldWhatIsWrongWithIt) {
  EXPECT_EQ(Parts("ftp://host"),
            "it begins with neither http:// nor https://, expected http://host:port/path");
  for (const char* text :
       {"http://", "http://:80", "http://[::1", "http://a]b", "http://[[::1]]"}) {
    EXPECT_EQ(Parts(text), "its host cannot be read, expected http://host:port/path") << text;
  }
  for (const char* text : {"http://h:", "http://h:x", "http://h:0", "http://h:65536", "http://h:-1",
                           "http://[::1]80", "http://a:b:c"}) {
    EXPECT_EQ(Parts(text), "its port cannot be read, expected http://host:port/path") << text;
  }
  for (const char* text : {"http://h/a b", "http://h\n/", "http://h/\x7f"}) {
    EXPECT_EQ(Parts(text),
              "it holds a blank or a control character, "
              "expected http://host:port/path");
  }
}

TEST(Url, TextIsWithoutTheSecret) {
  EXPECT_EQ(ParseUrl("https://u:p@[::1]/x?y")->Text(), "https://[::1]:443/x?y");
  EXPECT_EQ(ParseUrl("http://h:8081")->Text(), "http://h:8081/");
}

}  // namespace
}  // namespace sluice::http

#include "connectors/http/url.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(UrlTest, WhatIsNoHttpUrlIsRefused) {
  for (const char* good :
       {"http://h", "https://h:1/p?q#f", "http://[::1]:8080/", "http://u:p@h/x"}) {
    EXPECT_NO_THROW(CheckUrl(good)) << good;
  }
  for (const char* bad : {"", "h", "/path", "ftp://h/", "file:///etc/passwd", "http://",
                          "http://h:99999/", "http://a b/"}) {
    EXPECT_THROW(CheckUrl(bad), BadUrl) << bad;
  }
}

TEST(UrlTest, WhatIsExpectedIsSaid) {
  for (const char* bad : {"", "x", "h/path", "ftp://h/", "localhost:8080/in", "://h"}) {
    try {
      CheckUrl(bad);
      ADD_FAILURE() << bad;
    } catch (const BadUrl& error) {
      EXPECT_NE(std::string(error.what()).find("expected http:// or https://"), std::string::npos)
          << bad << ": " << error.what();
    }
  }
}

TEST(UrlTest, AnOriginShowsNoSecret) {
  EXPECT_EQ(Origin("https://user:secret@api.example.com/hooks/T000/B000?token=secret"),
            "https://api.example.com:443");
  EXPECT_EQ(Origin("http://h:81/"), "http://h:81");
  EXPECT_EQ(Origin("http://h"), Origin("http://h:80/other"));
}

TEST(UrlTest, ReferencesAreResolved) {
  const std::string base = "https://h/api/items?page=1";
  EXPECT_EQ(Resolve(base, "?page=2"), "https://h/api/items?page=2");
  EXPECT_EQ(Resolve(base, "/v2/items?page=2"), "https://h/v2/items?page=2");
  EXPECT_EQ(Resolve(base, "more"), "https://h/api/more");
  EXPECT_EQ(Resolve(base, "https://other/x"), "https://other/x");
  EXPECT_THROW(Resolve(base, "file:///etc/passwd"), BadUrl);
}

TEST(UrlTest, ParametersComeBehindTheQuery) {
  EXPECT_EQ(WithQuery("http://h/p", "a=1&b=%20"), "http://h/p?a=1&b=%20");
  EXPECT_EQ(WithQuery("http://h/p?x=y", "a=1"), "http://h/p?x=y&a=1");
  EXPECT_EQ(WithQuery("http://h/p?x=y", ""), "http://h/p?x=y");
  EXPECT_EQ(WithQuery("http://h?#f?", "a=%2F"), "http://h?a=%2F");
  EXPECT_THROW(WithQuery("h", "a=1"), BadUrl);
}

TEST(UrlTest, ParametersAreTakenOutByNameAndValue) {
  EXPECT_EQ(PathAndQuery("http://h/p?key=s&page=%2F&key=t&x", {{"key", "s"}}),
            "/p?page=%2F&key=t&x");
  EXPECT_EQ(PathAndQuery("http://h/p?key=s", {{"key", "s"}}), "/p");
  EXPECT_EQ(PathAndQuery("http://u:p@h:1/a/b?c=d#e"), "/a/b?c=d");
  EXPECT_EQ(PathAndQuery("http://h"), "/");
  EXPECT_EQ(SplitQuery("a=1&&b&c=x=y"), (Parameters{{"a", "1"}, {"b", ""}, {"c", "x=y"}}));
}

}  // namespace
}  // namespace sluice::http

#include "connectors/shared/shown_url.h"

#include <gtest/gtest.h>

namespace sluice::shared {
namespace {

TEST(ShownUrlTest, SchemeHostAndPortAreShown) {
  const struct {
    const char *url, *shown;
  } cases[] = {
      {"http://h", "http://h"},
      {"ftp://h/", "ftp://h"},
      {"https://h:8443/hooks/secret?token=secret", "https://h:8443/***"},
      {"https://h?token=secret", "https://h?***"},
      {"https://me:secret@h:1/x", "https://***@h:1/***"},
      {"postgresql://me:se@cret@h/o", "postgresql://***@h/***"},
      {"postgresql://me:se/cret@h/o", "postgresql://***"},
      {"https://h/p?mail=a@secret", "https://***"},
      {"jdbc:postgresql://a:x,b/orders?password=secret", "jdbc:postgresql://a:x,b/***"},
      {"jdbc:sqlserver://h:1;user=sa;password=secret", "jdbc:sqlserver://h:1;***"},
      {"jdbc:oracle:thin:scott/secret@//h:1521/o", "jdbc:oracle:***"},
      {"jdbc:postgresql:me:secret@h/o", "jdbc:postgresql:***"},
      {"jdbc:secret", "***"},
      {"secret", "***"},
      {"me:secret@h", "***"},
      {"/secret?x=http://h", "***"},
      {"", "***"},
  };
  for (const auto& one : cases) EXPECT_EQ(ShownUrl(one.url), one.shown) << one.url;
}

}  // namespace
}  // namespace sluice::shared

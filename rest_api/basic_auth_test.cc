#include "rest_api/basic_auth.h"

#include <gtest/gtest.h>

#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

using Users = std::vector<std::pair<std::string, std::string>>;

TEST(BasicAuth, PermitsWhoKnowsHisPassword) {
  const BasicAuth auth(Users{{"alice", "secret"}, {"bob", "pa:ss"}, {"empty", ""}});
  const auto permits = [&](std::string_view credentials) {
    return auth.Permits(StrCat("Basic ", Base64Encode(credentials)));
  };
  for (const char* good : {"alice:secret", "bob:pa:ss", "empty:"})
    EXPECT_TRUE(permits(good)) << good;
  for (const char* bad : {"alice:Secret", "alice:secret ", "alice:", "alice", "bob:pa", ":secret",
                          "", "mallory:secret", "alic:esecret", "alice:pa:ss", "empty"}) {
    EXPECT_FALSE(permits(bad)) << bad;
  }
}

TEST(BasicAuth, ReadsTheHeader) {
  const BasicAuth auth(Users{{"alice", "secret"}});
  const std::string good = Base64Encode("alice:secret");
  EXPECT_TRUE(auth.Permits(StrCat("basic ", good)));
  EXPECT_TRUE(auth.Permits(StrCat("Basic  ", good)));
  for (const std::string& bad :
       {std::string(), std::string("Basic"), std::string("Basic "), std::string("Basic !!!"),
        StrCat("Bearer ", good), good, StrCat(" Basic ", good), std::string(10'000, 'A')}) {
    EXPECT_FALSE(auth.Permits(bad)) << bad;
  }
  EXPECT_FALSE(BasicAuth(Users{}).Permits(StrCat("Basic ", good)));
}

}  // namespace
}  // namespace sluice::rest_api

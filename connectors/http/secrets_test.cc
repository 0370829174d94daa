#include "connectors/http/secrets.h"

#include <gtest/gtest.h>

#include "connectors/http/text.h"

namespace sluice::http {
namespace {

TEST(SecretsTest, APasswordInTheFormsInWhichItComesBack) {
  Secrets secrets;
  NoteLogin(secrets, "Aladdin", "open sesame");
  EXPECT_EQ(
      Snippet("no open sesame, no open%20sesame, no Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", secrets),
      "no ***, no ***, no Basic ***");
}

TEST(SecretsTest, AValueAndWhatStandsBehindItsBlank) {
  Secrets secrets;
  NoteValue(secrets, "Bearer abcdefgh");
  NoteValue(secrets, "Key ${topic}");
  NoteValue(secrets, "short");
  NoteValue(secrets, "t0ken-${topic}");
  EXPECT_EQ(Snippet("Bearer abcdefgh or abcdefgh is short", secrets), "*** or *** is short");
  EXPECT_EQ(secrets, (Secrets{"Bearer abcdefgh", "abcdefgh"}));
}

TEST(SecretsTest, WhatAUrlMayHold) {
  Secrets secrets;
  NoteUrl(secrets, "https://me:p%40ss@h:443/hooks/T000/B000?key=abc%2Fdefgh&n=1&v=${key}#fragment");
  for (const char* text :
       {"p@ss", "p%40ss", "bWU6cEBzcw==", "/hooks/T000/B000", "abc%2Fdefgh", "abc/defgh"}) {
    EXPECT_EQ(Snippet(text, secrets), "***") << text;
  }
  EXPECT_EQ(Snippet("/hooks/T000/B000?key=abc%2Fdefgh&n=1", secrets), "***?key=***&n=1");
  secrets.clear();
  NoteUrl(secrets, "https://t0ken-t0ken@h/hooks/T000/${key}/x?n=1");
  EXPECT_EQ(Snippet("t0ken-t0ken has no /hooks/T000/7/x at h", secrets), "*** has no ***7/x at h");
  secrets.clear();
  NoteUrl(secrets, "http://h");
  EXPECT_TRUE(secrets.empty());
}

}  // namespace
}  // namespace sluice::http

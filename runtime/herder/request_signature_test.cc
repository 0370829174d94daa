#include "runtime/herder/request_signature.h"

#include <gtest/gtest.h>

#include "runtime/base/text.h"

namespace sluice::herder {
namespace {

const std::vector<std::string> kAccepted{"HmacSHA256"};

SignedRequest Signed(std::string_view body, std::string_view key) {
  return {std::string(body), Base64Encode(*RequestMac("HmacSHA256", key, body)), "HmacSHA256"};
}

TEST(RequestMac, IsTheStandardsOne) {  // RFC 4231, test case 2
  EXPECT_EQ(Base64Encode(*RequestMac("HmacSHA256", "Jefe", "what do ya want for nothing?")),
            "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
  EXPECT_FALSE(RequestMac("Bogus", "k", "b"));
}

TEST(CheckSignature, TakesTheRightOne) {
  const storage::SessionKey key{"secret", "HmacSHA256", 0};
  EXPECT_TRUE(CheckSignature(Signed("[]", "secret"), kAccepted, &key).ok());
  EXPECT_TRUE(CheckSignature(Signed("", "secret"), kAccepted, &key).ok());
}

TEST(CheckSignature, SaysWhatIsWrong) {
  const storage::SessionKey key{"secret", "HmacSHA256", 0};
  SignedRequest moved = Signed("[]", "secret");
  moved.body = "[{}]";
  const auto with = [](std::string signature, std::string algorithm) {
    return SignedRequest{"[]", std::move(signature), std::move(algorithm)};
  };
  const std::pair<SignedRequest, const char*> cases[] = {
      {{"[]", std::nullopt, "HmacSHA256"}, "Internal request missing required signature"},
      {{"[]", "AAAA", std::nullopt}, "Internal request missing required signature"},
      {with("AAAA", "Bogus"), "Algorithm Bogus not available"},
      {with("!!!!", "HmacSHA256"), "Illegal base64 character 21"},
      {with("A", "HmacSHA256"), "The signature is not base64: its length or its padding"},
      {with("AAAA", "HmacMD5"), "This worker does not support the 'HmacMD5' key signing"},
      {with("AAAA", "HmacSHA256"), "Internal request contained invalid signature."},
      {Signed("[]", "other"), "Internal request contained invalid signature."},
      {moved, "Internal request contained invalid signature."},
  };
  for (const auto& [request, text] : cases) {
    const Status status = CheckSignature(request, kAccepted, &key);
    EXPECT_EQ(Message(status).find(text), 0u) << Message(status);
  }
  EXPECT_EQ(CheckSignature(with("AAAA", "HmacSHA256"), kAccepted, nullptr).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CheckSignature(moved, kAccepted, &key).code(), absl::StatusCode::kPermissionDenied);
}

TEST(NewSessionKey, IsRandomAndAsLongAsAsked) {
  const auto key = NewSessionKey("HmacSHA256", std::nullopt, 7);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->key.size(), 32u);
  EXPECT_EQ(key->created_ms, 7);
  EXPECT_NE(key->key, NewSessionKey("HmacSHA256", std::nullopt, 7)->key);
  EXPECT_EQ(NewSessionKey("HmacSHA1", 128, 7)->key.size(), 16u);
  EXPECT_FALSE(NewSessionKey("Bogus", std::nullopt, 7).ok());
}

}  // namespace
}  // namespace sluice::herder

#include "runtime/cluster/sasl_oauth.h"

#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::cluster {
namespace {

constexpr char kSeparator = '\x01';

class OAuthSession : public SaslSession {
 public:
  explicit OAuthSession(std::shared_ptr<oauth::TokenSource> tokens) : tokens_(std::move(tokens)) {}

  StatusOr<std::string> Begin() override {
    SLUICE_ASSIGN_OR_RETURN(const oauth::Token token, tokens_->Next());
    std::string text = StrCat("n,,", kSeparator, "auth=Bearer ", token.value, kSeparator);
    for (const auto& [name, value] : tokens_->extensions()) {
      StrAppend(text, name, "=", value, kSeparator);
    }
    return StrCat(text, kSeparator);
  }
  // Nothing is said to a token that is accepted; to a refusal, that it has been heard: the broker
  // then tells it as an error.
  StatusOr<std::string> Answer(std::string_view challenge) override {
    done_ = true;
    return challenge.empty() ? std::string() : std::string(1, kSeparator);
  }
  bool done() const override { return done_; }

 private:
  const std::shared_ptr<oauth::TokenSource> tokens_;
  bool done_ = false;
};

class OAuthMechanism : public SaslMechanism {
 public:
  explicit OAuthMechanism(std::shared_ptr<oauth::TokenSource> tokens)
      : tokens_(std::move(tokens)) {}
  const std::string& name() const override { return name_; }
  bool blocks() const override { return true; }
  StatusOr<std::unique_ptr<SaslSession>> NewSession(const std::string&) const override {
    return std::unique_ptr<SaslSession>(std::make_unique<OAuthSession>(tokens_));
  }

 private:
  const std::string name_ = "OAUTHBEARER";
  const std::shared_ptr<oauth::TokenSource> tokens_;
};

}  // namespace

std::shared_ptr<const SaslMechanism> NewOAuthMechanism(std::shared_ptr<oauth::TokenSource> tokens) {
  return std::make_shared<OAuthMechanism>(std::move(tokens));
}

}  // namespace sluice::cluster

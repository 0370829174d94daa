#include "connectors/http/oauth2.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>

#include "connectors/http/text.h"
#include "connectors/http/url.h"
#include "connectors/sdk/errors.h"
#include "connectors/shared/base64.h"
#include "connectors/shared/text.h"

namespace sluice::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Renewed so long before its end, but not before half of its life is over.
constexpr seconds kMargin{60};
constexpr int64_t kLifeMax = 365LL * 86'400;

std::string NameOf(const std::string& url) {
  try {
    return Origin(url);
  } catch (const BadUrl&) {
    return "the token endpoint";
  }
}

// Seconds, which some servers write as text.
std::optional<int64_t> LifeOf(const rapidjson::Document& answer) {
  const auto found = answer.FindMember("expires_in");
  if (found == answer.MemberEnd()) return std::nullopt;
  if (found->value.IsNumber()) {
    return static_cast<int64_t>(
        std::clamp(found->value.GetDouble(), 0.0, static_cast<double>(kLifeMax)));
  }
  if (!found->value.IsString()) return std::nullopt;
  const std::string_view text(found->value.GetString(), found->value.GetStringLength());
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::clamp<int64_t>(number, 0, kLifeMax);
}

// A scheme that the header Authorization can have. Some servers write Bearer in their own way.
std::string TypeOf(const rapidjson::Document& answer) {
  const auto found = answer.FindMember("token_type");
  if (found == answer.MemberEnd() || !found->value.IsString()) return "Bearer";
  const std::string type(found->value.GetString(), found->value.GetStringLength());
  const std::string lower = shared::Lower(type);
  return !IsHeaderName(type) || lower == "bearer" || lower == "bearertoken" ? "Bearer" : type;
}

}  // namespace

const std::string* OAuth2::Token(milliseconds most) {
  if (!token_.empty() && (!renew_at_ || now_() < *renew_at_)) return &token_;
  token_.clear();
  // A request that nobody has asked after for so long counts as one that took too long, though it
  // may have been answered at once.
  constexpr std::chrono::seconds kForgotten{5};
  if (asked_at_ && now_() - *asked_at_ > kForgotten) client_.Cancel();
  if (client_.under_way() == 0) {
    retry_after_.reset();
    client_.Send(0, MakeRequest());
  }
  const std::optional<Client::Done> done = client_.Next(most);
  asked_at_ = now_();
  if (!done) return nullptr;
  Take(done->outcome);
  return &token_;
}

void OAuth2::Refused(const std::string& token) {
  if (token == token_) token_.clear();
}

Request OAuth2::MakeRequest() const {
  std::vector<std::pair<std::string, std::string>> form;
  form.emplace_back(options_.grant_type_property, options_.grant_type);
  if (!options_.scope.empty()) form.emplace_back(options_.scope_property, options_.scope);
  Request request;
  request.method = "POST";
  request.url = options_.token_url;
  request.headers = options_.headers;
  if (options_.in_body) {
    form.emplace_back(options_.client_id_property, options_.client_id);
    form.emplace_back(options_.client_secret_property, options_.client_secret);
  } else {
    SetHeader(request.headers, "Authorization",
              "Basic " + shared::Base64(options_.client_id + ":" + options_.client_secret));
  }
  SetHeader(request.headers, "Content-Type", "application/x-www-form-urlencoded");
  if (FindHeader(request.headers, "Accept") == nullptr) {
    request.headers.emplace_back("Accept", "application/json");
  }
  request.body = FormEncode(form);
  return request;
}

void OAuth2::Take(const Outcome& outcome) {
  const std::string from = NameOf(options_.token_url);
  if (!outcome.answered()) {
    const std::string text = sdk::Cat("No OAuth2 token: ", outcome.error);
    if (outcome.result == Result::kImpossible) throw sdk::ConnectException(text);
    throw sdk::RetriableException(text);
  }
  if (!outcome.ok()) {
    const std::string text = sdk::Cat("No OAuth2 token: ", from, " answered ", outcome.status, ": ",
                                      Snippet(outcome.body, options_.secrets));
    if (outcome.status == 429 || outcome.status == 408 || outcome.status >= 500) {
      retry_after_ = RetryAfterOf(outcome);
      throw sdk::RetriableException(text);
    }
    throw sdk::ConnectException(text);
  }
  rapidjson::Document answer;
  answer.Parse<rapidjson::kParseIterativeFlag>(outcome.body.data(), outcome.body.size());
  if (answer.HasParseError() || !answer.IsObject()) {
    throw sdk::ConnectException("No OAuth2 token: the answer of ", from, " is no JSON object");
  }
  const auto found = answer.FindMember(options_.token_property.c_str());
  if (found == answer.MemberEnd() || !found->value.IsString() ||
      found->value.GetStringLength() == 0) {
    throw sdk::ConnectException("No OAuth2 token: the answer of ", from, " has no text '",
                                options_.token_property, "' (oauth2.response.token.property)");
  }
  const std::string token(found->value.GetString(), found->value.GetStringLength());
  if (!IsHeaderValue(token)) {
    throw sdk::ConnectException("No OAuth2 token: that of ", from, " holds control characters");
  }
  token_ = token;
  token_type_ = TypeOf(answer);
  renew_at_.reset();
  if (const std::optional<int64_t> life = LifeOf(answer)) {
    const seconds whole(*life);
    renew_at_ = now_() + std::max<seconds>(whole - kMargin, whole / 2);
  }
}

}  // namespace sluice::http

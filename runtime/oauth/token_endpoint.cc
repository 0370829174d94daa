#include "runtime/oauth/token_endpoint.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/http/url.h"
#include "runtime/tls/client_context.h"

namespace sluice::oauth {
namespace {

constexpr size_t kAnswerBytesMax = 1 << 20;
constexpr std::string_view kUrlKey = "sasl.oauthbearer.token.endpoint.url";

Status BadUrl(const std::string& url) {
  return ConfigError(StrCat("Invalid value ", url, " for configuration ", kUrlKey,
                            ": expected https://host:port/path, or file:///path"));
}

std::string UrlEncode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::strchr("-_.*", c) != nullptr) {
      out.push_back(c);
    } else if (c == ' ') {
      out.push_back('+');
    } else {
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return out;
}

// Whether another try may do better: not when the request is what is wrong.
bool MayPass(int status) {
  if (status == 408 || status == 429) return true;
  return status >= 500 && status != 501 && status != 505;
}

Status Refused(const http::Response& answer) {
  std::string why;
  if (const auto json = ParseJson(answer.body, 20); json.ok()) {
    const rapidjson::Value* named = FindJsonMember(*json, "error");
    if (named != nullptr && named->IsString()) why = StrCat(" (", JsonText(*named), ")");
  }
  const std::string text = StrCat("it answers with status ", answer.status, why);
  return MayPass(answer.status) ? RetriableError(text) : ConnectError(text);
}

}  // namespace

StatusOr<std::shared_ptr<TokenEndpoint>> TokenEndpoint::Make(const TokenSettings& settings) {
  const StatusOr<http::Url> url = http::ParseUrl(settings.url);
  if (!url.ok() || !url->user_info.empty()) return BadUrl(settings.url);
  auto endpoint = std::make_shared<TokenEndpoint>();
  endpoint->settings_ = settings;
  http::ClientOptions options;
  options.connect_timeout = settings.connect_timeout;
  options.read_timeout = settings.read_timeout;
  options.response_bytes_max = kAnswerBytesMax;
  if (url->tls) {
    std::vector<std::string> notes;
    SLUICE_ASSIGN_OR_RETURN(options.tls, tls::ClientContext::Make(settings.options, notes));
    for (const std::string& note : notes) LogInfo("oauth", "Setting without effect: ", note);
  }
  endpoint->client_ = http::NewClient(std::move(options));
  std::string id = settings.client_id, secret = settings.client_secret;
  if (id.empty() || secret.empty()) {
    return ConfigError(StrCat(kUrlKey,
                              " needs sasl.oauthbearer.client.credentials.client.id and "
                              ".client.secret, or clientId and clientSecret in sasl.jaas.config"));
  }
  if (settings.url_encode) {
    id = UrlEncode(id);
    secret = UrlEncode(secret);
  }
  http::Request& request = endpoint->request_;
  request.method = "POST";
  request.url = settings.url;
  request.headers = {{"Authorization", StrCat("Basic ", Base64Encode(StrCat(id, ":", secret)))},
                     {"Accept", "application/json"},
                     {"Cache-Control", "no-cache"},
                     {"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = "grant_type=client_credentials";
  if (!settings.scope.empty()) StrAppend(request.body, "&scope=", UrlEncode(settings.scope));
  return endpoint;
}

StatusOr<Token> TokenEndpoint::Next() {
  const uint64_t before = answers_;
  MutexLock lock(mutex_);
  if (answers_ != before && !failure_.ok()) return failure_;
  const TimePoint now = std::chrono::steady_clock::now();
  if (!last_.value.empty() && now < renew_at_) return last_;
  auto fetched = FetchPatiently();
  ++answers_;
  failure_ = fetched.status();
  if (!fetched.ok()) {
    const std::string text =
        StrCat("No token from ", settings_.url, " (", kUrlKey, "): ", Message(failure_));
    failure_ = IsRetriable(failure_) ? RetriableError(text) : ConnectError(text);
    return failure_;
  }
  last_ = std::move(fetched->token);
  renew_at_ = now + fetched->life * 4 / 5;
  return last_;
}

StatusOr<TokenEndpoint::Fetched> TokenEndpoint::FetchPatiently() const {
  const TimePoint end = std::chrono::steady_clock::now() + settings_.retry_backoff_max;
  milliseconds backoff = std::max(settings_.retry_backoff, milliseconds(1));
  while (true) {
    auto fetched = Fetch();
    if (fetched.ok() || !IsRetriable(fetched.status())) return fetched;
    const auto left =
        std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) return fetched;
    std::this_thread::sleep_for(std::min(backoff, left));
    backoff *= 2;
  }
}

StatusOr<TokenEndpoint::Fetched> TokenEndpoint::Fetch() const {
  SLUICE_ASSIGN_OR_RETURN(const http::Response answer, http::SendAndWait(*client_, request_));
  if (answer.status != 200) return Refused(answer);
  const auto json = ParseJson(answer.body, 20);
  if (!json.ok()) return ConnectError("the answer is no JSON");
  const rapidjson::Value* token = FindJsonMember(*json, "access_token");
  if (token == nullptr || !token->IsString() || token->GetStringLength() == 0) {
    return ConnectError("the answer has no access_token");
  }
  Fetched fetched;
  fetched.token.value = std::string(JsonText(*token));
  ReadClaims(settings_.subject_claim, fetched.token);
  const int64_t now = Clock::System().WallMillis();
  const rapidjson::Value* life = FindJsonMember(*json, "expires_in");
  if (life != nullptr && life->IsInt() && life->GetInt() > 0) {
    fetched.life = std::chrono::seconds(std::min(life->GetInt(), 86'400));
    fetched.token.expires_at_ms = now + fetched.life.count();
  } else if (fetched.token.expires_at_ms > now) {
    fetched.life = milliseconds(std::min<int64_t>(fetched.token.expires_at_ms - now, 86'400'000));
  }
  return fetched;
}

}  // namespace sluice::oauth

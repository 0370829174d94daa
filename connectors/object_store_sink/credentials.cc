#include "connectors/object_store_sink/credentials.h"

#include <charconv>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "connectors/object_store_sink/store_error.h"
#include "connectors/sdk/errors.h"
#include "connectors/shared/text.h"

namespace sluice::object_store_sink {
namespace {

constexpr int64_t kRenewBefore = 300;  // seconds
constexpr int64_t kTryEvery = 15;      // seconds, while what is known is good

class Static : public CredentialsProvider {
 public:
  explicit Static(Credentials credentials) : credentials_(std::move(credentials)) {}
  const Credentials& Get() override { return credentials_; }

 private:
  const Credentials credentials_;
};

class Chain : public RenewedCredentials {
 public:
  Chain(HttpTransport& http, Environment environment, Clock clock)
      : RenewedCredentials(std::move(clock)), http_(http), environment_(std::move(environment)) {}

 private:
  std::string Variable(const char* name) const {
    const char* value = environment_(name);
    return value == nullptr ? "" : value;
  }

  Credentials Ask() override {
    if (auto found = FromEnvironment()) return *found;
    if (auto found = FromFile()) return *found;
    if (auto found = FromContainer()) return *found;
    if (auto found = FromInstance()) return *found;
    throw StoreError(StoreErrorKind::kFatal,
                     "No credentials: expected aws.access.key.id and aws.secret.access.key, the "
                     "variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ~/.aws/credentials, "
                     "or a container's or an instance's role; found none of them");
  }

  std::optional<Credentials> FromEnvironment() const {
    Credentials out{Variable("AWS_ACCESS_KEY_ID"), Variable("AWS_SECRET_ACCESS_KEY"),
                    Variable("AWS_SESSION_TOKEN")};
    if (out.key_id.empty() || out.secret.empty()) return std::nullopt;
    return out;
  }

  std::optional<Credentials> FromFile() const {
    std::string path = Variable("AWS_SHARED_CREDENTIALS_FILE");
    if (path.empty() && !Variable("HOME").empty()) path = Variable("HOME") + "/.aws/credentials";
    if (path.empty()) return std::nullopt;
    std::string profile = Variable("AWS_PROFILE");
    if (profile.empty()) profile = "default";
    std::ifstream file(path);
    Credentials out;
    bool ours = false;
    for (std::string line; std::getline(file, line);) {
      const std::string_view text = shared::Trimmed(line);
      if (text.starts_with('[')) {
        ours = shared::Trimmed(text.substr(1, text.find(']') - 1)) == profile;
        continue;
      }
      const size_t equals = text.find('=');
      if (!ours || text.starts_with('#') || equals == std::string_view::npos) continue;
      const std::string_view key = shared::Trimmed(text.substr(0, equals));
      const std::string_view value = shared::Trimmed(text.substr(equals + 1));
      if (key == "aws_access_key_id") out.key_id = value;
      if (key == "aws_secret_access_key") out.secret = value;
      if (key == "aws_session_token") out.session_token = value;
    }
    if (out.key_id.empty() || out.secret.empty()) return std::nullopt;
    return out;
  }

  std::optional<Credentials> FromContainer() {
    std::string url = Variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const std::string relative = Variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    if (!relative.empty()) url = "http://169.254.170.2" + relative;
    if (url.empty()) return std::nullopt;
    Headers headers;
    std::string token = Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const std::string file = Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        !file.empty()) {
      std::ifstream in(file);
      std::getline(in, token);
    }
    if (!token.empty()) headers.emplace_back("Authorization", token);
    const HttpResponse answer = http_.Send(Direct("GET", url, headers));
    if (answer.status != 200) Refused("the container's credentials", answer.status);
    return Parse(answer.body);
  }

  // What has answered once is there, and what it says against it passes.
  std::optional<Credentials> FromInstance() {
    std::optional<Credentials> found;
    try {
      found = AskInstance();
    } catch (const StoreError& error) {
      if (!instance_answered_) throw;
      throw StoreError(StoreErrorKind::kTransient, error.what(), error.status());
    }
    if (!found && instance_answered_) {
      throw StoreError(StoreErrorKind::kTransient,
                       "The instance's metadata, which gave credentials before, has none now");
    }
    instance_answered_ = found.has_value();
    return found;
  }

  std::optional<Credentials> AskInstance() {
    if (Variable("AWS_EC2_METADATA_DISABLED") == "true") return std::nullopt;
    const std::string base = "http://169.254.169.254/latest/";
    Headers headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}};
    HttpResponse answer;
    try {
      answer = http_.Send(Direct("PUT", base + "api/token", headers));
    } catch (const StoreError&) {
      return std::nullopt;  // no instance of Amazon's
    }
    if (IsPassing(answer.status)) Refused("the instance's metadata", answer.status);
    if (answer.status != 200) return std::nullopt;
    headers = {{"X-aws-ec2-metadata-token", answer.body}};
    const std::string roles = base + "meta-data/iam/security-credentials/";
    answer = http_.Send(Direct("GET", roles, headers));
    if (answer.status == 404) return std::nullopt;
    if (answer.status != 200) Refused("the instance's role", answer.status);
    const std::string role(shared::Trimmed(answer.body.substr(0, answer.body.find('\n'))));
    answer = http_.Send(Direct("GET", roles + role, headers));
    if (answer.status != 200) Refused("the instance's credentials", answer.status);
    return Parse(answer.body);
  }

  static HttpRequest Direct(std::string method, std::string url, const Headers& headers) {
    HttpRequest request{std::move(method), std::move(url), headers};
    request.direct = true;
    return request;
  }
  static bool IsPassing(int status) { return status >= 500 || status == 429; }
  [[noreturn]] static void Refused(std::string_view what, int status) {
    throw StoreError(IsPassing(status) ? StoreErrorKind::kTransient : StoreErrorKind::kFatal,
                     sdk::Cat("Asking for ", what, ": the answer is ", status));
  }
  static Credentials Parse(std::string_view body) {
    Credentials out{JsonText(body, "AccessKeyId"), JsonText(body, "SecretAccessKey"),
                    JsonText(body, "Token")};
    out.expires_at = ParseUtc(JsonText(body, "Expiration"));
    if (out.key_id.empty() || out.secret.empty()) {
      throw StoreError(StoreErrorKind::kFatal,
                       "Credentials were expected as JSON with AccessKeyId and SecretAccessKey, "
                       "and the answer has none");
    }
    return out;
  }

  HttpTransport& http_;
  const Environment environment_;
  bool instance_answered_ = false;
};

}  // namespace

const Credentials& RenewedCredentials::Get() {
  const int64_t now = clock_();
  const bool good = known_ && (known_->expires_at == 0 || known_->expires_at > now);
  if (good && (known_->expires_at == 0 || known_->expires_at - kRenewBefore > now)) return *known_;
  if (good && now < next_try_) return *known_;
  next_try_ = now + kTryEvery;
  try {
    known_ = Ask();
  } catch (const StoreError&) {
    if (!good) throw;
  }
  return *known_;
}

std::unique_ptr<CredentialsProvider> StaticCredentials(Credentials credentials) {
  return std::make_unique<Static>(std::move(credentials));
}

std::unique_ptr<CredentialsProvider> ChainCredentials(HttpTransport& http, Environment environment,
                                                      Clock clock) {
  return std::make_unique<Chain>(http, std::move(environment), std::move(clock));
}

std::string JsonText(std::string_view object, std::string_view member) {
  const std::string quoted = sdk::Cat("\"", member, "\"");
  size_t at = object.find(quoted);
  if (at == std::string_view::npos) return "";
  at = object.find_first_not_of(" \t\r\n", at + quoted.size());
  if (at == std::string_view::npos || object[at] != ':') return "";
  at = object.find_first_not_of(" \t\r\n", at + 1);
  if (at == std::string_view::npos) return "";
  if (object[at] != '"') {  // a number
    return std::string(shared::Trimmed(object.substr(at, object.find_first_of(",}", at) - at)));
  }
  std::string out;
  for (++at; at < object.size() && object[at] != '"'; ++at) {
    if (object[at] != '\\' || ++at >= object.size()) {
      if (at < object.size()) out.push_back(object[at]);
      continue;
    }
    const char c = object[at];
    unsigned code = 0;
    if (c == 'u' && at + 4 < object.size()) {
      std::from_chars(object.data() + at + 1, object.data() + at + 5, code, 16);
      out.push_back(static_cast<char>(code));  // of ASCII; keys and tokens are
      at += 4;
    } else {
      out.push_back(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
    }
  }
  return out;
}

int64_t ParseUtc(std::string_view text) {
  std::tm utc{};
  const std::string copy(text);
  if (strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &utc) == nullptr) return 0;
  return timegm(&utc);
}

}  // namespace sluice::object_store_sink

#include "runtime/cluster/sasl_token_endpoint.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "runtime/base/json.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::cluster {
namespace {

namespace http = boost::beast::http;
using Settings = std::map<std::string, std::string>;

constexpr size_t kAnswerBytesMax = 1 << 20;
constexpr size_t kLastChunkBytes = 5;  // "0\r\n\r\n"
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

std::string Either(const Settings& java, const std::string& key, const config::JaasEntry& jaas,
                   std::string_view option) {
  const auto found = java.find(key);
  if (found != java.end() && !found->second.empty()) return found->second;
  return std::string(jaas.options.Get(option));
}

std::string ErrorText(int error) {
  return std::error_code(error, std::generic_category()).message();
}

// A connection whose every step has a time-out. Blocks.
class BlockingStream {
 public:
  explicit BlockingStream(milliseconds timeout) : timeout_(timeout) {}
  ~BlockingStream() {
    SSL_free(tls_);
    if (socket_ >= 0) close(socket_);
  }
  BlockingStream(const BlockingStream&) = delete;
  BlockingStream& operator=(const BlockingStream&) = delete;

  Status Open(const HostPort& server, const tls::ClientContext* tls) {
    SLUICE_RETURN_IF_ERROR(Connect(server));
    if (tls == nullptr) return OkStatus();
    tls_ = SSL_new(tls->native());
    if (tls_ == nullptr || SSL_set_fd(tls_, socket_) != 1) return ConnectError("OpenSSL failed");
    SLUICE_RETURN_IF_ERROR(tls->Prepare(tls_, server.host));
    const bool shaken = SSL_connect(tls_) == 1;
    ERR_clear_error();
    return shaken ? OkStatus() : tls->Explain(tls_, "the server broke it off");
  }
  bool Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = tls_ != nullptr
                               ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                               : send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  // 0: the end, or the time is over.
  size_t Read(char* into, size_t size) {
    const ssize_t got = tls_ != nullptr ? SSL_read(tls_, into, static_cast<int>(size))
                                        : recv(socket_, into, size, 0);
    ERR_clear_error();
    return got <= 0 ? 0 : static_cast<size_t>(got);
  }

 private:
  Status Connect(const HostPort& server) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = StrCat(server.port);
    if (const int error = getaddrinfo(server.host.c_str(), port.c_str(), &hints, &found);
        error != 0) {
      return ConnectError(
          StrCat("the host name ", server.host, " does not resolve: ", gai_strerror(error)));
    }
    Status status = ConnectError("its name has no address");
    for (const addrinfo* one = found; one != nullptr && !status.ok(); one = one->ai_next) {
      status = ConnectTo(*one);
    }
    freeaddrinfo(found);
    return status;
  }
  // A time-out for sending is one for connecting, too.
  Status ConnectTo(const addrinfo& address) {
    if (socket_ >= 0) close(socket_);
    socket_ = socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return ConnectError(ErrorText(errno));
    const timeval timeout{timeout_.count() / 1000, timeout_.count() % 1000 * 1000};
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    if (connect(socket_, address.ai_addr, address.ai_addrlen) == 0) return OkStatus();
    return ConnectError(errno == EINPROGRESS ? "no answer in time" : ErrorText(errno));
  }

  const milliseconds timeout_;
  int socket_ = -1;
  SSL* tls_ = nullptr;
};

// The body of a whole HTTP answer.
StatusOr<std::string> ReadAnswer(std::string answer) {
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  parser.header_limit(16 << 10);
  parser.body_limit(kAnswerBytesMax);
  boost::system::error_code error;
  size_t last_size = std::string::npos;
  while (!parser.is_done() && !answer.empty() && answer.size() != last_size) {
    // Beast asserts that a last chunk comes in one piece.
    if (parser.chunked() && parser.is_header_done() && answer.size() < kLastChunkBytes) break;
    last_size = answer.size();
    answer.erase(0, parser.put(boost::asio::buffer(answer), error));
    if (error && error != http::error::need_more) {
      return ConnectError(StrCat("the answer is no HTTP: ", error.message()));
    }
  }
  error = {};
  if (!parser.is_done() && parser.is_header_done()) parser.put_eof(error);
  if (error || !parser.is_done()) return ConnectError("the answer is cut off");
  const unsigned status = parser.get().result_int();
  if (status == 200) return parser.get().body();
  std::string why;
  if (const auto json = ParseJson(parser.get().body(), 20); json.ok()) {
    const rapidjson::Value* named = FindJsonMember(*json, "error");
    if (named != nullptr && named->IsString()) why = StrCat(" (", JsonText(*named), ")");
  }
  return ConnectError(StrCat("it answers with status ", status, why));
}

}  // namespace

StatusOr<std::shared_ptr<TokenEndpoint>> TokenEndpoint::Make(const std::string& url,
                                                             const Settings& java,
                                                             const config::JaasEntry& jaas) {
  auto endpoint = std::make_shared<TokenEndpoint>();
  const bool secure = url.starts_with("https://");
  if (!secure && !url.starts_with("http://")) return BadUrl(url);
  std::string_view rest = std::string_view(url).substr(secure ? 8 : 7);
  const size_t slash = std::min(rest.find('/'), rest.size());
  endpoint->url_ = url;
  endpoint->path_ = slash == rest.size() ? "/" : std::string(rest.substr(slash));
  std::string_view host = rest.substr(0, slash);
  int64_t port = secure ? 443 : 80;
  if (const size_t colon = host.rfind(':');
      colon != std::string_view::npos && !host.ends_with(']')) {
    port = ParseInt64(host.substr(colon + 1)).value_or(0);
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const bool printable = std::all_of(url.begin(), url.end(), [](char c) { return c > ' '; });
  if (host.empty() || host.find('@') != std::string_view::npos || port < 1 || port > 65535 ||
      !printable) {
    return BadUrl(url);
  }
  endpoint->server_ = {std::string(host), static_cast<uint16_t>(port)};
  if (secure) {
    const Settings trust(jaas.options.begin(), jaas.options.end());
    std::vector<std::string> notes;
    SLUICE_ASSIGN_OR_RETURN(endpoint->tls_, tls::ClientContext::Make(trust, notes));
    for (const std::string& note : notes) LogInfo("cluster", "Setting without effect: ", note);
  }
  std::string id = Either(java, "sasl.oauthbearer.client.credentials.client.id", jaas, "clientId");
  std::string secret =
      Either(java, "sasl.oauthbearer.client.credentials.client.secret", jaas, "clientSecret");
  if (id.empty() || secret.empty()) {
    return ConfigError(StrCat(kUrlKey,
                              " needs sasl.oauthbearer.client.credentials.client.id and "
                              ".client.secret, or clientId and clientSecret in sasl.jaas.config"));
  }
  const auto encode = java.find("sasl.oauthbearer.header.urlencode");
  if (encode != java.end() && EqualsIgnoreCase(Trim(encode->second), "true")) {
    id = UrlEncode(id);
    secret = UrlEncode(secret);
  }
  endpoint->authorization_ = Base64Encode(StrCat(id, ":", secret));
  endpoint->form_ = "grant_type=client_credentials";
  const std::string scope = Either(java, "sasl.oauthbearer.scope", jaas, "scope");
  if (!scope.empty()) StrAppend(endpoint->form_, "&scope=", UrlEncode(scope));
  return endpoint;
}

StatusOr<std::string> TokenEndpoint::Token() {
  MutexLock lock(mutex_);
  const TimePoint now = std::chrono::steady_clock::now();
  if (!last_.token.empty() && now < renew_at_) return last_.token;
  auto fetched = Fetch();
  if (!fetched.ok()) {
    return ConnectError(StrCat("No token from ", url_, ": ", Message(fetched.status())));
  }
  last_ = *std::move(fetched);
  renew_at_ = now + last_.life * 4 / 5;
  return last_.token;
}

StatusOr<TokenEndpoint::Fetched> TokenEndpoint::Fetch() const {
  SLUICE_ASSIGN_OR_RETURN(const std::string body, Post());
  const auto answer = ParseJson(body, 20);
  if (!answer.ok()) return ConnectError("the answer is no JSON");
  const rapidjson::Value* token = FindJsonMember(*answer, "access_token");
  if (token == nullptr || !token->IsString() || token->GetStringLength() == 0) {
    return ConnectError("the answer has no access_token");
  }
  Fetched fetched{.token = std::string(JsonText(*token)), .life = milliseconds(0)};
  const rapidjson::Value* life = FindJsonMember(*answer, "expires_in");
  if (life != nullptr && life->IsInt()) {
    fetched.life = std::chrono::seconds(std::clamp(life->GetInt(), 0, 86'400));
  }
  return fetched;
}

StatusOr<std::string> TokenEndpoint::Post() const {
  BlockingStream stream(timeout_);
  SLUICE_RETURN_IF_ERROR(stream.Open(server_, tls_.get()));
  const std::string request =
      StrCat("POST ", path_, " HTTP/1.1\r\nHost: ", ToString(server_), "\r\nAuthorization: Basic ",
             authorization_,
             "\r\nAccept: application/json\r\nCache-Control: no-cache\r\nConnection: close\r\n"
             "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ",
             form_.size(), "\r\n\r\n", form_);
  if (!stream.Write(request)) return ConnectError("the request could not be sent");
  std::string answer;
  char piece[4096];
  for (size_t got = 1; got > 0 && answer.size() <= kAnswerBytesMax;) {
    got = stream.Read(piece, sizeof piece);
    answer.append(piece, got);
  }
  return ReadAnswer(std::move(answer));
}

}  // namespace sluice::cluster

#include "runtime/http/url.h"

#include <algorithm>

#include "runtime/base/text.h"

namespace sluice::http {
namespace {

Status Invalid(std::string_view why) {
  return absl::InvalidArgumentError(StrCat(why, ", expected http://host:port/path"));
}

// Of an authority without user info: its host, and what follows it.
bool SplitHost(std::string_view authority, std::string_view& host, std::string_view& rest) {
  const bool bracketed = authority.starts_with('[');
  const size_t end = authority.find(bracketed ? ']' : ':');
  if (bracketed && end == std::string_view::npos) return false;
  host = bracketed ? authority.substr(1, end - 1) : authority.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : authority.substr(end + bracketed);
  return true;
}

}  // namespace

std::string Url::Authority() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return StrCat(ipv6 ? "[" : "", host, ipv6 ? "]:" : ":", port);
}

std::string Url::Text() const { return StrCat(tls ? "https://" : "http://", Authority(), target); }

StatusOr<Url> ParseUrl(std::string_view text) {
  Url url;
  if (text.starts_with("https://")) {
    url.tls = true;
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return Invalid("it begins with neither http:// nor https://");
  }
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; })) {
    return Invalid("it holds a blank or a control character");
  }
  text = text.substr(0, text.find('#'));
  const size_t end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  const std::string_view target = text.substr(end);
  url.target = target.starts_with('/') ? std::string(target) : StrCat("/", target);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.user_info = std::string(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  std::string_view host, rest;
  if (!SplitHost(authority, host, rest) || host.empty() ||
      host.find_first_of("[]") != std::string_view::npos) {
    return Invalid("its host cannot be read");
  }
  url.host = std::string(host);
  url.port = url.tls ? 443 : 80;
  if (rest.empty()) return url;
  const auto port = rest.starts_with(':') ? ParseInt64(rest.substr(1)) : std::nullopt;
  if (!port || *port < 1 || *port > 65535) return Invalid("its port cannot be read");
  url.port = static_cast<uint16_t>(*port);
  return url;
}

}  // namespace sluice::http

#include "runtime/config/listeners.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::config {
namespace {

// The port and what stands before it, or nothing.
std::optional<Listener> ParseListener(std::string_view url) {
  Listener listener;
  const size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const std::string scheme = ToLower(url.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  listener.https = scheme == "https";
  const std::string_view rest = url.substr(scheme_end + 3);
  const size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  for (char c : host) {
    if (!std::isalnum(static_cast<unsigned char>(c)) &&
        std::string_view("-%._:").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  std::string_view digits = rest.substr(colon + 1);
  if (digits.ends_with('/')) digits.remove_suffix(1);
  const auto port = ParseInt64(digits);
  if (!port || *port < 0 || *port > 65535) return std::nullopt;
  listener.host = host;
  listener.port = static_cast<uint16_t>(*port);
  return listener;
}

// Splits at commas outside double quotes; quotes are taken off.
std::vector<std::string> SplitQuoted(std::string_view text) {
  std::vector<std::string> rules(1);
  bool quoted = false;
  for (char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      rules.emplace_back();
    } else {
      rules.back().push_back(c);
    }
  }
  return rules;
}

StatusOr<HeaderRule> ParseRule(std::string_view rule) {
  using Action = HeaderRule::Action;
  rule = Trim(rule);
  const size_t blank = rule.find_first_of(" \t");
  if (blank == std::string_view::npos) {
    return ConfigError(StrCat("Invalid format of header config '", rule,
                              "'. Expected: '[action] [header name]:[header value]'"));
  }
  const std::string_view action = rule.substr(0, blank);
  const std::string_view pair = Trim(rule.substr(blank));
  constexpr std::pair<std::string_view, Action> kActions[] = {{"set", Action::kSet},
                                                              {"add", Action::kAdd},
                                                              {"setDate", Action::kSetDate},
                                                              {"addDate", Action::kAddDate}};
  std::optional<Action> found;
  for (const auto& [name, value] : kActions) {
    if (EqualsIgnoreCase(name, action)) found = value;
  }
  if (!found) {
    return ConfigError(StrCat("Invalid header config action: '", action,
                              "'. Expected one of [set, add, setDate, addDate]"));
  }
  const size_t colon = pair.find(':');
  if (colon == std::string_view::npos || pair.find(':', colon + 1) != std::string_view::npos ||
      Trim(pair.substr(colon + 1)).empty()) {
    return ConfigError(StrCat("Invalid format of header name and header value pair '", pair,
                              "'. Expected: '[header name]:[header value]'"));
  }
  const std::string_view name = Trim(pair.substr(0, colon));
  if (name.empty() || name.find_first_of(" \t\r\n") != std::string_view::npos) {
    return ConfigError(
        StrCat("Invalid header name '", name, "'. The '[header name]' cannot contain whitespace"));
  }
  const std::string_view value = Trim(pair.substr(colon + 1));
  for (char c : value) {
    if (static_cast<unsigned char>(c) < ' ' && c != '\t') {
      return ConfigError(
          StrCat("Invalid header value for '", name, "': it holds a control character"));
    }
  }
  const bool date = *found == Action::kSetDate || *found == Action::kAddDate;
  if (date && !ParseInt64(value)) {
    return ConfigError(StrCat("Invalid header value for '", name, "': ", action,
                              " needs a number of milliseconds from now, found '", value, "'"));
  }
  return HeaderRule{*found, std::string(name), std::string(value)};
}

}  // namespace

StatusOr<std::vector<Listener>> ParseListeners(std::string_view key,
                                               const std::vector<std::string>& urls) {
  std::vector<Listener> listeners;
  for (const std::string& url : urls) {
    if (url.empty()) return ConfigError(StrCat("Empty URL found when parsing ", key, " list."));
    auto listener = ParseListener(url);
    if (!listener) {
      return ConfigError(
          StrCat("Invalid value ", url, " for configuration ", key,
                 ": expected http://host:port or https://host:port, with a port from 0 to "
                 "65535; the host may be empty for all interfaces"));
    }
    listeners.push_back(*std::move(listener));
  }
  return listeners;
}

size_t AdvertisedListener(const std::vector<Listener>& listeners, bool https) {
  const auto found = std::find_if(listeners.begin(), listeners.end(),
                                  [&](const Listener& one) { return one.https == https; });
  return found == listeners.end() ? 0 : static_cast<size_t>(found - listeners.begin());
}

StatusOr<std::vector<HeaderRule>> ParseHeaderRules(std::string_view text) {
  std::vector<HeaderRule> rules;
  if (Trim(text).empty()) return rules;
  for (const std::string& rule : SplitQuoted(text)) {
    SLUICE_ASSIGN_OR_RETURN(HeaderRule parsed, ParseRule(rule));
    rules.push_back(std::move(parsed));
  }
  return rules;
}

Status CheckResponseHeaders(std::string_view text) { return ParseHeaderRules(text).status(); }

}  // namespace sluice::config

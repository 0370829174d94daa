#include "runtime/convert/json_schema/formats.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "runtime/base/java_regex.h"
#include "runtime/base/text.h"

namespace sluice::convert::json_schema {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsAlnum(char c) { return IsDigit(c) || IsLetter(c); }

// `text` begins with so many digits, a number of that range: taken off.
bool TakeNumber(std::string_view& text, size_t digits, int min, int max) {
  if (text.size() < digits || !std::all_of(text.begin(), text.begin() + digits, IsDigit)) {
    return false;
  }
  int number = 0;
  for (const char c : text.substr(0, digits)) number = number * 10 + (c - '0');
  text.remove_prefix(digits);
  return number >= min && number <= max;
}

bool Take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

// `strict`: the day is one of its month.
bool TakeDate(std::string_view& text, bool strict) {
  const std::string_view whole = text;
  if (!TakeNumber(text, 4, 0, 9999) || !Take(text, '-') || !TakeNumber(text, 2, 1, 12) ||
      !Take(text, '-') || !TakeNumber(text, 2, 1, 31)) {
    return false;
  }
  if (!strict) return true;
  const int year = std::stoi(std::string(whole.substr(0, 4)));
  const int month = std::stoi(std::string(whole.substr(5, 2)));
  const int day = std::stoi(std::string(whole.substr(8, 2)));
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int last = month == 2                                              ? (leap ? 29 : 28)
                   : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                           : 31;
  return day <= last;
}

bool TakeTime(std::string_view& text) {
  if (!TakeNumber(text, 2, 0, 23) || !Take(text, ':') || !TakeNumber(text, 2, 0, 59) ||
      !Take(text, ':') || !TakeNumber(text, 2, 0, 59)) {
    return false;
  }
  if (Take(text, '.')) {
    size_t digits = 0;
    while (digits < text.size() && IsDigit(text[digits])) ++digits;
    if (digits == 0 || digits > 9) return false;
    text.remove_prefix(digits);
  }
  if (Take(text, 'Z')) return true;
  if (!Take(text, '+') && !Take(text, '-')) return false;
  return TakeNumber(text, 2, 0, 18) && Take(text, ':') && TakeNumber(text, 2, 0, 59);
}

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= 63 && IsAlnum(label.front()) && IsAlnum(label.back()) &&
         std::all_of(label.begin(), label.end(), [](char c) { return IsAlnum(c) || c == '-'; });
}

// `local`: one label will do.
bool IsHostname(std::string_view name, bool local) {
  if (name.size() > 253) return false;
  if (local && IsLabel(name)) return true;
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  const auto labels = Split(name, '.');
  const std::string_view top = labels.back();
  return labels.size() > 1 && std::all_of(labels.begin(), labels.end(), IsLabel) &&
         top.size() > 1 && std::all_of(top.begin(), top.end(), IsLetter);
}

bool IsAddress(std::string_view text, int family) {
  unsigned char address[sizeof(in6_addr)];
  return text.find('\0') == std::string_view::npos &&
         inet_pton(family, std::string(text).c_str(), address) == 1;
}

bool IsEmail(std::string_view text) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  const std::string_view user = text.substr(0, at), domain = text.substr(at + 1);
  const bool quoted = user.size() > 2 && user.front() == '"' && user.back() == '"';
  if (!quoted) {
    for (const std::string_view atom : Split(user, '.')) {
      if (atom.empty() || atom.find_first_of(" ()<>@,;:\\\"[]") != std::string_view::npos) {
        return false;
      }
      if (std::any_of(atom.begin(), atom.end(), [](char c) { return c > 0 && c < ' '; })) {
        return false;
      }
    }
  }
  if (domain.size() > 2 && domain.front() == '[' && domain.back() == ']') {
    return IsAddress(domain.substr(1, domain.size() - 2), AF_INET);
  }
  return IsHostname(domain, false);
}

// As java.net.URI takes it.
bool IsUri(std::string_view text, bool needs_scheme) {
  const size_t end = text.find_first_of(":/?#");
  size_t start = 0;
  bool scheme = false;
  if (end != std::string_view::npos && text[end] == ':') {
    const std::string_view name = text.substr(0, end);
    if (name.empty() || !IsLetter(name[0]) || !std::all_of(name.begin(), name.end(), [](char c) {
          return IsAlnum(c) || c == '+' || c == '-' || c == '.';
        })) {
      return false;
    }
    scheme = true;
    start = end + 1;
    if (start == text.size() || text[start] == '#') return false;
  }
  if (needs_scheme && !scheme) return false;
  size_t authority = start;  // where it ends: brackets are for its address
  if (text.substr(start, 2) == "//") {
    authority = std::min(text.find_first_of("/?#", start + 2), text.size());
  }
  bool fragment = false;
  for (size_t i = start; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !std::isxdigit(static_cast<unsigned char>(text[i + 1])) ||
          !std::isxdigit(static_cast<unsigned char>(text[i + 2]))) {
        return false;
      }
    } else if (c == '#') {
      if (fragment) return false;
      fragment = true;
    } else if ((c == '[' || c == ']')
                   ? i >= authority
                   : static_cast<unsigned char>(c) <= ' ' || c == '\x7f' ||
                         std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool IsJsonPointer(std::string_view text) {
  if (text.empty()) return true;
  if (text[0] != '/') return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '~') continue;
    if (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')) return false;
  }
  return true;
}

bool IsRelativeJsonPointer(std::string_view text) {
  size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  if (digits == 0 || (text[0] == '0' && digits > 1)) return false;
  text.remove_prefix(digits);
  const size_t mark = text.find('#');
  if (mark != std::string_view::npos && mark + 1 != text.size()) return false;
  const std::string_view pointer = text.substr(0, mark);
  return pointer.empty() || pointer[0] == '/';
}

}  // namespace

bool HasFormat(std::string_view text, std::string_view format) {
  std::string_view rest = text;
  if (format == "date") return TakeDate(rest, true) && rest.empty();
  if (format == "time") return TakeTime(rest) && rest.empty();
  if (format == "date-time") {
    return TakeDate(rest, false) && Take(rest, 'T') && TakeTime(rest) && rest.empty();
  }
  if (format == "email") return IsEmail(text);
  if (format == "hostname") return IsHostname(text, true);
  if (format == "ipv4") return IsAddress(text, AF_INET);
  if (format == "ipv6") return IsAddress(text, AF_INET6);
  if (format == "uri") return IsUri(text, true);
  if (format == "uri-reference") return IsUri(text, false);
  if (format == "json-pointer") return IsJsonPointer(text);
  if (format == "relative-json-pointer") return IsRelativeJsonPointer(text);
  if (format == "regex") return JavaRegex::Compile(text).ok();
  return true;
}

}  // namespace sluice::convert::json_schema

#include "connectors/http/secrets.h"

#include <algorithm>
#include <charconv>

#include "connectors/http/url.h"
#include "connectors/shared/base64.h"
#include "connectors/shared/text.h"

namespace sluice::http {
namespace {

constexpr size_t kValueMin = 8;

void Add(Secrets& secrets, std::string value) {
  if (value.empty() || std::find(secrets.begin(), secrets.end(), value) != secrets.end()) return;
  secrets.push_back(std::move(value));
}

std::string PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

}  // namespace

void NotePassword(Secrets& secrets, std::string_view password) {
  Add(secrets, std::string(password));
  Add(secrets, shared::PercentEncode(password));
}

void NoteLogin(Secrets& secrets, std::string_view user, std::string_view password) {
  if (user.empty() && password.empty()) return;
  NotePassword(secrets, password);
  Add(secrets, shared::Base64(std::string(user).append(":").append(password)));
}

void NoteValue(Secrets& secrets, std::string_view value) {
  value = value.substr(0, value.find("${"));
  if (value.size() >= kValueMin) Add(secrets, std::string(value));
  const size_t blank = std::min(value.find(' '), value.size());
  const std::string_view behind = shared::Trimmed(value.substr(blank));
  if (behind.size() >= kValueMin) Add(secrets, std::string(behind));
}

void NoteQuery(Secrets& secrets, std::string_view query) {
  for (const auto& [name, value] : SplitQuery(query)) {
    NoteValue(secrets, value);
    NoteValue(secrets, PercentDecode(value));
  }
}

void NoteUrl(Secrets& secrets, std::string_view url) {
  url = url.substr(0, url.find('#'));
  const size_t mark = std::min(url.find('?'), url.size());
  NoteQuery(secrets, url.substr(std::min(mark + 1, url.size())));
  std::string_view rest = url.substr(0, mark);
  const size_t scheme = rest.find("://");
  if (scheme != std::string_view::npos) rest.remove_prefix(scheme + 3);
  const size_t slash = std::min(rest.find('/'), rest.size());
  NoteValue(secrets, rest.substr(slash));
  const std::string_view authority = rest.substr(0, slash);
  const size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return;
  const std::string_view login = authority.substr(0, at);
  const size_t colon = std::min(login.find(':'), login.size());
  const std::string user = PercentDecode(login.substr(0, colon));
  NoteValue(secrets, user);  // some have a token there
  if (colon == login.size()) return NoteLogin(secrets, user, "");
  NotePassword(secrets, login.substr(colon + 1));
  NoteLogin(secrets, user, PercentDecode(login.substr(colon + 1)));
}

}  // namespace sluice::http

#include "connectors/http/text.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "connectors/shared/text.h"

namespace sluice::http {
namespace {

constexpr size_t kSnippetMax = 300;
// Shorter ones would be found everywhere.
constexpr size_t kSecretMin = 4;

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// The size of the longest secret that the text begins with.
size_t SecretAt(std::string_view text, const std::vector<std::string>& secrets) {
  size_t size = 0;
  for (const std::string& secret : secrets) {
    if (secret.size() >= std::max(kSecretMin, size) && text.starts_with(secret)) {
      size = secret.size();
    }
  }
  return size;
}

}  // namespace

std::string FormEncode(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out.push_back('&');
    out += shared::PercentEncode(name);
    out.push_back('=');
    out += shared::PercentEncode(value);
  }
  return out;
}

bool IsHeaderName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return IsLetterOrDigit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool IsHeaderValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return c == '\t' || (static_cast<uint8_t>(c) >= ' ' && static_cast<uint8_t>(c) != 0x7F);
  });
}

std::string Snippet(std::string_view body, const std::vector<std::string>& secrets) {
  std::string line;
  while (!body.empty() && line.size() <= kSnippetMax) {
    if (const size_t secret = SecretAt(body, secrets); secret > 0) {
      line += "***";
      body.remove_prefix(secret);
      continue;
    }
    const char c = body.front();
    body.remove_prefix(1);
    if (static_cast<uint8_t>(c) > ' ' && static_cast<uint8_t>(c) != 0x7F) {
      line.push_back(c);
    } else if (!line.empty() && line.back() != ' ') {
      line.push_back(' ');
    }
  }
  if (line.size() > kSnippetMax) {
    size_t end = kSnippetMax;
    while (end > 0 && (static_cast<uint8_t>(line[end]) & 0xC0) == 0x80) --end;
    return line.substr(0, end) + "...";
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace sluice::http

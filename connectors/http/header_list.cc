#include "connectors/http/header_list.h"

#include <algorithm>

#include "connectors/http/text.h"
#include "connectors/shared/text.h"

namespace sluice::http {

Headers ReadHeaderList(std::string_view key, std::string_view text, std::string_view separator) {
  Headers headers;
  if (separator.empty()) separator = ",";
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    const std::string_view one = shared::Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + separator.size(), text.size()));
    if (one.empty()) continue;
    const size_t colon = one.find(':');
    const std::string name(shared::Trimmed(one.substr(0, colon)));
    if (colon == std::string_view::npos || !IsHeaderName(name)) {
      throw sdk::ConfigException::Invalid(key, colon == std::string_view::npos ? "***" : name,
                                          sdk::Cat("expected name:value", separator, "name:value"));
    }
    const std::string value(shared::Trimmed(one.substr(colon + 1)));
    if (!IsHeaderValue(value)) {
      throw sdk::ConfigException::Invalid(
          key, name, "its value holds a line break or another control character");
    }
    if (FindHeader(headers, name) != nullptr) {
      throw sdk::ConfigException::Invalid(key, name, "it is there twice");
    }
    headers.emplace_back(name, value);
  }
  return headers;
}

}  // namespace sluice::http

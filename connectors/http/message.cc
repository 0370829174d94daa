#include "connectors/http/message.h"

#include <algorithm>

#include "connectors/shared/text.h"

namespace sluice::http {

const std::string* FindHeader(const Headers& headers, std::string_view name) {
  for (const auto& [each, value] : headers) {
    if (shared::EqualIgnoringCase(each, name)) return &value;
  }
  return nullptr;
}

void SetHeader(Headers& headers, std::string_view name, std::string_view value) {
  std::erase_if(headers,
                [&](const auto& header) { return shared::EqualIgnoringCase(header.first, name); });
  headers.emplace_back(name, value);
}

}  // namespace sluice::http

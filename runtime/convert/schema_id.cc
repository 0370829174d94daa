#include "runtime/convert/schema_id.h"

#include "runtime/base/text.h"

namespace sluice::convert {

int32_t SchemaId::number() const {
  uint32_t number = 0;
  for (const char c : bytes.substr(0, 4)) number = number << 8 | static_cast<uint8_t>(c);
  return static_cast<int32_t>(number);
}

std::string SchemaId::Text() const {
  if (!is_guid()) return StrCat(number());
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    const auto byte = static_cast<uint8_t>(bytes[i]);
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

std::optional<SchemaId> TakeSchemaId(std::string_view& bytes) {
  if (bytes.empty() || static_cast<uint8_t>(bytes[0]) > 1) return std::nullopt;
  const size_t size = bytes[0] == 0 ? 4 : 16;
  if (bytes.size() < 1 + size) return std::nullopt;
  const SchemaId id{bytes.substr(1, size)};
  bytes.remove_prefix(1 + size);
  return id;
}

}  // namespace sluice::convert

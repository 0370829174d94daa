#include "runtime/convert/json_schema/java_map.h"

#include <algorithm>
#include <bit>

namespace sluice::convert::json_schema {

uint32_t JavaHash(std::string_view text) {
  uint32_t hash = 0;
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t size = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    uint32_t code = size == 1 ? byte : byte & (0xFFu >> (size + 1));
    for (size_t k = 1; k < size && i + k < text.size(); ++k) {
      code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
    }
    i += size;
    if (code >= 0x10000) {  // two characters in Java
      hash = hash * 31 + (0xD800 + ((code - 0x10000) >> 10));
      code = 0xDC00 + ((code - 0x10000) & 0x3FF);
    }
    hash = hash * 31 + code;
  }
  return hash;
}

// A table grows by doubling when it is fuller than three quarters, and what lies in one bucket
// stays in the order in which it came: so only the last size of the table counts.
std::vector<size_t> JavaMapOrder(const std::vector<std::string_view>& keys, size_t capacity) {
  size_t table = std::bit_ceil(std::max<size_t>(capacity, 1));
  while (keys.size() > table * 3 / 4) table *= 2;
  struct Place {
    size_t bucket, index;
  };
  std::vector<Place> places(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    const uint32_t hash = JavaHash(keys[i]);
    places[i] = {(hash ^ hash >> 16) & (table - 1), i};
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const Place& a, const Place& b) { return a.bucket < b.bucket; });
  std::vector<size_t> order(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) order[i] = places[i].index;
  return order;
}

size_t JavaCopyCapacity(size_t size) {
  if (size == 0) return kJavaMapCapacity;
  return std::bit_ceil(static_cast<size_t>(static_cast<float>(size) / 0.75f + 1.0f));
}

}  // namespace sluice::convert::json_schema

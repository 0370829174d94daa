#include "runtime/config/java_order.h"

#include <algorithm>
#include <cstdint>

namespace sluice::config {
namespace {

// String.hashCode, spread as HashMap does. Exact for ASCII, which keys are.
uint32_t Hash(const std::string& text) {
  uint32_t hash = 0;
  for (const char c : text) hash = 31 * hash + static_cast<unsigned char>(c);
  return hash ^ hash >> 16;
}

}  // namespace

std::vector<std::string> JavaHashOrder(std::vector<std::string> keys) {
  size_t buckets = 16;
  while (keys.size() * 4 > buckets * 3) buckets *= 2;
  std::stable_sort(keys.begin(), keys.end(), [&](const std::string& a, const std::string& b) {
    return (Hash(a) & (buckets - 1)) < (Hash(b) & (buckets - 1));
  });
  return keys;
}

}  // namespace sluice::config

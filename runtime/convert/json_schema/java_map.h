// The order in which java.util.HashMap walks its keys: it shows in the text of the schemas that
// Confluent's converter registers, and in the order of the fields that it reads. Pure functions,
// any thread.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_JAVA_MAP_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_JAVA_MAP_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::convert::json_schema {

inline constexpr size_t kJavaMapCapacity = 16;  // of a map that was made without one

// String.hashCode of a text in UTF-8.
uint32_t JavaHash(std::string_view text);

// Indices of `keys`, which are distinct and were put in this order, in the order of a HashMap that
// was made with `capacity`.
std::vector<size_t> JavaMapOrder(const std::vector<std::string_view>& keys,
                                 size_t capacity = kJavaMapCapacity);
// The capacity of `new HashMap<>(map)`, of a map of `size`.
size_t JavaCopyCapacity(size_t size);

// The same for things that have a key: `key_of(thing)` is a std::string_view.
template <typename Thing, typename KeyOf>
std::vector<Thing> InJavaOrder(std::vector<Thing> things, size_t capacity, KeyOf key_of) {
  std::vector<std::string_view> keys;
  keys.reserve(things.size());
  for (const Thing& thing : things) keys.push_back(key_of(thing));
  std::vector<Thing> ordered;
  ordered.reserve(things.size());
  for (const size_t index : JavaMapOrder(keys, capacity)) {
    ordered.push_back(std::move(things[index]));
  }
  return ordered;
}

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_JAVA_MAP_H_

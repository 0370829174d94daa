// A configuration as text: an insertion-ordered map from key to value. REST shows keys in this
// order; setting a key again keeps its place. A value type: copy it, move it; one thread at a time,
// as any container.
//
// A JSON null is not a value here: whoever reads REST bodies keeps the names of null keys beside
// the map (ConnectorCheck::null_keys).
#ifndef SLUICE_RUNTIME_CONFIG_CONFIG_MAP_H_
#define SLUICE_RUNTIME_CONFIG_CONFIG_MAP_H_

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::config {

class ConfigMap {
 public:
  using Entry = std::pair<std::string, std::string>;
  using const_iterator = std::vector<Entry>::const_iterator;

  ConfigMap() = default;
  ConfigMap(std::initializer_list<Entry> entries) {
    for (const Entry& entry : entries) Set(entry.first, entry.second);
  }

  // The value, or nullptr. Valid until the map changes.
  const std::string* Find(std::string_view key) const {
    const auto it = index_.find(key);
    return it == index_.end() ? nullptr : &entries_[it->second].second;
  }
  bool Contains(std::string_view key) const { return Find(key) != nullptr; }
  std::string_view Get(std::string_view key, std::string_view otherwise = {}) const {
    const std::string* value = Find(key);
    return value != nullptr ? std::string_view(*value) : otherwise;
  }

  void Set(std::string_view key, std::string_view value);
  bool Erase(std::string_view key);  // false: it was not there

  // The entries whose keys begin with `prefix`, without it; an entry called just `prefix` is left
  // out.
  ConfigMap WithPrefix(std::string_view prefix) const;
  // Sets all of `other`'s entries.
  void Merge(const ConfigMap& other);

  const_iterator begin() const { return entries_.begin(); }
  const_iterator end() const { return entries_.end(); }
  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }

  // The same keys with the same values, in whatever order.
  friend bool operator==(const ConfigMap& a, const ConfigMap& b);

 private:
  std::vector<Entry> entries_;
  std::map<std::string, size_t, std::less<>> index_;
};

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CONFIG_MAP_H_

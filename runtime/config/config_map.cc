#include "runtime/config/config_map.h"

namespace sluice::config {

void ConfigMap::Set(std::string_view key, std::string_view value) {
  const auto it = index_.find(key);
  if (it != index_.end()) {
    entries_[it->second].second = std::string(value);
    return;
  }
  index_.emplace(std::string(key), entries_.size());
  entries_.emplace_back(std::string(key), std::string(value));
}

bool ConfigMap::Erase(std::string_view key) {
  const auto it = index_.find(key);
  if (it == index_.end()) return false;
  const size_t at = it->second;
  index_.erase(it);
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(at));
  for (auto& [name, place] : index_) {
    if (place > at) --place;
  }
  return true;
}

ConfigMap ConfigMap::WithPrefix(std::string_view prefix) const {
  ConfigMap out;
  for (const auto& [key, value] : entries_) {
    if (key.size() > prefix.size() && std::string_view(key).starts_with(prefix)) {
      out.Set(std::string_view(key).substr(prefix.size()), value);
    }
  }
  return out;
}

void ConfigMap::Merge(const ConfigMap& other) {
  for (const auto& [key, value] : other) Set(key, value);
}

bool operator==(const ConfigMap& a, const ConfigMap& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [key, value] : a) {
    const std::string* other = b.Find(key);
    if (other == nullptr || *other != value) return false;
  }
  return true;
}

}  // namespace sluice::config

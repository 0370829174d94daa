#include "runtime/config/check_answer.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::config {
namespace {

constexpr char kUnknownGroup[] = "Unknown";

}  // namespace

void CheckAnswer::AddAll(const ConfigDef& def) {
  for (ConfigValue& value : def.Validate(config_, null_keys_)) {
    const std::string name = value.name;
    if (!index_.emplace(name, infos_.size()).second) continue;
    infos_.push_back({*def.Find(name), std::move(value)});
  }
  for (const std::string& group : def.Groups()) AddGroup(group);
}

void CheckAnswer::AddGroup(const std::string& group) {
  if (std::find(groups_.begin(), groups_.end(), group) == groups_.end()) groups_.push_back(group);
}

ConfigInfo* CheckAnswer::Find(const std::string& key) {
  const auto it = index_.find(key);
  return it == index_.end() ? nullptr : &infos_[it->second];
}

void CheckAnswer::AddError(const std::string& key, std::string text) {
  ConfigInfo* info = Find(key);
  if (info == nullptr) {
    auto found = std::find_if(undefined_.begin(), undefined_.end(),
                              [&](const ConfigInfo& one) { return one.value.name == key; });
    if (found == undefined_.end()) {
      undefined_.push_back({});
      found = undefined_.end() - 1;
      found->value.name = key;
      if (const std::string* given = config_.Find(key)) found->value.value = *given;
    }
    info = &*found;
  }
  info->value.errors.push_back(std::move(text));
}

void CheckAnswer::AddUnknown() {
  std::set<std::string_view> known;
  for (const auto* part : {&undefined_, &infos_, &others_}) {
    for (const ConfigInfo& info : *part) known.insert(info.value.name);
  }
  std::vector<ConfigInfo> unknown;
  for (const auto& [key, value] : config_) {
    const auto begins = [&](const std::string& one) { return key.starts_with(one); };
    if (known.contains(key) || std::any_of(open_.begin(), open_.end(), begins)) continue;
    // Not its value: what is misspelt may be a password.
    ConfigInfo info{.definition = ConfigKey(), .value = {}, .unknown = true};
    info.value.name = info.definition->name = info.definition->display_name = key;
    info.definition->importance = Importance::kLow;
    info.definition->documentation =
        "Nothing that is configured defines this key: not Connect for this kind of connector, not "
        "the connector, none of its converters, transforms and predicates. It has no effect, "
        "unless the connector reads keys that it does not define (Sluice only: no error).";
    info.definition->group = kUnknownGroup;
    info.definition->order_in_group = static_cast<int>(unknown.size());
    unknown.push_back(std::move(info));
  }
  if (!unknown.empty()) AddGroup(kUnknownGroup);
  std::move(unknown.begin(), unknown.end(), std::back_inserter(others_));
}

ConfigInfos CheckAnswer::Finish(std::string name) && {
  ConfigInfos out;
  out.name = std::move(name);
  out.groups = std::move(groups_);
  for (std::vector<ConfigInfo>* part : {&undefined_, &infos_}) {
    for (ConfigInfo& info : *part) {
      out.error_count += static_cast<int>(info.value.errors.size());
      out.configs.push_back(std::move(info));
    }
  }
  for (ConfigInfo& info : others_) {
    out.error_count += info.value.errors.empty() ? 0 : 1;
    out.configs.push_back(std::move(info));
  }
  return out;
}

}  // namespace sluice::config

// What validation answers, while it grows: entries in order, found by key. For connector_check.cc
// and its parts.
#ifndef SLUICE_RUNTIME_CONFIG_CHECK_ANSWER_H_
#define SLUICE_RUNTIME_CONFIG_CHECK_ANSWER_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/config/config_def.h"
#include "runtime/config/config_map.h"

namespace sluice::config {

class CheckAnswer {
 public:
  // Both must outlive it.
  CheckAnswer(const ConfigMap& config, const std::set<std::string, std::less<>>& null_keys)
      : config_(config), null_keys_(null_keys) {}

  // The keys of `def` that are not there yet, validated, and its groups.
  void AddAll(const ConfigDef& def);
  void AddGroup(const std::string& group);
  // Behind all others, as the settings of clients and converters are.
  void AddOther(ConfigInfo info) { others_.push_back(std::move(info)); }

  // The entry of a defined key, or nullptr; until the next is added.
  ConfigInfo* Find(const std::string& key);
  // An error on a key; one that nobody defines gets an entry of its own, which comes first.
  void AddError(const std::string& key, std::string text);
  // Keys that begin so may be anybody's: AddUnknown leaves them alone.
  void LeaveOpen(std::string prefix) { open_.push_back(std::move(prefix)); }
  // An entry without an error, behind all others and in a group of their own, for each given key
  // that has none yet.
  void AddUnknown();

  // The connector's own part counts errors, the parts of clients and converters count entries that
  // have any.
  ConfigInfos Finish(std::string name) &&;

 private:
  const ConfigMap& config_;
  const std::set<std::string, std::less<>>& null_keys_;
  std::vector<ConfigInfo> undefined_, infos_, others_;
  std::map<std::string, size_t> index_;
  std::vector<std::string> groups_, open_;
};

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CHECK_ANSWER_H_

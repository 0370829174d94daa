#include "runtime/herder/class_support.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::herder {
namespace {

using config::ClassRole;
using config::ConfigMap;

constexpr milliseconds kLookAgain{60'000};  // a plugin may have been added

bool IsVariable(std::string_view value) { return value.find("${") != std::string_view::npos; }

void CheckBuiltIn(const std::string& connector, const std::string& key, const ConfigMap& config,
                  ClassRole role, const BuiltInClasses& built_in,
                  std::vector<MissingClass>& missing) {
  const std::string type(Trim(config.Get(key)));
  if (type.empty() || IsVariable(type) || built_in.Find(role, type).usable()) return;
  missing.push_back({connector, key, type, built_in.Names(role)});
}

void CheckSteps(const std::string& connector, const std::string& list, const ConfigMap& config,
                ClassRole role, const BuiltInClasses& built_in,
                std::vector<MissingClass>& missing) {
  for (const std::string& alias : SplitList(config.Get(list))) {
    CheckBuiltIn(connector, StrCat(list, ".", alias, ".type"), config, role, built_in, missing);
  }
}

void CheckConnector(const std::string& name, const ConfigMap& config, Plugins& plugins,
                    const BuiltInClasses& built_in, std::vector<MissingClass>& missing) {
  const std::string class_name(Trim(config.Get("connector.class")));
  if (!class_name.empty() && !IsVariable(class_name) && !plugins.Find(class_name, "").ok()) {
    MissingClass one{name, "connector.class", class_name, {}};
    for (const plugin::ClassInfo& info : plugins.Known()) one.installed.push_back(info.name);
    std::sort(one.installed.begin(), one.installed.end());
    missing.push_back(std::move(one));
  }
  CheckBuiltIn(name, "key.converter", config, ClassRole::kConverter, built_in, missing);
  CheckBuiltIn(name, "value.converter", config, ClassRole::kConverter, built_in, missing);
  CheckBuiltIn(name, "header.converter", config, ClassRole::kHeaderConverter, built_in, missing);
  CheckSteps(name, "transforms", config, ClassRole::kTransform, built_in, missing);
  CheckSteps(name, "predicates", config, ClassRole::kPredicate, built_in, missing);
}

}  // namespace

std::string MissingClass::ToString() const {
  return StrCat("Connector ", connector, ": ", key, " is ", class_name,
                ", which is not installed here; installed: ",
                installed.empty() ? "none" : StrJoin(installed, ", "));
}

std::vector<MissingClass> FindMissingClasses(const storage::ClusterConfig& config, Plugins& plugins,
                                             const BuiltInClasses& built_in) {
  std::vector<MissingClass> missing;
  for (const std::string& name : config.Connectors()) {
    CheckConnector(name, *config.Config(name), plugins, built_in, missing);
  }
  return missing;
}

ClassSupport::ClassSupport(Plugins& plugins, const BuiltInClasses& built_in,
                           std::function<void(std::function<void()>)> aside,
                           std::function<void()> on_missing, Clock& clock)
    : plugins_(plugins),
      built_in_(built_in),
      aside_(std::move(aside)),
      on_missing_(std::move(on_missing)),
      clock_(clock) {}

std::vector<std::string> ClassSupport::CannotRun(const storage::ClusterConfig& config) {
  std::vector<std::string> names;
  std::vector<std::pair<std::string, std::shared_ptr<const ConfigMap>>> unknown;
  {
    MutexLock lock(mutex_);
    std::erase_if(verdicts_, [&](const auto& entry) { return !config.Contains(entry.first); });
    for (const std::string& name : config.Connectors()) {
      const auto current = config.Config(name);
      Verdict& verdict = verdicts_[name];
      const bool same = verdict.config == current;
      const bool old = verdict.missing && clock_.Now() - verdict.asked >= kLookAgain;
      if (!same) verdict = Verdict{.config = current, .asked = {}};
      if (!same || old) {
        verdict.asked = clock_.Now();
        unknown.emplace_back(name, current);
      }
      if (verdict.missing) names.push_back(name);
    }
  }
  for (auto& [name, current] : unknown) {
    aside_([this, name = name, current = current] { Look(name, current); });
  }
  return names;
}

void ClassSupport::Look(const std::string& name, std::shared_ptr<const ConfigMap> config) {
  std::vector<MissingClass> missing;
  CheckConnector(name, *config, plugins_, built_in_, missing);
  {
    MutexLock lock(mutex_);
    const auto it = verdicts_.find(name);
    if (it == verdicts_.end() || it->second.config != config) return;
    if (it->second.known && it->second.missing == !missing.empty()) return;  // no news
    const bool news = !missing.empty() || it->second.known;
    it->second.known = true;
    it->second.missing = !missing.empty();
    if (!news) return;
  }
  on_missing_();
}

}  // namespace sluice::herder

#include "runtime/herder/class_support.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::herder {
namespace {

using cluster::Fit;
using config::ClassRole;
using config::ConfigMap;

constexpr milliseconds kLookAgain{60'000};  // a plugin may have been added

bool IsVariable(std::string_view value) { return value.find("${") != std::string_view::npos; }

void CheckBuiltIn(const std::string& connector, const std::string& key, const ConfigMap& config,
                  ClassRole role, const BuiltInClasses& built_in, std::vector<Lack>& missing) {
  const std::string type(Trim(config.Get(key)));
  if (type.empty() || IsVariable(type) || built_in.Find(role, type).usable()) return;
  missing.push_back({connector, key, type, built_in.Names(role)});
}

void CheckSteps(const std::string& connector, const std::string& list, const ConfigMap& config,
                ClassRole role, const BuiltInClasses& built_in, std::vector<Lack>& missing) {
  for (const std::string& alias : SplitList(config.Get(list))) {
    CheckBuiltIn(connector, StrCat(list, ".", alias, ".type"), config, role, built_in, missing);
  }
}

constexpr char kExactlyOnce[] = "exactly.once.support";

void CheckConnector(const std::string& name, const ConfigMap& config, Plugins& plugins,
                    const BuiltInClasses& built_in, std::vector<Lack>& missing) {
  const std::string class_name(Trim(config.Get("connector.class")));
  if (!class_name.empty() && !IsVariable(class_name)) {
    const auto found = plugins.Find(class_name, "");
    if (!found.ok()) {
      Lack one{name, "connector.class", class_name, {}};
      for (const plugin::ClassInfo& info : plugins.Known()) one.installed.push_back(info.name);
      std::sort(one.installed.begin(), one.installed.end());
      missing.push_back(std::move(one));
    } else if (found->kind == plugin::ClassKind::kSource &&
               EqualsIgnoreCase(Trim(config.Get(kExactlyOnce)), "required")) {
      missing.push_back({name, kExactlyOnce, "required", {}});
    }
  }
  CheckBuiltIn(name, "key.converter", config, ClassRole::kConverter, built_in, missing);
  CheckBuiltIn(name, "value.converter", config, ClassRole::kConverter, built_in, missing);
  CheckBuiltIn(name, "header.converter", config, ClassRole::kHeaderConverter, built_in, missing);
  CheckSteps(name, "transforms", config, ClassRole::kTransform, built_in, missing);
  CheckSteps(name, "predicates", config, ClassRole::kPredicate, built_in, missing);
}

}  // namespace

std::string Lack::Name() const { return key == kExactlyOnce ? StrCat(key, "=", value) : value; }

std::string Lack::ToString() const {
  if (key == kExactlyOnce) {
    return StrCat("Connector ", connector, ": ", key, " is ", value,
                  ", and this worker has no exactly-once source tasks; only a Kafka Connect worker "
                  "with exactly.once.source.support=enabled can run it");
  }
  return StrCat("Connector ", connector, ": ", key, " is ", value,
                ", which is not installed here; installed: ",
                installed.empty() ? "none" : StrJoin(installed, ", "));
}

std::vector<Lack> FindLacks(const storage::ClusterConfig& config, Plugins& plugins,
                            const BuiltInClasses& built_in) {
  std::vector<Lack> missing;
  for (const std::string& name : config.Connectors()) {
    CheckConnector(name, *config.Config(name), plugins, built_in, missing);
  }
  return missing;
}

ClassSupport::ClassSupport(Plugins& plugins, const BuiltInClasses& built_in, Aside aside,
                           std::function<void()> on_looked, Clock& clock)
    : plugins_(plugins),
      built_in_(built_in),
      aside_(std::move(aside)),
      on_looked_(std::move(on_looked)),
      clock_(clock) {}

cluster::Fitness ClassSupport::Ask(const storage::ClusterConfig& config) {
  cluster::Fitness fitness;
  {
    MutexLock lock(mutex_);
    std::erase_if(verdicts_, [&](const auto& entry) { return !config.Contains(entry.first); });
    for (std::string& name : config.Connectors()) {
      const Fit fit = Judge(name, config.Config(name));
      if (fit == Fit::kLacks) fitness.cannot_run.push_back(std::move(name));
      if (fit == Fit::kUnknown) fitness.unknown.push_back(std::move(name));
    }
  }
  Begin();
  return fitness;
}

Fit ClassSupport::Ask(const std::string& name, const Config& config) {
  Fit fit = Fit::kUnknown;
  {
    MutexLock lock(mutex_);
    fit = Judge(name, config);
  }
  Begin();
  return fit;
}

std::vector<Lack> ClassSupport::Look(const storage::ClusterConfig& config) {
  std::vector<Lack> missing;
  for (const std::string& name : config.Connectors()) {
    const size_t before = missing.size();
    CheckConnector(name, *config.Config(name), plugins_, built_in_, missing);
    {
      MutexLock lock(mutex_);
      const TimePoint now = clock_.Now();
      verdicts_[name] = {.config = config.Config(name), .since = now, .asked = now};
    }
    Remember(name, config.Config(name), missing.size() > before);
  }
  return missing;
}

Fit ClassSupport::Judge(const std::string& name, const Config& config) {
  const TimePoint now = clock_.Now();
  Verdict& verdict = verdicts_[name];
  const bool same = verdict.config == config;
  if (!same) verdict = {.config = config, .since = now, .asked = now};
  if (!same || (verdict.fit != Fit::kRuns && now - verdict.asked >= kLookAgain)) {
    verdict.asked = now;
    questions_[name] = config;
  }
  const bool waited = now - verdict.since >= cluster::kLookTime;
  return verdict.fit == Fit::kUnknown && waited ? Fit::kRuns : verdict.fit;
}

void ClassSupport::Remember(const std::string& name, const Config& config, bool missing) {
  MutexLock lock(mutex_);
  const auto it = verdicts_.find(name);
  if (it == verdicts_.end() || it->second.config != config) return;
  it->second.fit = missing ? Fit::kLacks : Fit::kRuns;
}

void ClassSupport::Begin() {
  {
    MutexLock lock(mutex_);
    if (questions_.empty() || std::exchange(looking_, true)) return;
  }
  if (aside_([this] { LookAside(); })) return;
  MutexLock lock(mutex_);
  looking_ = false;  // the next who asks tries again
}

void ClassSupport::LookAside() {
  while (true) {
    std::map<std::string, Config> questions;
    {
      MutexLock lock(mutex_);
      looking_ = !questions_.empty();
      if (!looking_) return;
      questions.swap(questions_);
    }
    for (const auto& [name, config] : questions) {
      std::vector<Lack> missing;
      CheckConnector(name, *config, plugins_, built_in_, missing);
      for (const Lack& one : missing) LogWarn("herder", one.ToString());
      Remember(name, config, !missing.empty());
    }
    on_looked_();
  }
}

}  // namespace sluice::herder

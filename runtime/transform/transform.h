// One single message transform (SMT). Made once per task from configuration, called for every
// record on the task's thread. Errors are of the peer's classes and words; a failed Apply leaves
// the record as it was.
#ifndef SLUICE_RUNTIME_TRANSFORM_TRANSFORM_H_
#define SLUICE_RUNTIME_TRANSFORM_TRANSFORM_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/status.h"
#include "runtime/config/config_def.h"
#include "runtime/config/config_map.h"
#include "runtime/record/batch_memory.h"

namespace sluice::transform {

using record::BatchMemory;

class Transform {
 public:
  virtual ~Transform() = default;
  virtual std::string_view class_name() const = 0;  // with $Key or $Value
  // Changes `record` in place; what it needs lives in `memory`. False: drop the record.
  virtual StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) = 0;
};

class Predicate {
 public:
  virtual ~Predicate() = default;
  virtual std::string_view class_name() const = 0;
  virtual StatusOr<bool> Test(const sluice_record& record) = 0;
};

// Keys of settings, and what is wrong with each.
using SettingErrors = std::vector<std::pair<std::string, std::string>>;
// Complaints about settings that go beyond what `config` says of each key: those whose names users
// choose, and those that must not lack together. nullptr: there are none of that kind. Any thread.
using SettingCheck = SettingErrors (*)(const config::ConfigMap& settings);

// A class that can be named in `transforms.A.type` or `predicates.P.type`.
struct TransformClass {
  std::string name;  // full Java name
  const config::ConfigDef* config;
  StatusOr<std::unique_ptr<Transform>> (*make)(const config::ConfigMap& settings);
  SettingCheck check = nullptr;
  std::vector<std::string_view> open = {};  // how keys begin whose names users choose
};
struct PredicateClass {
  std::string name;
  const config::ConfigDef* config;
  StatusOr<std::unique_ptr<Predicate>> (*make)(const config::ConfigMap& settings);
  SettingCheck check = nullptr;
  std::vector<std::string_view> open = {};
};
const std::vector<TransformClass>& ListTransforms();
const std::vector<PredicateClass>& ListPredicates();
// By full name or unambiguous alias; config error that names what there is.
StatusOr<const TransformClass*> FindTransform(std::string_view name);
StatusOr<const PredicateClass*> FindPredicate(std::string_view name);

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_TRANSFORM_H_

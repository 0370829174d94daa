#include "runtime/transform/chain.h"

#include <map>
#include <string>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::transform {
namespace {

// An error of transforms.A or predicates.P, as the reason why the task does not start.
Status NotMade(std::string_view prefix, std::string_view alias, const Status& cause) {
  return WrapConnect(cause, StrCat("Failed to create ", prefix, ".", alias, ": ", Message(cause)));
}

}  // namespace

StatusOr<std::unique_ptr<Chain>> Chain::FromConfig(
    const std::vector<config::TransformSpec>& transforms,
    const std::vector<config::PredicateSpec>& predicates) {
  auto chain = std::make_unique<Chain>();
  std::map<std::string, Predicate*, std::less<>> by_alias;
  for (const config::PredicateSpec& spec : predicates) {
    auto found = FindPredicate(spec.type);
    if (!found.ok()) return NotMade("predicates", spec.alias, found.status());
    auto made = (*found)->make(spec.settings);
    if (!made.ok()) return NotMade("predicates", spec.alias, made.status());
    by_alias[spec.alias] = made->get();
    chain->predicates_.push_back(*std::move(made));
  }
  for (const config::TransformSpec& spec : transforms) {
    auto found = FindTransform(spec.type);
    if (!found.ok()) return NotMade("transforms", spec.alias, found.status());
    auto made = (*found)->make(spec.settings);
    if (!made.ok()) return NotMade("transforms", spec.alias, made.status());
    Step step;
    step.transform = *std::move(made);
    step.negate = spec.negate;
    if (!spec.predicate.empty()) {
      auto predicate = by_alias.find(spec.predicate);
      if (predicate == by_alias.end()) {
        return NotMade(
            "transforms", spec.alias,
            ConfigError(StrCat("Invalid value ", spec.predicate, " for configuration transforms.",
                               spec.alias, ".predicate: not among the configured predicates")));
      }
      step.predicate = predicate->second;
    }
    chain->steps_.push_back(std::move(step));
  }
  return chain;
}

StatusOr<bool> Chain::Apply(sluice_record& record, BatchMemory& memory,
                            errors::ErrorHandler& handler, const errors::Subject& subject) {
  for (Step& step : steps_) {
    bool keep = true;
    const auto apply = [&]() -> Status {
      if (step.predicate != nullptr) {
        SLUICE_ASSIGN_OR_RETURN(const bool holds, step.predicate->Test(record));
        if (holds == step.negate) return OkStatus();
      }
      SLUICE_ASSIGN_OR_RETURN(keep, step.transform->Apply(record, memory));
      return OkStatus();
    };
    SLUICE_ASSIGN_OR_RETURN(const bool done,
                            handler.Execute(errors::Stage::kTransformation,
                                            step.transform->class_name(), subject, apply));
    if (!done) return false;
    if (!keep) {
      filtered_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
  }
  return true;
}

}  // namespace sluice::transform

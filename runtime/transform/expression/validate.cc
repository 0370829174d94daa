// Validate: a record that breaks a rule is bad data, so that it goes where errors.tolerance and the
// dead letter queue send it. And the predicate Matches, for what is to be done with such records.
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/transform/expression/classes.h"

namespace sluice::transform {
namespace {

constexpr std::string_view kValidate = "dev.sluice.transforms.Validate";
constexpr std::string_view kMatches = "dev.sluice.transforms.predicates.Matches";
constexpr std::string_view kRule = "rule.";

class Validate : public Transform {
 public:
  explicit Validate(std::vector<NamedExpression> rules) : rules_(std::move(rules)) {}
  std::string_view class_name() const override { return kValidate; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    for (const NamedExpression& rule : rules_) {
      const StatusOr<bool> holds = rule.expression.Holds(record, memory.arena());
      if (!holds.ok()) {
        return DataError(
            StrCat("Rule '", rule.name, "' cannot be checked: ", Message(holds.status())));
      }
      if (!*holds) return Broken(rule, record, memory);
    }
    return true;
  }

 private:
  // The first one that is broken, and the names of the others.
  Status Broken(const NamedExpression& first, const sluice_record& record,
                BatchMemory& memory) const {
    std::string text = StrCat("Record breaks rule '", first.name, "': ", first.expression.text());
    const size_t start = static_cast<size_t>(&first - rules_.data()) + 1;
    const char* lead = " (also: ";
    for (size_t i = start; i < rules_.size(); ++i) {
      const StatusOr<bool> holds = rules_[i].expression.Holds(record, memory.arena());
      if (holds.ok() && *holds) continue;
      StrAppend(text, lead, rules_[i].name);
      lead = ", ";
    }
    if (lead[0] == ',') text.push_back(')');
    return DataError(text);
  }

  const std::vector<NamedExpression> rules_;
};

class Matches : public Predicate {
 public:
  explicit Matches(std::vector<NamedExpression> rules) : rules_(std::move(rules)) {}
  std::string_view class_name() const override { return kMatches; }

  StatusOr<bool> Test(const sluice_record& record) override {
    arena_.Reset();
    for (const NamedExpression& rule : rules_) {
      SLUICE_ASSIGN_OR_RETURN(const bool holds, rule.expression.Holds(record, arena_));
      if (!holds) return false;
    }
    return true;
  }

 private:
  const std::vector<NamedExpression> rules_;
  abi::Arena arena_;
};

const config::ConfigDef& ValidateDefinition() {
  static const auto* const definition = new config::ConfigDef;
  return *definition;
}
const config::ConfigDef& MatchesDefinition() {
  static const auto* const definition = new config::ConfigDef(
      {ExpressionKey("expression",
                     "The condition. Beside it, or instead of it, rule.NAME gives "
                     "conditions with names; all of them must hold.")});
  return *definition;
}

constexpr char kNoRule[] =
    "Validate needs a rule: rule.NAME with a condition, such as rule.positive=value.amount > 0";
constexpr char kNoCondition[] =
    "Matches needs a condition: expression, or rule.NAME, such as expression=value.amount > 0";

SettingErrors CheckValidate(const config::ConfigMap& settings) {
  SettingErrors errors = CheckAll(settings, kRule);
  if (settings.WithPrefix(kRule).empty()) errors.emplace_back("type", kNoRule);
  return errors;
}

SettingErrors CheckMatches(const config::ConfigMap& settings) {
  SettingErrors errors = CheckAll(settings, kRule);
  if (settings.WithPrefix(kRule).empty() && !settings.Contains("expression")) {
    errors.emplace_back("type", kNoCondition);
  }
  return errors;
}

StatusOr<std::unique_ptr<Transform>> MakeValidate(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(auto rules, CompileAll(settings, kRule));
  if (rules.empty()) return ConfigError(kNoRule);
  return std::make_unique<Validate>(std::move(rules));
}

StatusOr<std::unique_ptr<Predicate>> MakeMatches(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, MatchesDefinition().Parse(settings));
  SLUICE_ASSIGN_OR_RETURN(auto rules, CompileAll(settings, kRule));
  if (const auto text = parsed.OptionalText("expression")) {
    SLUICE_ASSIGN_OR_RETURN(Expression compiled, CompileSetting("expression", *text));
    rules.insert(rules.begin(), NamedExpression{"expression", std::move(compiled)});
  }
  if (rules.empty()) return ConfigError(kNoCondition);
  return std::make_unique<Matches>(std::move(rules));
}

}  // namespace

void AddValidate(std::vector<TransformClass>& classes) {
  classes.push_back(
      {std::string(kValidate), &ValidateDefinition(), &MakeValidate, &CheckValidate, {kRule}});
}
void AddMatches(std::vector<PredicateClass>& classes) {
  classes.push_back(
      {std::string(kMatches), &MatchesDefinition(), &MakeMatches, &CheckMatches, {kRule}});
}

}  // namespace sluice::transform

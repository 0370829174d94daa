// Keys and configurations: what the class declares, and what it says to what is missing, wrong or
// unknown.
#include <algorithm>
#include <set>

#include "runtime/base/text.h"
#include "tests/conformance/child.h"
#include "tests/conformance/source_run.h"

namespace sluice::conformance {
namespace {

using config::ConfigKey;
using config::ConfigMap;
using config::ConfigType;
using config::Validator;
using Problems = std::vector<std::pair<std::string, std::string>>;  // key, text

constexpr std::string_view kUnknown = "conformance.unknown.key";
constexpr std::string_view kSecret = "conformance-secret-5db1";

Outcome Documented(Scene& scene) {
  if (Trim(scene.info.documentation).empty()) return Fail("the class has no documentation");
  std::vector<std::string> without;
  for (const ConfigKey& key : scene.info.keys) {
    if (Trim(key.documentation).empty()) without.push_back(key.name);
  }
  return without.empty() ? Pass() : Fail("keys without documentation: ", StrJoin(without, ", "));
}

Status CheckText(const ConfigKey& key, const std::string& text) {
  SLUICE_ASSIGN_OR_RETURN(const auto value, config::ParseConfigValue(key.name, text, key.type));
  return config::CheckConfigValue(key, value);
}

Outcome Defaults(Scene& scene) {
  for (const ConfigKey& key : scene.info.keys) {
    if (!key.default_value) continue;  // null is always a good one
    const Status good = CheckText(key, *key.default_value);
    if (!good.ok()) return Fail("the default is refused by its own key: ", Message(good));
  }
  return Pass();
}

Outcome Recommended(Scene& scene) {
  bool any = false;
  for (const ConfigKey& key : scene.info.keys) {
    if (!key.recommender) continue;
    any = true;
    SetStep("recommend " + key.name);
    const auto values = scene.registry.Recommend(scene.info, key.name, scene.config);
    if (!values.ok()) return FailWith(key.name, values.status());
    for (const std::string& value : *values) {
      const Status good = CheckText(key, value);
      if (!good.ok()) return Fail("a recommended value is refused: ", Message(good));
    }
  }
  return any ? Pass() : Skip("no key has recommended values");
}

// What REST's validate would say: each key by its definition, then the class itself.
StatusOr<Problems> Validate(Scene& scene, const ConfigMap& config) {
  Problems problems;
  for (const config::ConfigValue& value : config::ConfigDef(scene.info.keys).Validate(config)) {
    for (const std::string& error : value.errors) problems.emplace_back(value.name, error);
  }
  SetStep("validate");
  SLUICE_ASSIGN_OR_RETURN(const Problems own, scene.registry.Validate(scene.info, config));
  problems.insert(problems.end(), own.begin(), own.end());
  return problems;
}

bool Names(const Problems& problems, std::string_view key) {
  return std::any_of(problems.begin(), problems.end(), [&](const auto& problem) {
    return problem.first == key || problem.second.find(key) != std::string::npos;
  });
}

std::string TextOf(const Problems& problems) {
  std::string text;
  for (const auto& [key, why] : problems) {
    StrAppend(text, text.empty() ? "" : "; ", key, ": ", why);
  }
  return text.empty() ? "nothing" : text;
}

Outcome Accepted(Scene& scene) {
  const auto problems = Validate(scene, scene.config);
  if (!problems.ok()) return FailWith("validate", problems.status());
  if (!problems->empty()) return Fail("validate refuses the profile's: ", TextOf(*problems));
  CONFORMANCE_TRY("start", StartAll(scene, scene.config, 1).status);
  return Pass();
}

// With this configuration, which lacks `key` or has it wrong: validate must name it, and a start
// must not do worse than fail with its name.
Outcome MustName(Scene& scene, const ConfigMap& config, const std::string& key,
                 std::string_view how) {
  const auto problems = Validate(scene, config);
  if (!problems.ok()) return FailWith(StrCat(key, " ", how, ": validate"), problems.status());
  if (!Names(*problems, key)) {
    return Fail(key, " ", how, ": validate should name the key, and says: ", TextOf(*problems));
  }
  SetStep(StrCat("a start with ", key, " ", how));
  const Status started = StartAll(scene, config, 1).status;
  if (!started.ok() && Message(started).find(key) == std::string_view::npos) {
    return Fail(key, " ", how, ": the error of the start should name the key: ", Message(started));
  }
  return Pass();
}

Outcome Required(Scene& scene) {
  std::set<std::string> keys(scene.profile->required.begin(), scene.profile->required.end());
  for (const ConfigKey& key : scene.info.keys) {
    if (key.required) keys.insert(key.name);
  }
  if (keys.empty()) return Skip("no key is required");
  for (const std::string& key : keys) {
    ConfigMap config = scene.config;
    if (!config.Erase(key)) return Fail("the profile's configuration has no ", key);
    const Outcome outcome = MustName(scene, config, key, "left out");
    if (outcome.kind != Outcome::Kind::kPass) return outcome;
  }
  return Pass();
}

std::vector<std::string> WrongValues(const ConfigKey& key) {
  std::vector<std::string> wrong;
  switch (key.type) {
    case ConfigType::kBoolean:
      wrong.push_back("perhaps");
      break;
    case ConfigType::kInt:
    case ConfigType::kShort:
    case ConfigType::kLong:
      wrong.push_back("99999999999999999999");
      [[fallthrough]];
    case ConfigType::kDouble:
      wrong.push_back("a lot");
      break;
    default:
      break;
  }
  switch (key.validator.kind) {
    case Validator::Kind::kRange:
      if (key.validator.min && *key.validator.min > -1e15) {
        wrong.push_back(StrCat(static_cast<int64_t>(*key.validator.min) - 1));
      }
      break;
    case Validator::Kind::kOneOf:
    case Validator::Kind::kOneOfIgnoreCase:
      wrong.push_back("conformance");
      break;
    case Validator::Kind::kNonEmpty:
      wrong.push_back(" ");
      break;
    case Validator::Kind::kRegex:
      wrong.push_back("(");
      break;
    default:
      break;
  }
  return wrong;
}

Outcome Wrong(Scene& scene) {
  Profile::Settings settings;
  for (const ConfigKey& key : scene.info.keys) {
    for (std::string& value : WrongValues(key)) settings.emplace_back(key.name, std::move(value));
  }
  const auto& refused = scene.profile->refused;
  settings.insert(settings.end(), refused.begin(), refused.end());
  if (settings.empty()) return Skip("every value of every key is good");
  for (const auto& [key, value] : settings) {
    ConfigMap config = scene.config;
    config.Set(key, value);
    const Outcome outcome = MustName(scene, config, key, StrCat("set to '", value, "'"));
    if (outcome.kind != Outcome::Kind::kPass) return outcome;
  }
  return Pass();
}

// What the framework has beside a connector's own keys, and one that nobody has.
ConfigMap WithOthers(const Scene& scene) {
  ConfigMap config = scene.config;
  const ConfigMap both = {{"key.converter", "org.apache.kafka.connect.storage.StringConverter"},
                          {"value.converter", "org.apache.kafka.connect.json.JsonConverter"},
                          {"value.converter.schemas.enable", "true"},
                          {"header.converter", "SimpleHeaderConverter"},
                          {"config.action.reload", "restart"},
                          {"transforms", "mask"},
                          {"transforms.mask.type", "MaskField$Value"},
                          {"predicates", ""},
                          {"errors.tolerance", "all"},
                          {"errors.retry.timeout", "0"},
                          {"errors.log.enable", "true"},
                          {"connector.plugin.version", scene.info.version},
                          {"task.weight", "1"}};
  const ConfigMap source = {{"topic.creation.groups", ""},
                            {"topic.creation.default.partitions", "1"},
                            {"topic.creation.default.replication.factor", "1"},
                            {"exactly.once.support", "requested"},
                            {"transaction.boundary", "poll"},
                            {"offsets.storage.topic", "offsets"},
                            {"producer.override.linger.ms", "5"}};
  const ConfigMap sink = {{"errors.deadletterqueue.topic.name", "dead"},
                          {"errors.deadletterqueue.topic.replication.factor", "1"},
                          {"errors.deadletterqueue.context.headers.enable", "true"},
                          {"consumer.override.max.poll.records", "500"}};
  config.Merge(both);
  config.Merge(scene.source() ? source : sink);
  config.Set(kUnknown, "1");
  return config;
}

Outcome Unknown(Scene& scene) {
  const ConfigMap config = WithOthers(scene);
  const auto before = Validate(scene, scene.config), after = Validate(scene, config);
  if (!before.ok()) return FailWith("validate", before.status());
  if (!after.ok()) return FailWith("validate", after.status());
  for (const auto& problem : *after) {
    const bool new_one = std::find(before->begin(), before->end(), problem) == before->end();
    if (new_one && problem.first != kUnknown) {
      return Fail("validate refuses a key that is the framework's, ", problem.first, ": ",
                  problem.second);
    }
  }
  CONFORMANCE_TRY("start", StartAll(scene, config, 1).status);
  return Pass();
}

bool Shows(std::string_view text) { return text.find(kSecret) != std::string_view::npos; }

Outcome Secret(Scene& scene) {
  bool any = false;
  for (const ConfigKey& key : scene.info.keys) {
    if (key.type != ConfigType::kPassword) continue;
    any = true;
    ConfigMap config = scene.config;
    config.Set(key.name, kSecret);
    const auto problems = Validate(scene, config);
    if (Shows(problems.ok() ? TextOf(*problems) : Describe(problems.status()))) {
      return Fail("validate shows the value of ", key.name);
    }
    const StartReport started = StartAll(scene, config, 1);
    if (Shows(Message(started.status))) return Fail("an error shows the value of ", key.name);
    for (const std::string& line : started.log) {
      if (Shows(line)) return Fail("the log shows the value of ", key.name);
    }
  }
  return any ? Pass() : Skip("no key is a password");
}

}  // namespace

std::vector<Check> ConfigChecks() {
  return {
      {"keys.documented", Who::kAll, false, "The class and each key have documentation.",
       Documented},
      {"keys.defaults", Who::kAll, false, "Each default is a value that its key allows.", Defaults},
      {"keys.recommended", Who::kAll, true, "So is each value that is recommended.", Recommended},
      {"config.accepted", Who::kAll, true, "The profile's configuration is valid, and starts.",
       Accepted},
      {"config.required", Who::kAll, true,
       "Without a key that is required: an error names it, and nothing crashes.", Required},
      {"config.wrong", Who::kAll, true,
       "With a wrong value: an error names the key, and nothing crashes.", Wrong},
      {"config.unknown", Who::kAll, true,
       "Keys of the framework, and unknown ones, do not disturb.", Unknown},
      {"config.secret", Who::kAll, true, "Values of password keys are in no error and no log line.",
       Secret},
  };
}

}  // namespace sluice::conformance

#include "runtime/config/provider.h"

#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "runtime/base/file.h"
#include "runtime/base/java_regex.h"
#include "runtime/base/log.h"
#include "runtime/base/secrets.h"
#include "runtime/base/text.h"
#include "runtime/config/properties.h"

extern "C" char** environ;

namespace sluice::config {
namespace {

namespace fs = std::filesystem;

// One `${provider:[path:]key}` in a text.
struct Variable {
  std::string provider, path, key;
  size_t begin, end;  // of the whole, with braces
};

// The next variable at or after `from`.
std::optional<Variable> NextVariable(std::string_view text, size_t from) {
  while (true) {
    const size_t begin = text.find("${", from);
    if (begin == std::string_view::npos) return std::nullopt;
    const size_t close = text.find('}', begin + 2);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view inner = text.substr(begin + 2, close - begin - 2);
    const size_t first = inner.find(':');
    if (first == std::string_view::npos) {
      from = begin + 2;  // a later `${` may stand inside
      continue;
    }
    Variable variable{std::string(inner.substr(0, first)), "", "", begin, close + 1};
    const std::string_view rest = inner.substr(first + 1);
    const size_t second = rest.find(':');
    if (second != std::string_view::npos) variable.path = rest.substr(0, second);
    variable.key = second == std::string_view::npos ? rest : rest.substr(second + 1);
    return variable;
  }
}

// The `allowed.paths` of the file providers.
class AllowedPaths {
 public:
  static StatusOr<AllowedPaths> Parse(std::string_view provider, std::string_view text) {
    AllowedPaths allowed;
    for (const std::string& item : SplitList(text)) {
      std::error_code error;
      const fs::path path(item);
      if (!path.is_absolute() || !fs::exists(path, error)) {
        return ConfigError(
            StrCat("Invalid value ", item, " for configuration config.providers.", provider,
                   ".param.allowed.paths: an absolute path that exists was expected"));
      }
      allowed.paths_.push_back(path.lexically_normal());
    }
    return allowed;
  }

  // The path without `.` and `..`, or nothing if it lies outside.
  std::optional<std::string> Normalize(std::string_view text) const {
    const fs::path path = fs::path(text).lexically_normal();
    if (paths_.empty()) return path.string();
    for (const fs::path& allowed : paths_) {
      const fs::path relative = path.lexically_relative(allowed);
      if (!relative.empty() && *relative.begin() != "..") return path.string();
    }
    return std::nullopt;
  }

 private:
  std::vector<fs::path> paths_;
};

// Nothing, or why `path` is not looked at.
bool Refused(const char* provider, std::string_view path) {
  LogWarn("config", "The path ", path, " is not permitted by allowed.paths of the ", provider,
          "; its variables stay as they are");
  return true;
}

class FileProvider : public ConfigProvider {
 public:
  explicit FileProvider(AllowedPaths allowed) : allowed_(std::move(allowed)) {}
  StatusOr<ConfigMap> Get(std::string_view path,
                          const std::vector<std::string>& keys) const override {
    ConfigMap found;
    if (path.empty()) return found;
    const auto file = allowed_.Normalize(path);
    if (!file) return Refused("FileConfigProvider", path), found;
    const auto properties = ReadProperties(*file, PropertiesEncoding::kUtf8);
    if (!properties.ok()) {
      return Wrap(properties.status(), kConfigException,
                  StrCat("Could not read properties from file ", path));
    }
    for (const std::string& key : keys) {
      if (const std::string* value = properties->Find(key)) found.Set(key, *value);
    }
    return found;
  }

 private:
  const AllowedPaths allowed_;
};

class DirectoryProvider : public ConfigProvider {
 public:
  explicit DirectoryProvider(AllowedPaths allowed) : allowed_(std::move(allowed)) {}
  StatusOr<ConfigMap> Get(std::string_view path,
                          const std::vector<std::string>& keys) const override {
    ConfigMap found;
    if (path.empty()) return found;
    const auto directory = allowed_.Normalize(path);
    if (!directory) return Refused("DirectoryConfigProvider", path), found;
    std::error_code error;
    if (!fs::is_directory(*directory, error)) {
      LogWarn("config", "The path ", path, " is not a directory; its variables stay as they are");
      return found;
    }
    for (const std::string& key : keys) {
      // A file of this very directory: a key with a slash names none.
      if (key.empty() || key.find('/') != std::string::npos) continue;
      const fs::path file = fs::path(*directory) / key;
      if (!fs::is_regular_file(file, error)) continue;
      auto text = ReadFile(file.string());
      if (!text.ok()) {
        return Wrap(text.status(), kConfigException,
                    StrCat("Could not read file ", file.string(), " for property ", key));
      }
      found.Set(key, ReplaceInvalidUtf8(*text));
    }
    return found;
  }

 private:
  const AllowedPaths allowed_;
};

class EnvProvider : public ConfigProvider {
 public:
  explicit EnvProvider(ConfigMap variables) : variables_(std::move(variables)) {}
  StatusOr<ConfigMap> Get(std::string_view path,
                          const std::vector<std::string>& keys) const override {
    if (!path.empty()) {
      return ConfigError("Path is not supported for EnvVarConfigProvider, invalid value '" +
                         std::string(path) + "'");
    }
    ConfigMap found;
    for (const std::string& key : keys) {
      if (const std::string* value = variables_.Find(key)) found.Set(key, *value);
    }
    return found;
  }

 private:
  const ConfigMap variables_;
};

StatusOr<std::unique_ptr<ConfigProvider>> MakeEnv(std::string_view alias, const ConfigMap& params,
                                                  const char* const* environment) {
  const std::string pattern(params.Get("allowlist.pattern", ".*"));
  auto regex = JavaRegex::Compile(pattern);
  if (!regex.ok()) {
    return Wrap(regex.status(), kConfigException,
                StrCat("Invalid value ", pattern, " for configuration config.providers.", alias,
                       ".param.allowlist.pattern: ", Message(regex.status())));
  }
  ConfigMap variables;
  for (const char* const* entry = environment; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    SLUICE_ASSIGN_OR_RETURN(const bool allowed, regex->Matches(text.substr(0, equals)));
    if (allowed) variables.Set(text.substr(0, equals), text.substr(equals + 1));
  }
  return std::unique_ptr<ConfigProvider>(std::make_unique<EnvProvider>(std::move(variables)));
}

StatusOr<std::unique_ptr<ConfigProvider>> Make(std::string_view alias, std::string_view class_name,
                                               const ConfigMap& params,
                                               const char* const* environment) {
  constexpr std::string_view kPackage = "org.apache.kafka.common.config.provider.";
  std::string_view simple = class_name;
  if (simple.starts_with(kPackage)) simple.remove_prefix(kPackage.size());
  if (simple == "EnvVarConfigProvider") return MakeEnv(alias, params, environment);
  if (simple == "FileConfigProvider" || simple == "DirectoryConfigProvider") {
    SLUICE_ASSIGN_OR_RETURN(AllowedPaths allowed,
                            AllowedPaths::Parse(alias, params.Get("allowed.paths")));
    if (simple == "FileConfigProvider") {
      return std::unique_ptr<ConfigProvider>(std::make_unique<FileProvider>(std::move(allowed)));
    }
    return std::unique_ptr<ConfigProvider>(std::make_unique<DirectoryProvider>(std::move(allowed)));
  }
  return ConfigError(StrCat("Invalid value ", class_name, " for configuration config.providers.",
                            alias,
                            ".class: no such config provider; there are FileConfigProvider, "
                            "DirectoryConfigProvider and EnvVarConfigProvider of ",
                            kPackage, "*"));
}

using Lookups = std::map<std::pair<std::string, std::string>, std::set<std::string>>;
using Answers = std::map<std::pair<std::string, std::string>, ConfigMap>;

std::string Replace(const std::string& value, const Answers& answers) {
  std::string out;
  size_t copied = 0;
  for (size_t from = 0;;) {
    const auto variable = NextVariable(value, from);
    if (!variable) break;
    from = variable->end;
    const auto answer = answers.find({variable->provider, variable->path});
    const std::string* text =
        answer == answers.end() ? nullptr : answer->second.Find(variable->key);
    if (text == nullptr) continue;
    out.append(value, copied, variable->begin - copied);
    out.append(*text);
    copied = variable->end;
    RememberSecret(*text, value.substr(variable->begin, variable->end - variable->begin));
  }
  out.append(value, copied);
  return out;
}

}  // namespace

StatusOr<std::shared_ptr<const ConfigProviders>> ConfigProviders::FromWorker(
    const ConfigMap& worker, const char* const* environment) {
  auto providers = std::make_shared<ConfigProviders>();
  if (environment == nullptr) environment = environ;
  for (const std::string& alias : SplitList(worker.Get("config.providers"))) {
    if (alias.empty())
      return ConfigError("Configuration 'config.providers' values must not be empty.");
    const std::string prefix = StrCat("config.providers.", alias, ".");
    const std::string* class_name = worker.Find(prefix + "class");
    if (class_name == nullptr) {
      return ConfigError(StrCat("Missing required configuration \"", prefix,
                                "class\" which has no default value: config.providers names ",
                                alias));
    }
    SLUICE_ASSIGN_OR_RETURN(
        providers->providers_[alias],
        Make(alias, Trim(*class_name), worker.WithPrefix(prefix + "param."), environment));
  }
  return std::shared_ptr<const ConfigProviders>(std::move(providers));
}

StatusOr<ConfigMap> ConfigProviders::Resolve(const ConfigMap& config) const {
  Lookups lookups;
  for (const auto& [key, value] : config) {
    for (auto variable = NextVariable(value, 0); variable;
         variable = NextVariable(value, variable->end)) {
      if (providers_.contains(variable->provider)) {
        lookups[{variable->provider, variable->path}].insert(variable->key);
      }
    }
  }
  if (lookups.empty()) return config;
  Answers answers;
  for (const auto& [place, keys] : lookups) {
    const std::vector<std::string> wanted(keys.begin(), keys.end());
    SLUICE_ASSIGN_OR_RETURN(answers[place],
                            providers_.find(place.first)->second->Get(place.second, wanted));
  }
  ConfigMap out;
  for (const auto& [key, value] : config) out.Set(key, Replace(value, answers));
  return out;
}

bool ConfigProviders::HasVariable(std::string_view value) {
  return NextVariable(value, 0).has_value();
}

ConfigMap WithRawVariables(const ConfigMap& task_config, const ConfigMap& raw_connector_config) {
  ConfigMap out = task_config;
  for (const auto& [key, value] : raw_connector_config) {
    if (out.Contains(key) && ConfigProviders::HasVariable(value)) out.Set(key, value);
  }
  return out;
}

}  // namespace sluice::config

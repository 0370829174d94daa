#include "runtime/base/loggers.h"

#include <algorithm>
#include <iterator>

#include "runtime/base/log_levels.h"
#include "runtime/base/text.h"

namespace sluice {
namespace {

constexpr char kRoot[] = "root";
constexpr size_t kNamesMax = 1000;
constexpr size_t kNameMax = 500;

struct Level {
  std::string_view name;
  LogLevel means;
};
constexpr Level kLevels[] = {{"ALL", LogLevel::kTrace},   {"TRACE", LogLevel::kTrace},
                             {"DEBUG", LogLevel::kDebug}, {"INFO", LogLevel::kInfo},
                             {"WARN", LogLevel::kWarn},   {"ERROR", LogLevel::kError},
                             {"FATAL", LogLevel::kOff},   {"OFF", LogLevel::kOff}};
constexpr int kOffLevel = 7;

std::optional<int> ParseLevel(std::string_view name) {
  for (int i = 0; i < static_cast<int>(std::size(kLevels)); ++i) {
    if (EqualsIgnoreCase(kLevels[i].name, name)) return i;
  }
  return std::nullopt;
}
int LevelOf(LogLevel level) {
  return level == LogLevel::kOff ? kOffLevel : static_cast<int>(level) + 1;
}

// Which of Java's loggers means which module of ours; what is below a name means the same. A
// module's names all lie in one of Java's packages, so that a level set on one package never shows
// on another.
struct JavaLogger {
  std::string_view name;  // below org.apache.kafka.
  std::string_view module;
};
constexpr JavaLogger kJavaLoggers[] = {
    {"clients", "kafka"},
    {"clients.admin", "kafka"},
    {"clients.consumer", "kafka"},
    {"clients.producer", "kafka"},
    {"connect.cli", "worker"},
    {"connect.connector", "connector"},
    {"connect.file", "connector"},
    {"connect.file.FileStreamSinkTask", "connector"},
    {"connect.file.FileStreamSourceTask", "connector"},
    {"connect.runtime.AbstractHerder", "herder"},
    {"connect.runtime.AbstractWorkerSourceTask", "task.source"},
    {"connect.runtime.Connect", "worker"},
    {"connect.runtime.ConnectorConfig", "config"},
    {"connect.runtime.ExactlyOnceWorkerSourceTask", "task.source"},
    {"connect.runtime.SourceTaskOffsetCommitter", "task.source"},
    {"connect.runtime.SubmittedRecords", "task.source"},
    {"connect.runtime.Worker", "herder"},
    {"connect.runtime.WorkerConfig", "config"},
    {"connect.runtime.WorkerConfigTransformer", "config"},
    {"connect.runtime.WorkerConnector", "herder"},
    {"connect.runtime.WorkerInfo", "worker"},
    {"connect.runtime.WorkerSinkTask", "task.sink"},
    {"connect.runtime.WorkerSourceTask", "task.source"},
    {"connect.runtime.WorkerTask", "task"},
    {"connect.runtime.distributed", "herder"},
    {"connect.runtime.distributed.DistributedHerder", "herder"},
    {"connect.runtime.errors", "errors"},
    {"connect.runtime.errors.DeadLetterQueueReporter", "errors"},
    {"connect.runtime.errors.LogReporter", "errors"},
    {"connect.runtime.errors.RetryWithToleranceOperator", "errors"},
    {"connect.runtime.isolation", "plugin"},
    {"connect.runtime.isolation.PluginScanner", "plugin"},
    {"connect.runtime.rest", "rest_api"},
    {"connect.runtime.rest.RestServer", "rest_api"},
    {"connect.runtime.standalone.StandaloneHerder", "herder"},
    {"connect.sink", "connector"},
    {"connect.source", "connector"},
    {"connect.storage", "storage"},
    {"connect.storage.KafkaConfigBackingStore", "storage"},
    {"connect.storage.KafkaOffsetBackingStore", "storage"},
    {"connect.storage.KafkaStatusBackingStore", "storage"},
    {"connect.storage.OffsetStorageWriter", "storage"},
    {"connect.util.KafkaBasedLog", "storage"},
    {"connect.util.TopicAdmin", "storage"},
};

int ModuleIndex(std::string_view module) {
  const auto modules = LogModules();
  return static_cast<int>(std::find(modules.begin(), modules.end(), module) - modules.begin());
}

// Whether `name` lies below `above`, as packages and classes do.
bool IsBelow(std::string_view name, std::string_view above) {
  return name.size() > above.size() && name.starts_with(above) &&
         (name[above.size()] == '.' || name[above.size()] == '$');
}

}  // namespace

bool IsLoggerLevel(std::string_view level) { return ParseLevel(level).has_value(); }

Loggers& Loggers::Global() {
  static Loggers* loggers = new Loggers;  // never destroyed: threads may log to the end
  return *loggers;
}

Loggers::Loggers() {
  const int level = LevelOf(DefaultLogLevel());
  MutexLock lock(mutex_);
  const auto modules = LogModules();
  modules_.resize(modules.size(), {level, std::nullopt});
  names_[kRoot].own.level = level;
  for (size_t i = 0; i < modules.size(); ++i) {
    names_[StrCat("sluice.", modules[i])].module = static_cast<int>(i);
  }
  for (const JavaLogger& logger : kJavaLoggers) {
    names_[StrCat("org.apache.kafka.", logger.name)].module = ModuleIndex(logger.module);
  }
}

Loggers::Setting& Loggers::Of(int module, Setting& own) {
  return module == kNoModule ? own : modules_[static_cast<size_t>(module)];
}

std::map<std::string, LoggerLevel> Loggers::All() const {
  std::map<std::string, LoggerLevel> all;
  MutexLock lock(mutex_);
  for (const auto& [name, entry] : names_) {
    const Setting& setting =
        entry.module == kNoModule ? entry.own : modules_[static_cast<size_t>(entry.module)];
    if (setting.level == kOffLevel) continue;
    all[name] = {std::string(kLevels[setting.level].name), setting.modified_ms};
  }
  return all;
}

std::optional<LoggerLevel> Loggers::Find(std::string_view logger) const {
  MutexLock lock(mutex_);
  const auto found = names_.find(EqualsIgnoreCase(logger, kRoot) ? kRoot : logger);
  if (found == names_.end()) return std::nullopt;
  const Name& entry = found->second;
  const Setting& setting =
      entry.module == kNoModule ? entry.own : modules_[static_cast<size_t>(entry.module)];
  return LoggerLevel{std::string(kLevels[setting.level].name), setting.modified_ms};
}

// A name that has not been seen before: it means the module of the nearest name above it, or
// nothing; then it has the level of that name.
void Loggers::Add(const std::string& logger) {
  const Name* above = &names_[kRoot];
  size_t longest = 0;
  for (const auto& [name, entry] : names_) {
    if (!IsBelow(logger, name) || name.size() <= longest) continue;
    longest = name.size();
    above = &entry;
  }
  names_[logger] = {above->module, {above->own.level, std::nullopt}};
}

StatusOr<std::vector<std::string>> Loggers::Set(std::string_view logger, std::string_view level,
                                                int64_t now_ms) {
  const std::optional<int> wanted = ParseLevel(level);
  if (!wanted) return BadRequestError(StrCat("invalid log level '", level, "'."));
  const bool root = EqualsIgnoreCase(logger, kRoot);
  std::vector<std::string> changed;
  MutexLock lock(mutex_);
  if (!root && names_.find(logger) == names_.end()) {
    if (logger.size() > kNameMax || names_.size() >= kNamesMax) {
      return BadRequestError(StrCat("A worker keeps the levels of at most ", kNamesMax,
                                    " loggers, with names of at most ", kNameMax,
                                    " characters; this would be one more"));
    }
    Add(std::string(logger));
  }
  std::vector<Setting*> settings;
  for (auto& [name, entry] : names_) {
    if (!root && (name == kRoot || !name.starts_with(logger))) continue;
    Setting& setting = Of(entry.module, entry.own);
    if (setting.level == *wanted) continue;
    changed.push_back(name);
    settings.push_back(&setting);
    if (entry.module != kNoModule) {
      SetModuleLogLevel(LogModules()[static_cast<size_t>(entry.module)], kLevels[*wanted].means);
    }
  }
  for (Setting* setting : settings) *setting = {*wanted, now_ms};
  if (root) SetLogLevel(kLevels[*wanted].means);
  return changed;
}

}  // namespace sluice

// The names and levels of loggers, as users of Kafka Connect know them (KIP-495): what
// /admin/loggers shows and sets. The log's real switches are one level for each module
// (log_levels.h); a table in loggers.cc says which of Java's loggers mean which module, so that
// DEBUG for org.apache.kafka.connect.runtime.WorkerSinkTask does here what it does there.
//
// A level set on a name holds for it and for all loggers whose names begin with it; "root" means
// all. All names of one module show that module's level. A name that means nothing here is kept
// and shown, without effect. Thread-safe.
#ifndef SLUICE_RUNTIME_BASE_LOGGERS_H_
#define SLUICE_RUNTIME_BASE_LOGGERS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/base/status.h"

namespace sluice {

struct LoggerLevel {
  std::string level;                        // in upper case
  std::optional<int64_t> last_modified_ms;  // nothing: never
};

// Whether log4j2 knows such a level, in any case: ALL, TRACE, DEBUG, INFO, WARN, ERROR, FATAL, OFF.
bool IsLoggerLevel(std::string_view level);

class Loggers {
 public:
  static Loggers& Global();  // the one that REST and the herder use
  Loggers();                 // every logger at the log's level; for tests
  Loggers(const Loggers&) = delete;
  Loggers& operator=(const Loggers&) = delete;

  // Sorted by name; without those at OFF.
  std::map<std::string, LoggerLevel> All() const;
  std::optional<LoggerLevel> Find(std::string_view logger) const;
  // Answers the names whose level changed, sorted. Errors: BadRequestError for a level that does
  // not exist, a name that is too long, and too many names that mean nothing.
  StatusOr<std::vector<std::string>> Set(std::string_view logger, std::string_view level,
                                         int64_t now_ms);

 private:
  struct Setting {
    int level = 0;  // index of kLevels in loggers.cc
    std::optional<int64_t> modified_ms;
  };
  static constexpr int kNoModule = -1;

  Setting& Of(int module, Setting& own) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Add(const std::string& logger) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  struct Name {
    int module = kNoModule;
    Setting own;  // of a name without a module
  };
  mutable Mutex mutex_;
  std::map<std::string, Name, std::less<>> names_ ABSL_GUARDED_BY(mutex_);  // root among them
  std::vector<Setting> modules_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_LOGGERS_H_

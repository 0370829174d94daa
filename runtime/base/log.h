// The worker's log: one line an event on standard error, in the peer's shape
//   [2026-11-22 21:55:33,123] INFO [fs|task-0] Text (sluice.task)
// Any thread. The context in brackets belongs to the thread (LogContext). Never log what a config
// provider resolved, a PASSWORD value, or a record's key or value.
#ifndef SLUICE_RUNTIME_BASE_LOG_H_
#define SLUICE_RUNTIME_BASE_LOG_H_

#include <string>
#include <string_view>

#include "runtime/base/text.h"

namespace sluice {

enum class LogLevel { kTrace, kDebug, kInfo, kWarn, kError, kOff };

// Sets the level of every module, e.g. from SLUICE_LOG_LEVEL. Default kInfo.
void SetLogLevel(LogLevel level);
bool LogEnabled(LogLevel level);
// `module` is the folder's name; it becomes the logger's name `sluice.<module>`. Line breaks are
// kept (traces).
void LogLine(LogLevel level, std::string_view module, std::string_view text);

template <typename... Pieces>
void Log(LogLevel level, std::string_view module, const Pieces&... pieces) {
  if (LogEnabled(level)) LogLine(level, module, StrCat(pieces...));
}
template <typename... Pieces>
void LogDebug(std::string_view module, const Pieces&... pieces) {
  Log(LogLevel::kDebug, module, pieces...);
}
template <typename... Pieces>
void LogInfo(std::string_view module, const Pieces&... pieces) {
  Log(LogLevel::kInfo, module, pieces...);
}
template <typename... Pieces>
void LogWarn(std::string_view module, const Pieces&... pieces) {
  Log(LogLevel::kWarn, module, pieces...);
}
template <typename... Pieces>
void LogError(std::string_view module, const Pieces&... pieces) {
  Log(LogLevel::kError, module, pieces...);
}

// Names the connector or task that this thread works for, e.g. "fs|task-0", until it goes out of
// scope.
class LogContext {
 public:
  explicit LogContext(std::string context);
  ~LogContext();
  LogContext(const LogContext&) = delete;
  LogContext& operator=(const LogContext&) = delete;

 private:
  std::string previous_;
};

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_LOG_H_

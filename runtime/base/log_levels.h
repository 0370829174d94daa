// The levels of the log, one for each module: what loggers.h sets, and log.h asks. While no module
// logs DEBUG, a LogDebug costs one relaxed load; while one does, those of the others are dropped
// when they are written. Any thread.
#ifndef SLUICE_RUNTIME_BASE_LOG_LEVELS_H_
#define SLUICE_RUNTIME_BASE_LOG_LEVELS_H_

#include <span>
#include <string_view>

#include "runtime/base/log.h"

namespace sluice {

// The modules that have a level: folders, or a part of what one does (task.sink).
std::span<const std::string_view> LogModules();
// Sets that of one module, until SetLogLevel of log.h sets all. A module that is not in LogModules
// has none of its own and keeps to what was last set for all.
void SetModuleLogLevel(std::string_view module, LogLevel level);
LogLevel DefaultLogLevel();
bool ModuleLogs(std::string_view module, LogLevel level);

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_LOG_LEVELS_H_

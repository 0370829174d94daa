// A plugin's log lines among the worker's. Any thread.
#ifndef SLUICE_RUNTIME_TASK_PLUGIN_LOG_H_
#define SLUICE_RUNTIME_TASK_PLUGIN_LOG_H_

#include <algorithm>
#include <string_view>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/log.h"

namespace sluice::task {

inline void LogOfPlugin(sluice_log_level level, std::string_view text) {
  const int known = std::clamp<int>(level, SLUICE_LOG_TRACE, SLUICE_LOG_ERROR);
  sluice::Log(static_cast<LogLevel>(known), "connector", text);
}

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_PLUGIN_LOG_H_

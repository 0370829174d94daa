#include "runtime/base/log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iterator>
#include <span>
#include <utility>

#include "runtime/base/secrets.h"

namespace sluice {
namespace {

constexpr std::string_view kModules[] = {
    "cluster", "config",   "connector", "errors", "herder",    "kafka",       "plugin",
    "record",  "rest_api", "storage",   "task",   "task.sink", "task.source", "worker"};

struct ModuleLevel {
  std::atomic<LogLevel> level{LogLevel::kInfo};
};
std::array<ModuleLevel, std::size(kModules)> g_levels;
std::atomic<LogLevel> g_default{LogLevel::kInfo};
std::atomic<LogLevel> g_lowest{LogLevel::kInfo};  // of all: what nobody logs costs one load

// The level of a module; the default for one that is not known.
std::atomic<LogLevel>& LevelOf(std::string_view module) {
  for (size_t i = 0; i < std::size(kModules); ++i) {
    if (kModules[i] == module) return g_levels[i].level;
  }
  return g_default;
}

void FindLowest() {
  LogLevel lowest = g_default.load();
  for (const ModuleLevel& one : g_levels) lowest = std::min(lowest, one.level.load());
  g_lowest = lowest;
}

std::string& ThreadContext() {
  thread_local std::string context;
  return context;
}

constexpr const char* kNames[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"};

}  // namespace

void SetLogLevel(LogLevel level) {
  g_default = level;
  for (ModuleLevel& one : g_levels) one.level = level;
  FindLowest();
}
bool LogEnabled(LogLevel level) { return level >= g_lowest.load(std::memory_order_relaxed); }

// ---- Declared in log_levels.h, whose library lies above this one: who only logs does not see it.

void SetModuleLogLevel(std::string_view module, LogLevel level) {
  std::atomic<LogLevel>& own = LevelOf(module);
  if (&own == &g_default) return;
  own = level;
  FindLowest();
}
LogLevel DefaultLogLevel() { return g_default; }
std::span<const std::string_view> LogModules() { return kModules; }
bool ModuleLogs(std::string_view module, LogLevel level) {
  return level >= LevelOf(module).load(std::memory_order_relaxed);
}

// ----

void LogLine(LogLevel level, std::string_view module, std::string_view text) {
  if (!ModuleLogs(module, level)) return;
  const auto now = std::chrono::system_clock::now();
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::time_t seconds = ms / 1000;
  std::tm local{};
  localtime_r(&seconds, &local);
  char stamp[48];
  const size_t length = std::strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &local);
  std::snprintf(stamp + length, sizeof stamp - length, ",%03d", static_cast<int>(ms % 1000));
  std::string line = StrCat("[", stamp, "] ", kNames[static_cast<int>(level)], " ");
  if (!ThreadContext().empty()) StrAppend(line, "[", ThreadContext(), "] ");
  StrAppend(line, WithoutSecrets(std::string(text)), " (sluice.", module, ")\n");
  std::fwrite(line.data(), 1, line.size(), stderr);  // one call: lines of threads do not mix
}

LogContext::LogContext(std::string context)
    : previous_(std::exchange(ThreadContext(), std::move(context))) {}
LogContext::~LogContext() { ThreadContext() = std::move(previous_); }

}  // namespace sluice

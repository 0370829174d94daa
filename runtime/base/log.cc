#include "runtime/base/log.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

namespace sluice {
namespace {

std::atomic<LogLevel> g_level{LogLevel::kInfo};

std::string& ThreadContext() {
  thread_local std::string context;
  return context;
}

constexpr const char* kNames[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"};

}  // namespace

void SetLogLevel(LogLevel level) { g_level = level; }
bool LogEnabled(LogLevel level) { return level >= g_level.load(std::memory_order_relaxed); }

void LogLine(LogLevel level, std::string_view module, std::string_view text) {
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
  StrAppend(line, text, " (sluice.", module, ")\n");
  std::fwrite(line.data(), 1, line.size(), stderr);  // one call: lines of threads do not mix
}

LogContext::LogContext(std::string context)
    : previous_(std::exchange(ThreadContext(), std::move(context))) {}
LogContext::~LogContext() { ThreadContext() = std::move(previous_); }

}  // namespace sluice

// A task's or connector's line to the worker: its log and its metrics. May be used from any thread,
// until the task or connector is destroyed. Never log a record's key or value, or a password.
#ifndef SLUICE_CONNECTORS_SDK_LOGGER_H_
#define SLUICE_CONNECTORS_SDK_LOGGER_H_

#include <string_view>

#include "connectors/sdk/text.h"
#include "runtime/abi/views.h"

namespace sluice::sdk {

class Logger {
 public:
  using LogFn = void (*)(void* context, sluice_log_level level, sluice_str text);
  using MetricFn = void (*)(void* context, sluice_str name, sluice_metric_kind kind, double value);
  Logger() = default;
  Logger(void* context, LogFn log, MetricFn metric)
      : context_(context), log_(log), metric_(metric) {}

  template <typename... Pieces>
  void Debug(const Pieces&... pieces) const {
    Write(SLUICE_LOG_DEBUG, Cat(pieces...));
  }
  template <typename... Pieces>
  void Info(const Pieces&... pieces) const {
    Write(SLUICE_LOG_INFO, Cat(pieces...));
  }
  template <typename... Pieces>
  void Warn(const Pieces&... pieces) const {
    Write(SLUICE_LOG_WARN, Cat(pieces...));
  }
  template <typename... Pieces>
  void Error(const Pieces&... pieces) const {
    Write(SLUICE_LOG_ERROR, Cat(pieces...));
  }
  // Metrics: small letters, digits, dashes; labels behind it: lag{topic="t",partition="0"}.
  void Count(std::string_view name, double by = 1) const { Metric(name, SLUICE_METRIC_ADD, by); }
  void Gauge(std::string_view name, double value) const { Metric(name, SLUICE_METRIC_SET, value); }
  void Observe(std::string_view name, double value) const {
    Metric(name, SLUICE_METRIC_OBSERVE, value);
  }

 private:
  void Write(sluice_log_level level, std::string_view text) const {
    if (log_ != nullptr) log_(context_, level, abi::Str(text));
  }
  void Metric(std::string_view name, sluice_metric_kind kind, double value) const {
    if (metric_ != nullptr) metric_(context_, abi::Str(name), kind, value);
  }

  void* context_ = nullptr;
  LogFn log_ = nullptr;
  MetricFn metric_ = nullptr;
};

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_LOGGER_H_

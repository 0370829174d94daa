#include "runtime/metrics/plugin_metrics.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::metrics {
namespace {

constexpr std::string_view kPrefix = "kafka_connect_plugins_";
constexpr std::string_view kHelp = "A metric of the plugin's own (KIP-877).";

bool IsName(std::string_view name) {
  if (name.empty() || name.front() == '-') return false;
  for (const char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return false;
  }
  return true;
}

// topic="t",partition="0" with Prometheus' escapes, as Label writes it. Nothing if it is not.
std::optional<std::string> ParseLabels(std::string_view text) {
  std::string out;
  std::vector<std::string> names;
  while (!text.empty()) {
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = Trim(text.substr(0, equals));
    if (!IsName(name) || (name.front() >= '0' && name.front() <= '9')) return std::nullopt;
    if (name == "connector" || name == "task") return std::nullopt;
    text.remove_prefix(equals + 1);
    if (text.empty() || text.front() != '"') return std::nullopt;
    std::string value;
    size_t at = 1;
    for (; at < text.size() && text[at] != '"'; ++at) {
      const bool escaped = text[at] == '\\' && at + 1 < text.size();
      if (escaped) ++at;
      value.push_back(escaped && text[at] == 'n' ? '\n' : text[at]);
    }
    if (at >= text.size()) return std::nullopt;
    std::string label = ToName(name);
    if (label.starts_with("__")) return std::nullopt;
    if (std::find(names.begin(), names.end(), label) != names.end()) return std::nullopt;
    out += Label(label, value);
    names.push_back(std::move(label));
    text = Trim(text.substr(at + 1));
    if (text.empty()) break;
    if (text.front() != ',') return std::nullopt;
    text = Trim(text.substr(1));
  }
  return out;
}

}  // namespace

std::shared_ptr<PluginMetrics> PluginMetrics::Make(Registry* registry, std::string labels) {
  auto made = std::make_shared<PluginMetrics>();
  made->owner_ = labels;
  if (registry != nullptr) {
    made->registration_ = registry->AddLoose(std::move(labels), kHelp,
                                             [weak = std::weak_ptr(made)](LooseReading& reading) {
                                               if (const auto self = weak.lock())
                                                 self->Read(reading);
                                             });
  }
  return made;
}

PluginMetrics::Metric PluginMetrics::Parse(std::string_view name, Kind kind) const {
  Metric metric{{}, {}, kind};
  std::string_view base = Trim(name);
  std::optional<std::string> labels = std::string();
  if (const size_t brace = base.find('{'); brace != std::string_view::npos) {
    if (base.back() != '}') {
      labels.reset();
    } else {
      labels = ParseLabels(Trim(base.substr(brace + 1, base.size() - brace - 2)));
    }
    base = Trim(base.substr(0, brace));
  }
  if (!labels || !IsName(base)) {
    LogWarn("metrics", "A plugin's metric is not shown: '", name,
            "' is no name of small letters, digits and dashes with labels like {topic=\"t\"} "
            "behind it, other than connector and task (",
            owner_, ")");
    return metric;
  }
  metric.family = StrCat(kPrefix, ToName(base));
  if (kind == Kind::kAdd && !base.ends_with("-total") && !base.ends_with("_total")) {
    metric.family += "_total";
  }
  metric.labels = *std::move(labels);
  for (const auto& [known, other] : metrics_) {
    if (other.family != metric.family || other.labels != metric.labels) continue;
    LogWarn("metrics", "A plugin's metric is not shown: '", name, "' is the same as '", known,
            "' (", owner_, ")");
    metric.family.clear();
    break;
  }
  return metric;
}

void PluginMetrics::Record(std::string_view name, Kind kind, double value) {
  MutexLock lock(mutex_);
  if (closed_) return;
  auto found = metrics_.find(name);
  if (found == metrics_.end()) {
    if (metrics_.size() >= kNamesMax) {
      if (!std::exchange(full_told_, true)) {
        LogWarn("metrics", "A plugin has given ", kNamesMax,
                " metrics; further ones are not shown, '", name, "' is the first (", owner_, ")");
      }
      return;
    }
    found = metrics_.emplace(std::string(name), Parse(name, kind)).first;
  }
  Metric& metric = found->second;
  if (metric.kind != kind) return;  // the first use says what it is
  metric.value = kind == Kind::kSet ? value : metric.value + value;
  ++metric.count;
}

void PluginMetrics::Close() {
  MutexLock lock(mutex_);
  closed_ = true;
  metrics_.clear();
}

void PluginMetrics::Read(LooseReading& reading) const {
  MutexLock lock(mutex_);
  for (const auto& [name, metric] : metrics_) {
    if (metric.family.empty()) continue;
    switch (metric.kind) {
      case Kind::kAdd:
        reading.Value(metric.family, Type::kCounter, metric.labels, metric.value);
        break;
      case Kind::kSet:
        reading.Value(metric.family, Type::kGauge, metric.labels, metric.value);
        break;
      case Kind::kObserve:
        reading.Observed(metric.family, metric.labels, metric.value, metric.count);
        break;
    }
  }
}

}  // namespace sluice::metrics

#include "runtime/metrics/window.h"

#include <algorithm>
#include <limits>

namespace sluice::metrics {
namespace {
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
}

Window::Sample Window::Fresh(int64_t now_ms) {
  return {now_ms,
          now_ms,
          0,
          0,
          -std::numeric_limits<double>::infinity(),
          std::numeric_limits<double>::infinity()};
}

Window::Sample& Window::Current(int64_t now_ms) {
  if (samples_.empty()) samples_.push_back(Fresh(now_ms));
  return samples_[current_];
}

void Window::Record(double value, int64_t now_ms) {
  if (now_ms - Current(now_ms).begin_ms >= config_.sample_ms) {
    current_ = (current_ + 1) % static_cast<size_t>(config_.samples + 1);
    if (current_ >= samples_.size()) {
      samples_.push_back(Fresh(now_ms));
    } else {
      samples_[current_] = Fresh(now_ms);
    }
  }
  Sample& sample = samples_[current_];
  sample.last_ms = now_ms;
  ++sample.count;
  sample.sum += value;
  sample.max = std::max(sample.max, value);
  sample.min = std::min(sample.min, value);
}

Window::Sample Window::Combined(int64_t now_ms) {
  Current(now_ms);
  const int64_t age_max = config_.samples * config_.sample_ms;
  Sample all = Fresh(now_ms);
  for (Sample& sample : samples_) {
    if (now_ms - sample.last_ms >= age_max) sample = Fresh(now_ms);
    all.begin_ms = std::min(all.begin_ms, sample.begin_ms);
    all.count += sample.count;
    all.sum += sample.sum;
    all.max = std::max(all.max, sample.max);
    all.min = std::min(all.min, sample.min);
  }
  return all;
}

double Window::Rate(int64_t now_ms) {
  const Sample all = Combined(now_ms);
  int64_t elapsed = now_ms - all.begin_ms;
  const int64_t missing = config_.samples - 1 - elapsed / config_.sample_ms;
  if (missing > 0) elapsed += missing * config_.sample_ms;
  return all.sum * 1000 / static_cast<double>(std::max<int64_t>(elapsed, 1));
}

double Window::Avg(int64_t now_ms) {
  const Sample all = Combined(now_ms);
  return all.count == 0 ? kNone : all.sum / static_cast<double>(all.count);
}

double Window::Max(int64_t now_ms) {
  const Sample all = Combined(now_ms);
  return all.count == 0 ? kNone : all.max;
}

double Window::Min(int64_t now_ms) {
  const Sample all = Combined(now_ms);
  return all.count == 0 ? kNone : all.min;
}

double Window::Fraction(int64_t now_ms) {
  const Sample all = Combined(now_ms);
  return all.count == 0 ? 0 : all.sum / static_cast<double>(all.count);
}

double Window::OtherFraction(int64_t now_ms) {
  const Sample all = Combined(now_ms);
  return all.count == 0 ? 0 : 1 - all.sum / static_cast<double>(all.count);
}

}  // namespace sluice::metrics

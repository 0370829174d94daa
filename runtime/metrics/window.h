// A windowed statistic: sums, extremes and counts over the last `samples` sample windows, with the
// sample rules of Kafka's Java metrics (metrics.sample.window.ms x metrics.num.samples). One Window
// serves every statistic of a value: rate, average, maximum, minimum, share of true outcomes.
// Reading forgets what is too old. Not thread-safe: its owner locks. Milliseconds are a monotonic
// clock's.
#ifndef SLUICE_RUNTIME_METRICS_WINDOW_H_
#define SLUICE_RUNTIME_METRICS_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::metrics {

struct WindowConfig {
  int64_t sample_ms = 30'000;  // metrics.sample.window.ms
  int samples = 2;             // metrics.num.samples, at least 1
};

class Window {
 public:
  explicit Window(WindowConfig config) : config_(config) {}

  void Record(double value, int64_t now_ms);

  // The sum a second, over the age of the oldest sample but at least samples - 1 full windows. 0
  // without events.
  double Rate(int64_t now_ms);
  double Avg(int64_t now_ms);  // these three: NaN without events
  double Max(int64_t now_ms);
  double Min(int64_t now_ms);
  // Of values that are 1 or 0: the share of the ones, and of the others. Both 0 without events.
  double Fraction(int64_t now_ms);
  double OtherFraction(int64_t now_ms);

 private:
  struct Sample {
    int64_t begin_ms;
    int64_t last_ms;  // of its newest event
    int64_t count;
    double sum, max, min;
  };
  static Sample Fresh(int64_t now_ms);
  Sample& Current(int64_t now_ms);
  // All samples as one, without those that are too old.
  Sample Combined(int64_t now_ms);

  const WindowConfig config_;
  std::vector<Sample>
      samples_;  // up to config_.samples + 1: the oldest may still overlap the window
  size_t current_ = 0;
};

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_WINDOW_H_

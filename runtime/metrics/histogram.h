// How often a duration fell into each of fixed ranges since the beginning: a Prometheus histogram,
// in seconds. Not thread-safe: its owner locks.
#ifndef SLUICE_RUNTIME_METRICS_HISTOGRAM_H_
#define SLUICE_RUNTIME_METRICS_HISTOGRAM_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice::metrics {

struct Histogram {
  // Upper bounds in milliseconds; one more range has none.
  static constexpr std::array<int64_t, 15> kBoundsMs = {
      1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10'000, 60'000, 600'000};

  std::array<uint64_t, kBoundsMs.size() + 1> counts{};  // not summed up
  uint64_t count = 0;
  double sum_ms = 0;

  // `times` times the same.
  void Observe(int64_t ms, uint64_t times) {
    if (ms < 0) ms = 0;
    size_t range = 0;
    while (range < kBoundsMs.size() && ms > kBoundsMs[range]) ++range;
    counts[range] += times;
    count += times;
    sum_ms += static_cast<double>(ms) * static_cast<double>(times);
  }
};

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_HISTOGRAM_H_

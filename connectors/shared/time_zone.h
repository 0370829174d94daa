// What a clock on the wall shows at an instant, and when. Loaded at start from the system's zone
// files; conversions are pure functions, any thread.
#ifndef SLUICE_CONNECTORS_SHARED_TIME_ZONE_H_
#define SLUICE_CONNECTORS_SHARED_TIME_ZONE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::shared {

class TimeZone {
 public:
  TimeZone() = default;  // UTC
  // Java's names: UTC, Europe/Berlin, GMT+2, GMT-03:30, +02:00. Throws ConfigException, by the key
  // `key`.
  static TimeZone Load(std::string_view key, std::string_view name);

  // Seconds east of Greenwich at an instant.
  int64_t OffsetAt(int64_t epoch_seconds) const {
    return table_ == nullptr ? fixed_ : LookUp(epoch_seconds);
  }
  // The instant at which its clock shows this, as if that were UTC; the first of two, and in a gap
  // as far behind it, as in Java.
  int64_t FromLocal(int64_t local_seconds) const {
    return table_ == nullptr ? local_seconds - fixed_ : LookUpLocal(local_seconds);
  }
  // Both in milliseconds: what its clock shows, as if that were UTC, and back.
  int64_t ToLocalMs(int64_t epoch_ms) const { return epoch_ms + 1000 * OffsetAt(Floor(epoch_ms)); }
  int64_t FromLocalMs(int64_t local_ms) const {
    const int64_t seconds = Floor(local_ms);
    return local_ms + 1000 * (FromLocal(seconds) - seconds);
  }
  const std::string& name() const { return name_; }

 private:
  struct Table;
  static int64_t Floor(int64_t ms) { return ms / 1000 - (ms % 1000 < 0 ? 1 : 0); }
  int64_t LookUp(int64_t epoch_seconds) const;
  int64_t LookUpLocal(int64_t local_seconds) const;
  std::string name_ = "UTC";
  int64_t fixed_ = 0;
  std::shared_ptr<const Table> table_;
};

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_TIME_ZONE_H_

// db.timezone: what a clock on the wall shows at an instant. Loaded at start, from the system's
// zone files; the conversion is a pure function, any thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_TIME_ZONE_H_
#define SLUICE_CONNECTORS_POSTGRES_TIME_ZONE_H_

#include <cstdint>
#include <memory>
#include <string_view>

namespace sluice::postgres {

class TimeZone {
 public:
  TimeZone() = default;  // UTC
  // Java's names: UTC, Europe/Berlin, GMT+2, GMT-03:30, +02:00. Throws ConfigException, by the key
  // `key`.
  static TimeZone Load(std::string_view key, std::string_view name);
  // Seconds east of Greenwich.
  int64_t OffsetAt(int64_t epoch_seconds) const {
    return table_ == nullptr ? fixed_ : LookUp(epoch_seconds);
  }

 private:
  struct Table;
  int64_t LookUp(int64_t epoch_seconds) const;
  int64_t fixed_ = 0;
  std::shared_ptr<const Table> table_;
};

}  // namespace sluice::postgres

#endif  // SLUICE_CONNECTORS_POSTGRES_TIME_ZONE_H_

#include "connectors/shared/time_zone.h"

#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "connectors/sdk/errors.h"

namespace sluice::shared {
namespace {

// +2, -03:30, +0330; seconds, or nothing.
bool ParseOffset(std::string_view text, int64_t& seconds) {
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return false;
  const int64_t sign = text.front() == '-' ? -1 : 1;
  std::string digits;
  size_t colon = std::string_view::npos;
  for (char c : text.substr(1)) {
    if (c == ':' && colon == std::string_view::npos) {
      colon = digits.size();
    } else if (c >= '0' && c <= '9') {
      digits.push_back(c);
    } else {
      return false;
    }
  }
  const size_t hours = colon != std::string_view::npos ? colon
                       : digits.size() <= 2            ? digits.size()
                                                       : digits.size() - 2;
  if (hours == 0 || hours > 2 || (digits.size() != hours && digits.size() != hours + 2))
    return false;
  const int64_t hour = std::stoi(digits.substr(0, hours));
  const int64_t minute = digits.size() > hours ? std::stoi(digits.substr(hours)) : 0;
  if (hour > 18 || minute > 59) return false;
  seconds = sign * (hour * 3600 + minute * 60);
  return true;
}

}  // namespace

struct TimeZone::Table {
  absl::TimeZone zone;
};

TimeZone TimeZone::Load(std::string_view key, std::string_view name) {
  TimeZone out;
  out.name_ = name;
  if (name == "UTC" || name == "Z" || name == "GMT" || name == "Etc/UTC") return out;
  std::string_view offset = name;
  for (std::string_view prefix : {"GMT", "UTC", "UT"}) {
    if (offset.starts_with(prefix)) {
      offset.remove_prefix(prefix.size());
      break;
    }
  }
  if (ParseOffset(offset, out.fixed_)) return out;
  auto table = std::make_shared<Table>();
  if (name.empty() || !absl::LoadTimeZone(std::string(name), &table->zone)) {
    throw sdk::ConfigException::Invalid(
        key, name, "no such time zone; expected UTC, Europe/Berlin, GMT+02:00 and the like");
  }
  out.table_ = std::move(table);
  return out;
}

int64_t TimeZone::LookUp(int64_t epoch_seconds) const {
  return table_->zone.At(absl::FromUnixSeconds(epoch_seconds)).offset;
}

int64_t TimeZone::LookUpLocal(int64_t local_seconds) const {
  const absl::CivilSecond shown =
      absl::ToCivilSecond(absl::FromUnixSeconds(local_seconds), absl::UTCTimeZone());
  return absl::ToUnixSeconds(table_->zone.At(shown).pre);
}

}  // namespace sluice::shared

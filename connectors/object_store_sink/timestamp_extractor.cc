#include "connectors/object_store_sink/timestamp_extractor.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

// Reads a text from the left.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : left_(text) {}
  bool Skip(char c) {
    if (left_.empty() || left_.front() != c) return false;
    return left_.remove_prefix(1), true;
  }
  // Exactly so many digits.
  bool Number(size_t digits, int& out) {
    if (left_.size() < digits) return false;
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + digits, out);
    if (error != std::errc() || end != left_.data() + digits || left_.front() == '-') return false;
    return left_.remove_prefix(digits), true;
  }
  // Digits behind a point, as milliseconds.
  bool Fraction(int& ms) {
    size_t digits = 0;
    ms = 0;
    while (digits < left_.size() && left_[digits] >= '0' && left_[digits] <= '9') ++digits;
    if (digits == 0) return false;
    for (size_t i = 0; i < 3; ++i) ms = ms * 10 + (i < digits ? left_[i] - '0' : 0);
    return left_.remove_prefix(digits), true;
  }
  bool done() const { return left_.empty(); }

 private:
  std::string_view left_;
};

// Behind the date and its T. Milliseconds of the day, less the zone's offset.
bool ScanTime(Scanner& scan, int64_t& out) {
  int hour = 0, minute = 0, second = 0, ms = 0;
  if (!scan.Number(2, hour)) return false;
  if (scan.Skip(':')) {
    if (!scan.Number(2, minute)) return false;
    if (scan.Skip(':')) {
      if (!scan.Number(2, second)) return false;
      if ((scan.Skip('.') || scan.Skip(',')) && !scan.Fraction(ms)) return false;
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  out = ((hour * 60 + minute) * 60 + second) * int64_t{1000} + ms;
  if (scan.done() || scan.Skip('Z')) return scan.done();
  const bool west = scan.Skip('-');
  if (!west && !scan.Skip('+')) return false;
  int zone_hour = 0, zone_minute = 0;
  if (!scan.Number(2, zone_hour)) return false;
  if (!scan.done()) {
    scan.Skip(':');
    if (!scan.Number(2, zone_minute)) return false;
  }
  const int64_t offset = (zone_hour * 60 + zone_minute) * int64_t{60'000};
  out += west ? offset : -offset;
  return scan.done();
}

std::optional<int64_t> OfText(std::string_view text) {
  const bool digits =
      !text.empty() && text.size() <= 19 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return ParseIsoTime(text);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<int64_t> ParseIsoTime(std::string_view text) {
  Scanner scan(text);
  int year = 0, month = 1, day = 1;
  if (!scan.Number(4, year)) return std::nullopt;
  if (scan.Skip('-')) {
    if (!scan.Number(2, month)) return std::nullopt;
    if (scan.Skip('-') && !scan.Number(2, day)) return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  int64_t of_day = 0;
  if (scan.Skip('T')) {
    if (!ScanTime(scan, of_day)) return std::nullopt;
  } else if (!scan.done()) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date).time_since_epoch().count() * int64_t{86'400'000} + of_day;
}

int64_t TimestampExtractor::Extract(const sluice_record& record, int64_t now_ms) {
  if (source_ == TimestampSource::kWallclock) return now_ms;
  if (source_ == TimestampSource::kRecord) {
    if (record.timestamp == SLUICE_NO_TIMESTAMP) {
      throw sdk::DataException("the record has no timestamp");
    }
    return record.timestamp;
  }
  const sdk::Value* value = field_.Find(record.value);
  if (value == nullptr || sdk::IsNull(*value)) {
    throw sdk::DataException("the record has no field ", field_.name(),
                             value == nullptr ? "" : " but null", ", which timestamp.field names");
  }
  switch (value->kind) {
    case SLUICE_TIMESTAMP:
    case SLUICE_INT32:
    case SLUICE_INT64:
      return value->as.int64;
    case SLUICE_STRING:
      if (const std::optional<int64_t> time = OfText(sdk::Text(*value))) return *time;
      throw sdk::DataException("the field ", field_.name(),
                               " is a text that is no time: expected milliseconds or ISO-8601");
    default:
      throw sdk::DataException(
          "the field ", field_.name(),
          " is no time: expected a Timestamp, int32 or int64 of milliseconds, or a text");
  }
}

}  // namespace sluice::object_store_sink

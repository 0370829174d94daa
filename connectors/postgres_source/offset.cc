#include "connectors/postgres_source/offset.h"

namespace sluice::postgres::source {
namespace {

constexpr std::string_view kIncrementing = "incrementing", kTimestamp = "timestamp",
                           kNanos = "timestamp_nanos";
constexpr int64_t kSecond = 1'000'000;

std::optional<int64_t> Number(const sdk::Value& map, std::string_view name) {
  const sdk::Value* value = sdk::Find(map, name);
  if (value == nullptr || sdk::IsNull(*value)) return std::nullopt;
  if (value->kind < SLUICE_INT8 || value->kind > SLUICE_INT64) {
    throw sdk::ConnectException("The stored offset's ", name,
                                " should be a whole number; correct it with ",
                                "PATCH /connectors/<name>/offsets");
  }
  return value->as.int64;
}

// Rounded down, also before 1970.
int64_t Divided(int64_t number, int64_t by) { return number / by - (number % by < 0 ? 1 : 0); }

}  // namespace

const sdk::Value* OffsetMap(abi::Arena& arena, const Offset& offset) {
  auto* entries = arena.NewArray<sluice_map_entry>(3);
  size_t count = 0;
  if (offset.incrementing) {
    entries[count++] = {sdk::String(kIncrementing), sdk::Int64(*offset.incrementing)};
  }
  if (offset.timestamp) {
    const int64_t of_second = *offset.timestamp - Divided(*offset.timestamp, kSecond) * kSecond;
    entries[count++] = {sdk::String(kTimestamp), sdk::Int64(Divided(*offset.timestamp, 1000))};
    entries[count++] = {sdk::String(kNanos), sdk::Int64(of_second * 1000)};
  }
  return arena.New(abi::Map(entries, count));
}

Offset ReadOffset(const sdk::Value& map) {
  Offset offset;
  offset.incrementing = Number(map, kIncrementing);
  if (const std::optional<int64_t> millis = Number(map, kTimestamp)) {
    if (*millis > INT64_MAX / 1000 || *millis < INT64_MIN / 1000) {
      throw sdk::ConnectException("The stored offset's timestamp ", *millis,
                                  " is no number of milliseconds from 1970");
    }
    offset.timestamp = *millis * 1000;
    // Nanoseconds of the second; the milliseconds among them are known already.
    if (const std::optional<int64_t> nanos = Number(map, kNanos)) {
      offset.timestamp = Divided(*millis, 1000) * kSecond + *nanos / 1000;
    }
  }
  return offset;
}

}  // namespace sluice::postgres::source

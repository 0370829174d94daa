// The statements that read a table or the result of a query, by mode and offset. Pure functions,
// any thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_SOURCE_SELECT_H_
#define SLUICE_CONNECTORS_POSTGRES_SOURCE_SELECT_H_

#include <string>
#include <vector>

#include "connectors/postgres_source/offset.h"

namespace sluice::postgres::source {

enum class Mode : uint8_t { kBulk, kIncrementing, kTimestamp, kTimestampIncrementing };

inline bool HasTimestamp(Mode mode) {
  return mode == Mode::kTimestamp || mode == Mode::kTimestampIncrementing;
}
inline bool HasIncrementing(Mode mode) {
  return mode == Mode::kIncrementing || mode == Mode::kTimestampIncrementing;
}

struct Selection {
  Mode mode = Mode::kBulk;
  std::string base;                            // SELECT * FROM "orders", or the user's query
  std::string suffix;                          // query.suffix
  std::vector<std::string> timestamp_columns;  // as SQL writes them
  std::string incrementing_column;
};

// `after`: where to go on, as SQL's literals; "": from the beginning. `before`: the time up to
// which rows are read, of modes with a timestamp.
struct Bounds {
  std::string after_timestamp = {}, after_incrementing = {}, before = {};
};

std::string SelectSql(const Selection& selection, const Bounds& bounds);

}  // namespace sluice::postgres::source

#endif  // SLUICE_CONNECTORS_POSTGRES_SOURCE_SELECT_H_

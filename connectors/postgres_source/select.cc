#include "connectors/postgres_source/select.h"

#include "connectors/sdk/text.h"

namespace sluice::postgres::source {
namespace {

using sdk::Cat;

// The first of the columns that has a value.
std::string TimestampOf(const Selection& selection) {
  if (selection.timestamp_columns.size() == 1) return selection.timestamp_columns[0];
  std::string list;
  for (const std::string& column : selection.timestamp_columns) {
    list += Cat(list.empty() ? "" : ", ", column);
  }
  return Cat("COALESCE(", list, ")");
}

std::string Where(const Selection& selection, const Bounds& bounds) {
  const std::string& id = selection.incrementing_column;
  const std::string time = HasTimestamp(selection.mode) ? TimestampOf(selection) : "";
  std::string after_id;
  if (HasIncrementing(selection.mode) && !bounds.after_incrementing.empty()) {
    after_id = Cat(id, " > ", bounds.after_incrementing);
  }
  if (selection.mode == Mode::kIncrementing) return after_id;
  if (!HasTimestamp(selection.mode)) return "";
  const std::string until = Cat(time, " < ", bounds.before);
  if (bounds.after_timestamp.empty()) return until;
  const std::string later = Cat(time, " > ", bounds.after_timestamp);
  if (after_id.empty()) return Cat(later, " AND ", until);
  return Cat(until, " AND ((", time, " = ", bounds.after_timestamp, " AND ", after_id, ") OR ",
             later, ")");
}

std::string Order(const Selection& selection) {
  switch (selection.mode) {
    case Mode::kBulk:
      return "";
    case Mode::kIncrementing:
      return Cat(" ORDER BY ", selection.incrementing_column);
    case Mode::kTimestamp:
      return Cat(" ORDER BY ", TimestampOf(selection));
    case Mode::kTimestampIncrementing:
      return Cat(" ORDER BY ", TimestampOf(selection), ", ", selection.incrementing_column);
  }
  return "";
}

}  // namespace

std::string SelectSql(const Selection& selection, const Bounds& bounds) {
  const std::string where = Where(selection, bounds);
  std::string sql = selection.base;
  if (!where.empty()) sql += " WHERE " + where;
  sql += Order(selection);
  if (!selection.suffix.empty()) sql += " " + selection.suffix;
  return sql;
}

}  // namespace sluice::postgres::source

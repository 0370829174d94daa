#include "connectors/postgres/sql_error.h"

#include <algorithm>
#include <iterator>

#include "connectors/sdk/text.h"

namespace sluice::postgres {
namespace {

template <size_t N>
bool Holds(const std::string_view (&list)[N], std::string_view one) {
  return std::find(std::begin(list), std::end(list), one) != std::end(list);
}

// Constraint, table and column, as far as they are told.
std::string Where(const ServerMessage& message) {
  std::string out;
  if (!message.table.empty()) out += "; table " + message.table;
  if (!message.column.empty()) out += "; column " + message.column;
  if (!message.constraint.empty()) out += "; constraint " + message.constraint;
  return out;
}

}  // namespace

ErrorKind Classify(std::string_view state) {
  // Classes that pass by themselves: connections, transactions rolled back, resources, operators,
  // the system.
  static constexpr std::string_view kPassingClasses[] = {"08", "40", "53", "57", "58"};
  // lock_not_available, object_in_use, a standby that is asked to write,
  // idle_in_transaction_session_timeout
  static constexpr std::string_view kPassing[] = {"55P03", "55006", "25006", "25P03"};
  // undefined or duplicate tables, columns, types; a mismatch of types; no unique constraint for ON
  // CONFLICT; a prepared statement that is gone or whose plan must change
  static constexpr std::string_view kStale[] = {"42P01", "42703", "42704", "42P07", "42701",
                                                "42710", "42804", "42P10", "26000", "0A000"};
  // check option of a view, raise in a trigger, a row that no index can hold; two rows of one
  // statement for one row, which alone are none
  static constexpr std::string_view kOfARow[] = {"44000", "P0001", "54000", "21000"};
  const std::string_view group = state.substr(0, 2);
  if (Holds(kPassing, state) || Holds(kPassingClasses, group)) return ErrorKind::kTransient;
  if (Holds(kStale, state)) return ErrorKind::kSchema;
  if (group == "22" || group == "23" || Holds(kOfARow, state)) return ErrorKind::kRecord;
  return ErrorKind::kFatal;
}

SqlError MakeSqlError(const ServerMessage& message, bool trim) {
  const std::string severity = message.severity.empty() ? "ERROR" : message.severity;
  std::string text =
      trim ? sdk::Cat(severity, ": refused by the server (SQLSTATE ", message.sqlstate)
           : sdk::Cat(severity, ": ", message.primary, " (SQLSTATE ", message.sqlstate);
  text += Where(message) + ")";
  if (!trim && !message.detail.empty()) text += ". Detail: " + message.detail;
  if (!trim && !message.hint.empty()) text += ". Hint: " + message.hint;
  return SqlError(Classify(message.sqlstate), message.sqlstate, text);
}

bool IsHopeless(std::string_view text) {
  for (std::string_view sign :
       {"password authentication failed", "certificate authentication failed",
        "no password supplied", "no pg_hba.conf entry", "pg_hba.conf rejects connection",
        "connection requires a valid client certificate", "has group or world access",
        "is not a regular file", "certificate present, but not private key", "does not exist",
        "permission denied for database", "root certificate file", "certificate verify failed",
        "does not support SSL", "server certificate for", "is not permitted to log in",
        "invalid sslmode", "could not load private key", "could not read certificate file"}) {
    if (text.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace sluice::postgres

// What the server, or the way to it, answered; and what that means for a put. Pure functions, any
// thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_SQL_ERROR_H_
#define SLUICE_CONNECTORS_POSTGRES_SQL_ERROR_H_

#include <stdexcept>
#include <string>
#include <string_view>

namespace sluice::postgres {

enum class ErrorKind {
  kTransient,  // may pass: a lost connection, a deadlock, a full disk, a server that starts or ends
  kRecord,     // a row is to blame: alone it fails too, its neighbours do not
  kSchema,     // what is known of the table may be out of date: look again, then it is a failure
  kFatal,      // a user has to mend something: rights, passwords, a database that is not there
};

ErrorKind Classify(std::string_view sqlstate);

class SqlError : public std::runtime_error {
 public:
  // The connection was lost, or never there: `text` says how.
  static SqlError Lost(std::string text) {
    return SqlError(ErrorKind::kTransient, "", std::move(text));
  }
  SqlError(ErrorKind kind, std::string sqlstate, const std::string& text)
      : std::runtime_error(text), kind_(kind), sqlstate_(std::move(sqlstate)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& sqlstate() const { return sqlstate_; }  // "": not from the server
  bool lost() const { return sqlstate_.empty(); }

 private:
  ErrorKind kind_;
  std::string sqlstate_;
};

// The fields of a server's message; empty where it said nothing.
struct ServerMessage {
  std::string sqlstate = {}, severity = {}, primary = {}, detail = {}, hint = {};
  std::string table = {}, column = {}, constraint = {};
};
// ERROR: duplicate key ... (SQLSTATE 23505; constraint orders_pkey). Detail: ... `trim`: without
// what may hold values.
SqlError MakeSqlError(const ServerMessage& message, bool trim);

// Why a connection could not be made, told by libpq's text, for it keeps no SQLSTATE: what waiting
// does not mend.
bool IsHopeless(std::string_view connection_text);

}  // namespace sluice::postgres

#endif  // SLUICE_CONNECTORS_POSTGRES_SQL_ERROR_H_

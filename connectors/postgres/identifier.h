// Names of tables and columns as SQL writes them. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_IDENTIFIER_H_
#define SLUICE_CONNECTORS_POSTGRES_IDENTIFIER_H_

#include <compare>
#include <string>
#include <string_view>

namespace sluice::postgres {

// The server's limit; what is longer is cut at a character's border, as the server itself does.
inline constexpr size_t kIdentifierMax = 63;
std::string CutIdentifier(std::string_view name);

std::string QuoteLiteral(std::string_view text);  // 'it''s', for any setting of the server

struct TableName {
  std::string schema;  // "": the search path's
  std::string table;
  std::string Text() const { return schema.empty() ? table : schema + "." + table; }
  friend auto operator<=>(const TableName&, const TableName&) = default;
};

// [catalog.][schema.]table; parts may be in double quotes, a doubled one inside stands for one.
// Throws ConnectException.
TableName ParseTableName(std::string_view text);

// quote.sql.identifiers: always, or never. The names of never are folded to small letters, as the
// server does with names without quotes, and then quoted all the same: no topic's or field's name
// may be more of a statement than a name.
class Quoting {
 public:
  explicit Quoting(bool always = true) : always_(always) {}
  std::string operator()(std::string_view name) const;
  std::string operator()(const TableName& name) const;
  // The name that the server keeps.
  std::string Kept(std::string_view name) const;

 private:
  bool always_;
};

}  // namespace sluice::postgres

#endif  // SLUICE_CONNECTORS_POSTGRES_IDENTIFIER_H_

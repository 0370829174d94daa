#include "connectors/postgres/identifier.h"

#include <vector>

#include "connectors/sdk/errors.h"

namespace sluice::postgres {
namespace {

std::string Doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote) out.push_back(quote);
    out.push_back(c);
  }
  out.push_back(quote);
  return out;
}

}  // namespace

std::string CutIdentifier(std::string_view name) {
  if (name.size() <= kIdentifierMax) return std::string(name);
  size_t size = kIdentifierMax;
  while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) --size;
  return std::string(name.substr(0, size));
}

std::string QuoteLiteral(std::string_view text) {
  std::string plain = Doubled(text, '\'');
  if (text.find('\\') == std::string_view::npos) return plain;
  std::string out = "E";  // a backslash means itself there only if it is doubled
  for (char c : plain) {
    if (c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

TableName ParseTableName(std::string_view text) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      parts.back().push_back(text[++i]);
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '.' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  if (quoted)
    throw sdk::ConnectException("The table name '", text, "' has a quote that is not closed");
  if (parts.size() > 3) {
    throw sdk::ConnectException(
        "The table name '", text,
        "' has more than three parts; expected [catalog.][schema.]table. A dot in a topic's name ",
        "begins a new part: give table.name.format or topics.to.tables.mapping another name");
  }
  for (const std::string& part : parts) {
    if (part.empty()) throw sdk::ConnectException("The table name '", text, "' has an empty part");
  }
  TableName name;
  name.table = CutIdentifier(parts.back());
  if (parts.size() > 1) name.schema = CutIdentifier(parts[parts.size() - 2]);
  return name;
}

std::string Quoting::operator()(std::string_view name) const { return Doubled(Kept(name), '"'); }

std::string Quoting::operator()(const TableName& name) const {
  return name.schema.empty() ? (*this)(name.table)
                             : (*this)(name.schema) + "." + (*this)(name.table);
}

std::string Quoting::Kept(std::string_view name) const {
  std::string kept = CutIdentifier(name);
  if (always_) return kept;
  for (char& c : kept) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return kept;
}

}  // namespace sluice::postgres

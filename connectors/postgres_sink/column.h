// A column of a table as the catalog describes it. Plain data.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_COLUMN_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_COLUMN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/postgres/identifier.h"
#include "connectors/postgres/oid.h"

namespace sluice::postgres::sink {

struct Column {
  std::string name;
  uint32_t type = 0;     // of a domain: what it is made of
  uint32_t element = 0;  // of an array: its elements', else 0
  bool is_enum = false;
  std::string type_name = {};  // as a cast writes it, without length
  bool not_null = false;
  bool has_default = false;  // or is an identity
  bool generated = false;    // always computed by the server
  friend bool operator==(const Column&, const Column&) = default;
};

struct Table {
  TableName name;   // as it is written
  char kind = 'r';  // pg_class.relkind
  bool row_security = false;
  std::vector<Column> columns = {};
  std::vector<std::string> primary_key = {};

  // By its exact name, else by a name that differs in case only; nullptr: there is none.
  const Column* Find(std::string_view column) const;
  friend bool operator==(const Table&, const Table&) = default;
};

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_COLUMN_H_

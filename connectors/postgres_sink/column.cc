#include "connectors/postgres_sink/column.h"

#include "connectors/shared/text.h"

namespace sluice::postgres::sink {

const Column* Table::Find(std::string_view column) const {
  for (const Column& one : columns) {
    if (one.name == column) return &one;
  }
  for (const Column& one : columns) {
    if (shared::EqualIgnoringCase(one.name, column)) return &one;
  }
  return nullptr;
}

}  // namespace sluice::postgres::sink

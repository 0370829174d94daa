#include "connectors/postgres_sink/column.h"

#include <algorithm>

namespace sluice::postgres_sink {
namespace {

bool SameIgnoringCase(std::string_view a, std::string_view b) {
  const auto small = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return small(x) == small(y); });
}

}  // namespace

const Column* Table::Find(std::string_view column) const {
  for (const Column& one : columns) {
    if (one.name == column) return &one;
  }
  for (const Column& one : columns) {
    if (SameIgnoringCase(one.name, column)) return &one;
  }
  return nullptr;
}

}  // namespace sluice::postgres_sink

// A Connect schema in Arrow's types. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_ARROW_SCHEMA_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_ARROW_SCHEMA_H_

#include <memory>
#include <stdexcept>
#include <string>

#include <arrow/type.h>

#include "connectors/sdk/value.h"

namespace sluice::object_store_sink {

// A schema that Parquet has no form of, or a value that has none in its schema's.
class BadData : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Of a struct's schema. Throws BadData.
std::shared_ptr<arrow::Schema> ToArrow(const sluice_schema& schema);

// Of a Decimal's schema: 38 digits unless connect.decimal.precision says another number.
struct DecimalSize {
  int32_t precision;
  int32_t scale;
};
DecimalSize DecimalSizeOf(const sluice_schema& schema);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_ARROW_SCHEMA_H_

// A struct's fields as Arrow's builders: a tree of columns, made once for a file, that a value is
// appended to. One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_COLUMNS_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_COLUMNS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/array/builder_base.h>
#include <arrow/record_batch.h>

#include "connectors/object_store_sink/parquet/arrow_schema.h"

namespace sluice::object_store_sink {

class Column {
 public:
  virtual ~Column() = default;
  // The value must fit (Columns::Check).
  virtual void Append(const sluice_value& value) = 0;
  // What Arrow's own check of the schema would not see. Throws BadData.
  virtual void Check(const sluice_value&) const {}
};

class Columns {
 public:
  // Throws BadData.
  explicit Columns(const sluice_schema& schema);
  // Throws BadData if the struct does not fit.
  void Check(const sluice_value& value) const;
  void Append(const sluice_value& value);
  // What was appended, in about so many bytes; the columns are empty then.
  std::shared_ptr<arrow::RecordBatch> Take();
  int64_t rows() const { return rows_; }
  size_t bytes() const { return bytes_; }
  const std::shared_ptr<arrow::Schema>& schema() const { return arrow_; }

 private:
  const sluice_schema& schema_;
  const std::shared_ptr<arrow::Schema> arrow_;
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> builders_;
  std::vector<std::unique_ptr<Column>> columns_;
  int64_t rows_ = 0;
  size_t bytes_ = 0;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_COLUMNS_H_

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
#include "connectors/sdk/record.h"

namespace sluice::object_store_sink {

class Column {
 public:
  explicit Column(const sluice_schema& schema)
      : schema_(schema), optional_(schema.optional != 0), named_(schema.name.data != nullptr) {}
  virtual ~Column() = default;
  // False: the value is not one of the schema's. Throws BadData where Parquet asks for more.
  bool Fits(const sluice_value& value) const {
    if (value.kind == SLUICE_NULL) return optional_;
    const bool kind =
        value.kind == schema_.type || (named_ && abi::BaseType(value.kind) == schema_.type);
    return kind && FitsInside(value);
  }
  // The value must fit.
  virtual void Append(const sluice_value& value) = 0;

 protected:
  virtual bool FitsInside(const sluice_value&) const { return true; }
  const sluice_schema& schema_;

 private:
  const bool optional_, named_;
};

class Columns {
 public:
  // Throws BadData.
  explicit Columns(const sluice_schema& schema);
  // Throws BadData if the struct does not fit.
  void Check(const sluice_value& value) const;
  void Append(const sluice_value& value);
  // What was appended, in about so many bytes; it is the last call.
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

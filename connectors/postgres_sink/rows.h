// Rows as the two ways to send them want them: one array for each column, or the stream of a COPY.
// Filled row by row; the memory is kept from batch to batch. One thread at a time.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_ROWS_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_ROWS_H_

#include <string_view>
#include <vector>

#include "connectors/postgres/connection.h"
#include "connectors/postgres_sink/byte_buffer.h"
#include "connectors/postgres_sink/plan.h"
#include "connectors/postgres_sink/value_writer.h"

namespace sluice::postgres::sink {

class ArrayRows {
 public:
  explicit ArrayRows(ValueWriter& writer) : writer_(writer) {}
  void Begin(const Plan& plan);
  // Throws BadValue, and is then as it was before.
  void Add(const sluice_record& record);
  size_t rows() const { return rows_; }
  size_t bytes() const;
  // One array for each of the plan's parameters, borrowed until Begin.
  const std::vector<Parameter>& Finish();

 private:
  ValueWriter& writer_;
  const Plan* plan_ = nullptr;
  size_t rows_ = 0;
  std::vector<ByteBuffer> columns_;
  std::vector<bool> nulls_;
  std::vector<size_t> starts_;  // of the row that is being added
  std::vector<Parameter> parameters_;
};

class CopyRows {
 public:
  explicit CopyRows(ValueWriter& writer) : writer_(writer) {}
  void Begin(const Plan& plan);
  // Throws BadValue, and is then as it was before.
  void Add(const sluice_record& record);
  size_t rows() const { return rows_; }
  size_t bytes() const { return stream_.size(); }
  // The whole stream, borrowed until Begin.
  std::string_view Finish();

 private:
  ValueWriter& writer_;
  const Plan* plan_ = nullptr;
  size_t rows_ = 0;
  ByteBuffer stream_;
};

// The bytes of a row's key columns, put behind what is in `out`. Equal keys have equal bytes.
// Throws BadValue.
void PutKey(ByteBuffer& out, ValueWriter& writer, const Plan& plan, const sluice_record& record);

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_ROWS_H_

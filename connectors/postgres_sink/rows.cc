#include "connectors/postgres_sink/rows.h"

#include "connectors/sdk/text.h"

namespace sluice::postgres::sink {
namespace {

// What one large batch has left behind is given back.
constexpr size_t kKeep = 4 << 20;
// Of an array: dimensions, whether there are nulls, the elements' type, size, lower bound.
constexpr size_t kHasNullsAt = 4, kSizeAt = 12;
constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);

const sluice_value& Checked(const PlanColumn& column, const sluice_record& record,
                            sluice_value& scratch) {
  const sluice_value& value = Get(column.source, record, scratch);
  if (column.key && value.kind == SLUICE_NULL) {
    throw BadValue("it is of the key, and null");
  }
  return value;
}

// Names the column, as the server would.
[[noreturn]] void Blame(const ValueWriter& writer, const PlanColumn& column,
                        const BadValue& error) {
  throw BadValue(
      sdk::Cat("column \"", column.name,
               "\": ", writer.hides_values() ? "its value does not fit the column" : error.what()));
}

}  // namespace

void ArrayRows::Begin(const Plan& plan) {
  plan_ = &plan;
  rows_ = 0;
  if (columns_.size() < plan.columns.size()) columns_.resize(plan.columns.size());
  nulls_.assign(plan.columns.size(), false);
  starts_.assign(plan.columns.size(), 0);
  for (size_t i = 0; i < plan.columns.size(); ++i) {
    ByteBuffer& column = columns_[i];
    column.Trim(kKeep);
    column.Clear();
    column.Int32(1);
    column.Int32(0);
    column.Int32(static_cast<int32_t>(plan.columns[i].encoding.parameter.oid));
    column.Int32(0);
    column.Int32(1);
  }
}

void ArrayRows::Add(const sluice_record& record) {
  sluice_value scratch{};
  size_t done = 0;
  try {
    for (; done < plan_->columns.size(); ++done) {
      const PlanColumn& column = plan_->columns[done];
      starts_[done] = columns_[done].size();
      const sluice_value& value = Checked(column, record, scratch);
      if (value.kind == SLUICE_NULL) nulls_[done] = true;
      writer_.Put(columns_[done], column.encoding.parameter, value);
    }
    ++rows_;
  } catch (const BadValue& error) {
    for (size_t i = 0; i <= done; ++i) columns_[i].CutTo(starts_[i]);
    Blame(writer_, plan_->columns[done], error);
  }
}

size_t ArrayRows::bytes() const {
  size_t bytes = 0;
  for (size_t i = 0; i < plan_->columns.size(); ++i) bytes += columns_[i].size();
  return bytes;
}

const std::vector<Parameter>& ArrayRows::Finish() {
  parameters_.clear();
  for (size_t i = 0; i < plan_->columns.size(); ++i) {
    columns_[i].SetInt32(kHasNullsAt, nulls_[i] ? 1 : 0);
    columns_[i].SetInt32(kSizeAt, static_cast<int32_t>(rows_));
    parameters_.push_back({plan_->types[i], columns_[i].view()});
  }
  return parameters_;
}

void CopyRows::Begin(const Plan& plan) {
  plan_ = &plan;
  rows_ = 0;
  stream_.Trim(kKeep);
  stream_.Clear();
  stream_.Bytes(kSignature);
  stream_.Int32(0);  // flags
  stream_.Int32(0);  // no more of a header
}

void CopyRows::Add(const sluice_record& record) {
  sluice_value scratch{};
  const size_t start = stream_.size();
  size_t done = 0;
  try {
    stream_.Int16(static_cast<int16_t>(plan_->columns.size()));
    for (; done < plan_->columns.size(); ++done) {
      const PlanColumn& column = plan_->columns[done];
      writer_.Put(stream_, column.encoding.copy, Checked(column, record, scratch));
    }
    ++rows_;
  } catch (const BadValue& error) {
    stream_.CutTo(start);
    Blame(writer_, plan_->columns[done], error);
  }
}

std::string_view CopyRows::Finish() {
  stream_.Int16(-1);
  return stream_.view();
}

void PutKey(ByteBuffer& out, ValueWriter& writer, const Plan& plan, const sluice_record& record) {
  sluice_value scratch{};
  for (const PlanColumn& column : plan.columns) {
    if (!column.key) continue;
    try {
      writer.Put(out, column.encoding.parameter, Checked(column, record, scratch));
    } catch (const BadValue& error) {
      Blame(writer, column, error);
    }
  }
}

}  // namespace sluice::postgres::sink

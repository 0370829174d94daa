#include "connectors/object_store_sink/parquet/columns.h"

#include <string>
#include <utility>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/array/builder_time.h>
#include <arrow/util/decimal.h>

#include "connectors/object_store_sink/format.h"
#include "connectors/sdk/errors.h"
#include "connectors/sdk/record.h"

namespace sluice::object_store_sink {
namespace {

// Builders fail when memory is out; then the file is lost.
void Must(const arrow::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

template <typename T>
T Must(arrow::Result<T> result) {
  Must(result.status());
  return std::move(result).ValueUnsafe();
}

arrow::Decimal128 ToDecimal(const sluice_value& value) {
  const sluice_decimal& from = *value.as.decimal;
  const uint8_t* bytes = from.unscaled;
  uint32_t size = from.unscaled_size;
  // Bytes that only repeat the sign.
  while (size > 1 && (bytes[0] == 0 || bytes[0] == 0xFF) && (bytes[0] ^ bytes[1]) < 0x80) {
    ++bytes, --size;
  }
  const auto made = arrow::Decimal128::FromBigEndian(bytes, static_cast<int32_t>(size));
  if (!made.ok()) throw BadData("a decimal with more than 38 digits");
  return *made;
}

// A builder that takes a value by one call; `Get` finds it in ours.
template <typename Builder, typename Get>
class Simple : public Column {
 public:
  Simple(arrow::ArrayBuilder* builder, size_t* bytes, Get get)
      : builder_(static_cast<Builder*>(builder)), bytes_(bytes), get_(get) {}
  void Append(const sluice_value& value) override {
    if (sdk::IsNull(value)) return Must(builder_->AppendNull());
    *bytes_ += 8 + value.size;
    Must(builder_->Append(get_(value)));
  }

 private:
  Builder* const builder_;
  size_t* const bytes_;
  const Get get_;
};

template <typename Builder, typename Get>
std::unique_ptr<Column> NewSimple(arrow::ArrayBuilder* builder, size_t* bytes, Get get) {
  return std::make_unique<Simple<Builder, Get>>(builder, bytes, get);
}

class DecimalColumn : public Column {
 public:
  DecimalColumn(arrow::ArrayBuilder* builder, size_t* bytes, DecimalSize size)
      : builder_(static_cast<arrow::Decimal128Builder*>(builder)), bytes_(bytes), size_(size) {}
  void Check(const sluice_value& value) const override {
    if (sdk::IsNull(value)) return;
    if (value.kind != SLUICE_DECIMAL)
      throw BadData("a value that is no decimal in a decimal's place");
    if (value.as.decimal->scale != size_.scale) {
      throw BadData(sdk::Cat("a decimal has scale ", value.as.decimal->scale, ", and its schema ",
                             size_.scale));
    }
    if (!ToDecimal(value).FitsInPrecision(size_.precision)) {
      throw BadData(sdk::Cat("a decimal with more than ", size_.precision, " digits"));
    }
  }
  void Append(const sluice_value& value) override {
    if (sdk::IsNull(value)) return Must(builder_->AppendNull());
    *bytes_ += 16;
    Must(builder_->Append(ToDecimal(value)));
  }

 private:
  arrow::Decimal128Builder* const builder_;
  size_t* const bytes_;
  const DecimalSize size_;
};

std::unique_ptr<Column> NewColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder,
                                  size_t* bytes);

class ListColumn : public Column {
 public:
  ListColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder, size_t* bytes)
      : builder_(static_cast<arrow::ListBuilder*>(builder)),
        items_(NewColumn(*schema.value_schema, builder_->value_builder(), bytes)) {}
  void Check(const sluice_value& value) const override {
    if (sdk::IsNull(value)) return;
    for (uint32_t i = 0; i < value.size; ++i) items_->Check(value.as.items[i]);
  }
  void Append(const sluice_value& value) override {
    if (sdk::IsNull(value)) return Must(builder_->AppendNull());
    Must(builder_->Append());
    for (uint32_t i = 0; i < value.size; ++i) items_->Append(value.as.items[i]);
  }

 private:
  arrow::ListBuilder* const builder_;
  const std::unique_ptr<Column> items_;
};

class MapColumn : public Column {
 public:
  MapColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder, size_t* bytes)
      : builder_(static_cast<arrow::MapBuilder*>(builder)),
        keys_(NewColumn(*schema.key_schema, builder_->key_builder(), bytes)),
        values_(NewColumn(*schema.value_schema, builder_->item_builder(), bytes)) {}
  void Check(const sluice_value& value) const override {
    if (sdk::IsNull(value)) return;
    for (uint32_t i = 0; i < value.size; ++i) {
      const sluice_map_entry& entry = value.as.entries[i];
      if (sdk::IsNull(entry.key)) throw BadData("a map has a null key, which Parquet has not");
      keys_->Check(entry.key);
      values_->Check(entry.value);
    }
  }
  void Append(const sluice_value& value) override {
    if (sdk::IsNull(value)) return Must(builder_->AppendNull());
    Must(builder_->Append());
    for (uint32_t i = 0; i < value.size; ++i) {
      keys_->Append(value.as.entries[i].key);
      values_->Append(value.as.entries[i].value);
    }
  }

 private:
  arrow::MapBuilder* const builder_;
  const std::unique_ptr<Column> keys_, values_;
};

class StructColumn : public Column {
 public:
  StructColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder, size_t* bytes)
      : builder_(static_cast<arrow::StructBuilder*>(builder)) {
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      fields_.push_back(
          NewColumn(*schema.fields[i].schema, builder_->field_builder(static_cast<int>(i)), bytes));
    }
  }
  void Check(const sluice_value& value) const override {
    if (sdk::IsNull(value)) return;
    for (uint32_t i = 0; i < value.size; ++i) fields_[i]->Check(FieldOf(*value.as.structure, i));
  }
  void Append(const sluice_value& value) override {
    if (sdk::IsNull(value)) return Must(builder_->AppendNull());  // also of its fields
    Must(builder_->Append());
    for (uint32_t i = 0; i < value.size; ++i) fields_[i]->Append(FieldOf(*value.as.structure, i));
  }

 private:
  arrow::StructBuilder* const builder_;
  std::vector<std::unique_ptr<Column>> fields_;
};

template <typename Builder>
std::unique_ptr<Column> NewInteger(arrow::ArrayBuilder* builder, size_t* bytes) {
  using Number = typename Builder::value_type;
  return NewSimple<Builder>(builder, bytes, [](const sluice_value& value) {
    return static_cast<Number>(value.as.int64);
  });
}

std::unique_ptr<Column> NewText(const sluice_schema& schema, arrow::ArrayBuilder* builder,
                                size_t* bytes) {
  const auto text = [](const sluice_value& value) { return sdk::Text(value); };
  if (schema.type == SLUICE_STRING) return NewSimple<arrow::StringBuilder>(builder, bytes, text);
  return NewSimple<arrow::BinaryBuilder>(builder, bytes, text);
}

std::unique_ptr<Column> NewColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder,
                                  size_t* bytes) {
  switch (builder->type()->id()) {
    case arrow::Type::BOOL:
      return NewSimple<arrow::BooleanBuilder>(
          builder, bytes, [](const sluice_value& value) { return value.as.int64 != 0; });
    case arrow::Type::INT8:
      return NewInteger<arrow::Int8Builder>(builder, bytes);
    case arrow::Type::INT16:
      return NewInteger<arrow::Int16Builder>(builder, bytes);
    case arrow::Type::INT32:
      return NewInteger<arrow::Int32Builder>(builder, bytes);
    case arrow::Type::INT64:
      return NewInteger<arrow::Int64Builder>(builder, bytes);
    case arrow::Type::DATE32:
      return NewInteger<arrow::Date32Builder>(builder, bytes);
    case arrow::Type::TIME32:
      return NewInteger<arrow::Time32Builder>(builder, bytes);
    case arrow::Type::TIMESTAMP:
      return NewInteger<arrow::TimestampBuilder>(builder, bytes);
    case arrow::Type::FLOAT:
      return NewSimple<arrow::FloatBuilder>(
          builder, bytes, [](const sluice_value& value) { return value.as.float32; });
    case arrow::Type::DOUBLE:
      return NewSimple<arrow::DoubleBuilder>(
          builder, bytes, [](const sluice_value& value) { return value.as.float64; });
    case arrow::Type::DECIMAL128:
      return std::make_unique<DecimalColumn>(builder, bytes, DecimalSizeOf(schema));
    case arrow::Type::LIST:
      return std::make_unique<ListColumn>(schema, builder, bytes);
    case arrow::Type::MAP:
      return std::make_unique<MapColumn>(schema, builder, bytes);
    case arrow::Type::STRUCT:
      return std::make_unique<StructColumn>(schema, builder, bytes);
    default:
      return NewText(schema, builder, bytes);
  }
}

}  // namespace

Columns::Columns(const sluice_schema& schema) : schema_(schema), arrow_(ToArrow(schema)) {
  for (uint32_t i = 0; i < schema.field_count; ++i) {
    builders_.push_back(Must(arrow::MakeBuilder(arrow_->field(static_cast<int>(i))->type())));
    columns_.push_back(NewColumn(*schema.fields[i].schema, builders_.back().get(), &bytes_));
  }
}

void Columns::Check(const sluice_value& value) const {
  if (std::string problem = abi::CheckValue(&schema_, value); !problem.empty()) {
    throw BadData(problem);
  }
  if (sdk::IsNull(value)) throw BadData("a null, where Parquet's rows are structs");
  for (uint32_t i = 0; i < value.size; ++i) columns_[i]->Check(FieldOf(*value.as.structure, i));
}

void Columns::Append(const sluice_value& value) {
  for (uint32_t i = 0; i < value.size; ++i) columns_[i]->Append(FieldOf(*value.as.structure, i));
  ++rows_;
}

std::shared_ptr<arrow::RecordBatch> Columns::Take() {
  arrow::ArrayVector arrays;
  for (const auto& builder : builders_) arrays.push_back(Must(builder->Finish()));
  auto batch = arrow::RecordBatch::Make(arrow_, rows_, std::move(arrays));
  rows_ = 0;
  bytes_ = 0;
  return batch;
}

}  // namespace sluice::object_store_sink

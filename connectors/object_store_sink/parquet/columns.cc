#include "connectors/object_store_sink/parquet/columns.h"

#include <algorithm>
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
  if (size <= sizeof(int64_t)) {
    uint64_t number = bytes[0] < 0x80 ? 0 : UINT64_MAX;
    for (uint32_t i = 0; i < size; ++i) number = number << 8 | bytes[i];
    return arrow::Decimal128(static_cast<int64_t>(number));
  }
  // Bytes that only repeat the sign.
  while (size > 1 && (bytes[0] == 0 || bytes[0] == 0xFF) && (bytes[0] ^ bytes[1]) < 0x80) {
    ++bytes, --size;
  }
  const auto made = arrow::Decimal128::FromBigEndian(bytes, static_cast<int32_t>(size));
  if (!made.ok()) throw BadData("a decimal with more than 38 digits");
  return *made;
}

// A builder of values of one size; `Get` finds it in ours. Room is made for many at once.
template <typename Builder, typename Get>
class Simple : public Column {
 public:
  Simple(const sluice_schema& schema, arrow::ArrayBuilder* builder, size_t* bytes, Get get)
      : Column(schema), builder_(static_cast<Builder*>(builder)), bytes_(bytes), get_(get) {}
  void Append(const sluice_value& value) override {
    // Also the builder of a struct appends here, for a struct that is null.
    if (builder_->arrow::ArrayBuilder::length() == builder_->capacity())
      Must(builder_->Reserve(kRoom));
    *bytes_ += 8;
    if (sdk::IsNull(value)) return builder_->UnsafeAppendNull();
    builder_->UnsafeAppend(get_(value));
  }

 private:
  static constexpr int64_t kRoom = 1024;
  Builder* const builder_;
  size_t* const bytes_;
  const Get get_;
};

template <typename Builder, typename Get>
std::unique_ptr<Column> NewSimple(const sluice_schema& schema, arrow::ArrayBuilder* builder,
                                  size_t* bytes, Get get) {
  return std::make_unique<Simple<Builder, Get>>(schema, builder, bytes, get);
}

template <typename Builder>
std::unique_ptr<Column> NewInteger(const sluice_schema& schema, arrow::ArrayBuilder* builder,
                                   size_t* bytes) {
  using Number = typename Builder::value_type;
  return NewSimple<Builder>(schema, builder, bytes, [](const sluice_value& value) {
    return static_cast<Number>(value.as.int64);
  });
}

// Strings and bytes.
class TextColumn : public Column {
 public:
  TextColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder, size_t* bytes)
      : Column(schema), builder_(static_cast<arrow::BinaryBuilder*>(builder)), bytes_(bytes) {}
  void Append(const sluice_value& value) override {
    if (sdk::IsNull(value)) return Must(builder_->AppendNull());
    *bytes_ += 8 + value.size;
    Must(builder_->Append(sdk::Text(value)));
  }

 private:
  bool FitsInside(const sluice_value& value) const override {
    return value.size == 0 || value.as.data != nullptr;
  }
  arrow::BinaryBuilder* const builder_;
  size_t* const bytes_;
};

class DecimalColumn : public Column {
 public:
  DecimalColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder, size_t* bytes)
      : Column(schema),
        builder_(static_cast<arrow::Decimal128Builder*>(builder)),
        bytes_(bytes),
        size_(DecimalSizeOf(schema)) {}
  void Append(const sluice_value& value) override {
    if (sdk::IsNull(value)) return Must(builder_->AppendNull());
    *bytes_ += 16;
    Must(builder_->Append(ToDecimal(value)));
  }

 private:
  bool FitsInside(const sluice_value& value) const override {
    if (value.kind != SLUICE_DECIMAL) {
      throw BadData("a value that is no decimal in a decimal's place");
    }
    const sluice_decimal* const decimal = value.as.decimal;
    if (decimal == nullptr || decimal->unscaled == nullptr || decimal->unscaled_size == 0) {
      return false;
    }
    if (decimal->scale != size_.scale) {
      throw BadData(
          sdk::Cat("a decimal has scale ", decimal->scale, ", and its schema ", size_.scale));
    }
    constexpr int32_t kDigitsOf64Bits = 19;
    const bool surely =
        decimal->unscaled_size <= sizeof(int64_t) && size_.precision >= kDigitsOf64Bits;
    if (!surely && !ToDecimal(value).FitsInPrecision(size_.precision)) {
      throw BadData(sdk::Cat("a decimal with more than ", size_.precision, " digits"));
    }
    return true;
  }

  arrow::Decimal128Builder* const builder_;
  size_t* const bytes_;
  const DecimalSize size_;
};

std::unique_ptr<Column> NewColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder,
                                  size_t* bytes);

class ListColumn : public Column {
 public:
  ListColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder, size_t* bytes)
      : Column(schema),
        builder_(static_cast<arrow::ListBuilder*>(builder)),
        items_(NewColumn(*schema.value_schema, builder_->value_builder(), bytes)) {}
  void Append(const sluice_value& value) override {
    if (sdk::IsNull(value)) return Must(builder_->AppendNull());
    Must(builder_->Append());
    for (uint32_t i = 0; i < value.size; ++i) items_->Append(value.as.items[i]);
  }

 private:
  bool FitsInside(const sluice_value& value) const override {
    if (value.size != 0 && value.as.items == nullptr) return false;
    return std::all_of(value.as.items, value.as.items + value.size,
                       [&](const sluice_value& item) { return items_->Fits(item); });
  }
  arrow::ListBuilder* const builder_;
  const std::unique_ptr<Column> items_;
};

class MapColumn : public Column {
 public:
  MapColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder, size_t* bytes)
      : Column(schema),
        builder_(static_cast<arrow::MapBuilder*>(builder)),
        keys_(NewColumn(*schema.key_schema, builder_->key_builder(), bytes)),
        values_(NewColumn(*schema.value_schema, builder_->item_builder(), bytes)) {}
  void Append(const sluice_value& value) override {
    if (sdk::IsNull(value)) return Must(builder_->AppendNull());
    Must(builder_->Append());
    for (uint32_t i = 0; i < value.size; ++i) {
      keys_->Append(value.as.entries[i].key);
      values_->Append(value.as.entries[i].value);
    }
  }

 private:
  bool FitsInside(const sluice_value& value) const override {
    if (value.size != 0 && value.as.entries == nullptr) return false;
    return std::all_of(value.as.entries, value.as.entries + value.size,
                       [&](const sluice_map_entry& entry) {
                         if (sdk::IsNull(entry.key))
                           throw BadData("a map has a null key, which Parquet has not");
                         return keys_->Fits(entry.key) && values_->Fits(entry.value);
                       });
  }
  arrow::MapBuilder* const builder_;
  const std::unique_ptr<Column> keys_, values_;
};

bool IsStructOf(const sluice_schema& schema, const sluice_value& value) {
  if (value.kind != SLUICE_STRUCT || value.as.structure == nullptr) return false;
  const sluice_struct& structure = *value.as.structure;
  return abi::SameSchema(structure.schema, &schema) && value.size == schema.field_count &&
         structure.values != nullptr;
}

bool AllFit(const std::vector<std::unique_ptr<Column>>& fields, const sluice_struct& structure) {
  for (uint32_t i = 0; i < fields.size(); ++i) {
    if (!fields[i]->Fits(FieldOf(structure, i))) return false;
  }
  return true;
}

class StructColumn : public Column {
 public:
  StructColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder, size_t* bytes)
      : Column(schema), builder_(static_cast<arrow::StructBuilder*>(builder)) {
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      fields_.push_back(
          NewColumn(*schema.fields[i].schema, builder_->field_builder(static_cast<int>(i)), bytes));
    }
  }
  void Append(const sluice_value& value) override {
    if (sdk::IsNull(value)) return Must(builder_->AppendNull());  // also of its fields
    Must(builder_->Append());
    for (uint32_t i = 0; i < value.size; ++i) fields_[i]->Append(FieldOf(*value.as.structure, i));
  }

 private:
  bool FitsInside(const sluice_value& value) const override {
    return IsStructOf(schema_, value) && AllFit(fields_, *value.as.structure);
  }
  arrow::StructBuilder* const builder_;
  std::vector<std::unique_ptr<Column>> fields_;
};

std::unique_ptr<Column> NewColumn(const sluice_schema& schema, arrow::ArrayBuilder* builder,
                                  size_t* bytes) {
  switch (builder->type()->id()) {
    case arrow::Type::BOOL:
      return NewSimple<arrow::BooleanBuilder>(
          schema, builder, bytes, [](const sluice_value& value) { return value.as.int64 != 0; });
    case arrow::Type::INT8:
      return NewInteger<arrow::Int8Builder>(schema, builder, bytes);
    case arrow::Type::INT16:
      return NewInteger<arrow::Int16Builder>(schema, builder, bytes);
    case arrow::Type::INT32:
      return NewInteger<arrow::Int32Builder>(schema, builder, bytes);
    case arrow::Type::INT64:
      return NewInteger<arrow::Int64Builder>(schema, builder, bytes);
    case arrow::Type::DATE32:
      return NewInteger<arrow::Date32Builder>(schema, builder, bytes);
    case arrow::Type::TIME32:
      return NewInteger<arrow::Time32Builder>(schema, builder, bytes);
    case arrow::Type::TIMESTAMP:
      return NewInteger<arrow::TimestampBuilder>(schema, builder, bytes);
    case arrow::Type::FLOAT:
      return NewSimple<arrow::FloatBuilder>(
          schema, builder, bytes, [](const sluice_value& value) { return value.as.float32; });
    case arrow::Type::DOUBLE:
      return NewSimple<arrow::DoubleBuilder>(
          schema, builder, bytes, [](const sluice_value& value) { return value.as.float64; });
    case arrow::Type::DECIMAL128:
      return std::make_unique<DecimalColumn>(schema, builder, bytes);
    case arrow::Type::LIST:
      return std::make_unique<ListColumn>(schema, builder, bytes);
    case arrow::Type::MAP:
      return std::make_unique<MapColumn>(schema, builder, bytes);
    case arrow::Type::STRUCT:
      return std::make_unique<StructColumn>(schema, builder, bytes);
    default:
      return std::make_unique<TextColumn>(schema, builder, bytes);
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
  if (sdk::IsNull(value)) throw BadData("a null, where Parquet's rows are structs");
  if (IsStructOf(schema_, value) && AllFit(columns_, *value.as.structure)) return;
  const std::string problem = abi::CheckValue(&schema_, value);
  throw BadData(problem.empty() ? "a null where the schema takes none" : problem);
}

void Columns::Append(const sluice_value& value) {
  for (uint32_t i = 0; i < value.size; ++i) columns_[i]->Append(FieldOf(*value.as.structure, i));
  ++rows_;
}

std::shared_ptr<arrow::RecordBatch> Columns::Take() {
  arrow::ArrayVector arrays;
  for (const auto& builder : builders_) arrays.push_back(Must(builder->Finish()));
  return arrow::RecordBatch::Make(arrow_, rows_, std::move(arrays));
}

}  // namespace sluice::object_store_sink

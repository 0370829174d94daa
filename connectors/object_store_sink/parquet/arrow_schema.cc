#include "connectors/object_store_sink/parquet/arrow_schema.h"

#include <charconv>
#include <string_view>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

constexpr int kDepthMax = 100;

std::string_view NameOf(const sluice_schema& schema) {
  return schema.name.data != nullptr ? abi::View(schema.name) : std::string_view();
}

int32_t Number(const sluice_schema& schema, std::string_view key, int32_t otherwise) {
  for (uint32_t i = 0; i < schema.parameter_count; ++i) {
    if (abi::View(schema.parameters[i].key) != key) continue;
    const std::string_view text = abi::View(schema.parameters[i].value);
    int32_t number = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }
  return otherwise;
}

std::shared_ptr<arrow::Field> FieldOfSchema(std::string name, const sluice_schema& schema,
                                            int depth);

std::shared_ptr<arrow::DataType> TypeOf(const sluice_schema& schema, int depth) {
  if (depth > kDepthMax) throw BadData("a schema nested deeper than 100 levels");
  const std::string_view name = NameOf(schema);
  switch (schema.type) {
    case SLUICE_BOOLEAN:
      return arrow::boolean();
    case SLUICE_INT8:
      return arrow::int8();
    case SLUICE_INT16:
      return arrow::int16();
    case SLUICE_INT32:
      if (name == abi::kDateName) return arrow::date32();
      if (name == abi::kTimeName) return arrow::time32(arrow::TimeUnit::MILLI);
      return arrow::int32();
    case SLUICE_INT64:
      if (name == abi::kTimestampName) return arrow::timestamp(arrow::TimeUnit::MILLI, "UTC");
      return arrow::int64();
    case SLUICE_FLOAT32:
      return arrow::float32();
    case SLUICE_FLOAT64:
      return arrow::float64();
    case SLUICE_STRING:
      return arrow::utf8();
    case SLUICE_BYTES:
      if (name == abi::kDecimalName) {
        const DecimalSize size = DecimalSizeOf(schema);
        return arrow::decimal128(size.precision, size.scale);
      }
      return arrow::binary();
    case SLUICE_ARRAY:
      if (schema.value_schema == nullptr)
        throw BadData("an array without a schema of its elements");
      return arrow::list(FieldOfSchema("element", *schema.value_schema, depth + 1));
    case SLUICE_MAP: {
      if (schema.key_schema == nullptr || schema.value_schema == nullptr) {
        throw BadData("a map without a schema of its keys or values");
      }
      const auto key = TypeOf(*schema.key_schema, depth + 1);
      return arrow::map(key, FieldOfSchema("value", *schema.value_schema, depth + 1));
    }
    case SLUICE_STRUCT: {
      arrow::FieldVector fields;
      for (uint32_t i = 0; i < schema.field_count; ++i) {
        fields.push_back(FieldOfSchema(std::string(abi::View(schema.fields[i].name)),
                                       *schema.fields[i].schema, depth + 1));
      }
      if (fields.empty()) throw BadData("a struct without fields, which Parquet does not have");
      return arrow::struct_(fields);
    }
    default:
      throw BadData("a schema of a type that does not exist");
  }
}

std::shared_ptr<arrow::Field> FieldOfSchema(std::string name, const sluice_schema& schema,
                                            int depth) {
  return arrow::field(std::move(name), TypeOf(schema, depth), schema.optional != 0);
}

}  // namespace

DecimalSize DecimalSizeOf(const sluice_schema& schema) {
  const DecimalSize out{Number(schema, "connect.decimal.precision", 38),
                        Number(schema, "scale", 0)};
  if (out.precision < 1 || out.precision > 38 || out.scale < 0 || out.scale > out.precision) {
    throw BadData(sdk::Cat("a decimal of ", out.precision, " digits with scale ", out.scale,
                           "; Parquet's have 1 to 38 digits and a scale from 0 to their number"));
  }
  return out;
}

std::shared_ptr<arrow::Schema> ToArrow(const sluice_schema& schema) {
  return arrow::schema(TypeOf(schema, 0)->fields());
}

}  // namespace sluice::object_store_sink

#include "runtime/convert/avro/default_json.h"

#include <charconv>
#include <cmath>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/connect_names.h"
#include "runtime/record/decimal.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert::avro {
namespace {

using rapidjson::Value;

class Writer {
 public:
  Writer(const AvroOptions& options, rapidjson::Document::AllocatorType& allocator)
      : options_(options), allocator_(allocator) {}

  StatusOr<Value> Write(const sluice_schema& schema, const sluice_value& value) {
    if (abi::IsNull(value)) return Value();
    if (value.kind == SLUICE_DECIMAL) {
      return Bytes(record::MinimalUnscaled(*value.as.decimal));
    }
    if (record::IsDateKind(value.kind)) return Value(value.as.int64);
    if (value.kind != schema.type) {
      return DataError(StrCat("Invalid type used for default value of ",
                              record::TypeName(schema.type),
                              " field: ", record::JavaClassText(value)));
    }
    switch (value.kind) {
      case SLUICE_BOOLEAN:
        return Value(value.as.int64 != 0);
      case SLUICE_FLOAT32:
        return Float(value.as.float32);
      case SLUICE_FLOAT64:
        return Double(value.as.float64);
      case SLUICE_STRING:
        return Text(abi::Text(value));
      case SLUICE_BYTES:
        return Bytes(abi::Text(value));
      case SLUICE_ARRAY:
        return Array(schema, value);
      case SLUICE_MAP:
        return Map(schema, value);
      case SLUICE_STRUCT:
        return Struct(schema, *value.as.structure);
      default:
        return Value(value.as.int64);
    }
  }

 private:
  Value Text(std::string_view text) {
    return Value(text.data() == nullptr ? "" : text.data(),
                 static_cast<rapidjson::SizeType>(text.size()), allocator_);
  }

  Value Double(double number) {
    if (std::isfinite(number)) return Value(number);
    return Text(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
  }

  // As short as a float's text: 0.1, not 0.10000000149011612.
  Value Float(float number) {
    if (!std::isfinite(number)) return Double(number);
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    double shortest = number;
    std::from_chars(text, end, shortest);
    return Value(shortest);
  }

  // One character for each byte.
  Value Bytes(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80) {
        text += c;
      } else {
        text += static_cast<char>(0xc0 | byte >> 6);
        text += static_cast<char>(0x80 | (byte & 0x3f));
      }
    }
    return Text(text);
  }

  StatusOr<Value> Inner(const sluice_schema* schema, const sluice_value& value) {
    if (schema == nullptr) return DataError("A default without a schema cannot be kept in Avro");
    return Write(*schema, value);
  }

  StatusOr<Value> Array(const sluice_schema& schema, const sluice_value& value) {
    Value list(rapidjson::kArrayType);
    for (uint32_t i = 0; i < value.size; ++i) {
      SLUICE_ASSIGN_OR_RETURN(Value one, Inner(schema.value_schema, value.as.items[i]));
      list.PushBack(std::move(one), allocator_);
    }
    return list;
  }

  StatusOr<Value> Map(const sluice_schema& schema, const sluice_value& value) {
    const bool object = HasTextKeys(schema, options_);
    Value made(object ? rapidjson::kObjectType : rapidjson::kArrayType);
    for (uint32_t i = 0; i < value.size; ++i) {
      const sluice_map_entry& entry = value.as.entries[i];
      SLUICE_ASSIGN_OR_RETURN(Value one, Inner(schema.value_schema, entry.value));
      if (object) {
        made.AddMember(Text(abi::Text(entry.key)), std::move(one), allocator_);
        continue;
      }
      SLUICE_ASSIGN_OR_RETURN(Value key, Inner(schema.key_schema, entry.key));
      Value pair(rapidjson::kArrayType);
      pair.PushBack(std::move(key), allocator_).PushBack(std::move(one), allocator_);
      made.PushBack(std::move(pair), allocator_);
    }
    return made;
  }

  // Of a union what its first field is.
  StatusOr<Value> Struct(const sluice_schema& schema, const sluice_struct& value) {
    if (value.schema->field_count != schema.field_count) {
      return DataError("Mismatching struct schema of a default");
    }
    Value made(rapidjson::kObjectType);
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      const sluice_field& field = schema.fields[i];
      const sluice_value* inner = &value.values[i];
      if (abi::IsNull(*inner) && field.schema->default_value != nullptr) {
        inner = field.schema->default_value;
      }
      SLUICE_ASSIGN_OR_RETURN(Value one, Write(*field.schema, *inner));
      if (IsUnion(schema)) return one;
      made.AddMember(Text(ScrubName(abi::View(field.name), options_)), std::move(one), allocator_);
    }
    return made;
  }

  const AvroOptions& options_;
  rapidjson::Document::AllocatorType& allocator_;
};

}  // namespace

StatusOr<Value> DefaultJson(const sluice_schema& schema, const sluice_value& value,
                            const AvroOptions& options,
                            rapidjson::Document::AllocatorType& allocator) {
  return Writer(options, allocator).Write(schema, value);
}

}  // namespace sluice::convert::avro

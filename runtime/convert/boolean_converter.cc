// BooleanConverter: one byte, 1 or 0.
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/converter_config.h"
#include "runtime/convert/simple_converters.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

class BooleanConverter : public Converter {
 public:
  std::string_view class_name() const override {
    return "org.apache.kafka.connect.converters.BooleanConverter";
  }

  StatusOr<Bytes> FromConnect(std::string_view, const sluice_schema* schema,
                              const sluice_value& value, BatchMemory&) override {
    if (schema != nullptr && schema->type != SLUICE_BOOLEAN) {
      return DataError(
          StrCat("Invalid schema type for BooleanConverter: ", record::TypeName(schema->type)));
    }
    if (abi::IsNull(value)) return record::kNullBytes;
    if (value.kind != SLUICE_BOOLEAN) {
      return DataError(StrCat("BooleanConverter is not compatible with objects of type ",
                              record::JavaClassText(value)));
    }
    return Bytes{value.as.int64 != 0 ? "\x01" : "\x00", 1};
  }

  StatusOr<SchemaAndValue> ToConnect(std::string_view, Bytes bytes, BatchMemory&) override {
    const sluice_schema* schema = record::OptionalSchema(SLUICE_BOOLEAN);
    if (record::IsNull(bytes)) return SchemaAndValue{schema, abi::Null()};
    if (bytes.size == 1 && (bytes.data[0] == 0 || bytes.data[0] == 1)) {
      return SchemaAndValue{schema, abi::Boolean(bytes.data[0] == 1)};
    }
    const std::string cause =
        bytes.size != 1
            ? StrCat("Size of data received by BooleanDeserializer is not 1 but ", bytes.size)
            : StrCat("Unexpected byte received by BooleanDeserializer: ",
                     static_cast<int>(static_cast<signed char>(bytes.data[0])));
    return Wrap(ExceptionError(absl::StatusCode::kInvalidArgument,
                               "org.apache.kafka.common.errors.SerializationException", cause),
                kDataException, "Failed to deserialize boolean: ");
  }
};

}  // namespace

MadeConverter MakeBooleanConverter(const config::ConfigMap& settings) {
  SLUICE_RETURN_IF_ERROR(PlainConverterConfig().Parse(settings).status());
  return std::make_unique<BooleanConverter>();
}

}  // namespace sluice::convert

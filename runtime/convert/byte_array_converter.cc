// ByteArrayConverter: bytes as they are, in both directions, without a copy.
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/simple_converters.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

class ByteArrayConverter : public Converter {
 public:
  std::string_view class_name() const override {
    return "org.apache.kafka.connect.converters.ByteArrayConverter";
  }

  StatusOr<Bytes> FromConnect(std::string_view, const sluice_schema* schema,
                              const sluice_value& value, BatchMemory&) override {
    if (schema != nullptr && schema->type != SLUICE_BYTES) {
      return DataError(
          StrCat("Invalid schema type for ByteArrayConverter: ", record::TypeName(schema->type)));
    }
    if (abi::IsNull(value)) return record::kNullBytes;
    if (value.kind != SLUICE_BYTES) {
      return DataError(StrCat("ByteArrayConverter is not compatible with objects of type ",
                              record::JavaClassText(value)));
    }
    return abi::Str(abi::Text(value));
  }

  StatusOr<SchemaAndValue> ToConnect(std::string_view, Bytes bytes, BatchMemory&) override {
    return SchemaAndValue{record::OptionalSchema(SLUICE_BYTES),
                          record::IsNull(bytes) ? abi::Null() : abi::Bytes(abi::View(bytes))};
  }
};

}  // namespace

MadeConverter MakeByteArrayConverter(const config::ConfigMap&) {
  return std::make_unique<ByteArrayConverter>();
}

}  // namespace sluice::convert

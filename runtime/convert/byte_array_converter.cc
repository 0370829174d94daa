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
    if (schema != nullptr && schema->type != SLUICE_BYTES) return WrongSchema(*schema);
    if (value.kind == SLUICE_BYTES) [[likely]] {
      return abi::Str(abi::Text(value));
    }
    if (abi::IsNull(value)) return record::kNullBytes;
    return WrongValue(value);
  }

  StatusOr<SchemaAndValue> ToConnect(std::string_view, Bytes bytes, BatchMemory&) override {
    return SchemaAndValue{schema_,
                          record::IsNull(bytes) ? abi::Null() : abi::Bytes(abi::View(bytes))};
  }

 private:
  // Out of the way, so that a record costs neither their stack nor its guard.
  [[gnu::cold, gnu::noinline]] static StatusOr<Bytes> WrongSchema(const sluice_schema& schema) {
    return DataError(
        StrCat("Invalid schema type for ByteArrayConverter: ", record::TypeName(schema.type)));
  }
  [[gnu::cold, gnu::noinline]] static StatusOr<Bytes> WrongValue(const sluice_value& value) {
    return DataError(StrCat("ByteArrayConverter is not compatible with objects of type ",
                            record::JavaClassText(value)));
  }

  const sluice_schema* const schema_ = record::OptionalSchema(SLUICE_BYTES);
};

}  // namespace

MadeConverter MakeByteArrayConverter(const config::ConfigMap&) {
  return std::make_unique<ByteArrayConverter>();
}

}  // namespace sluice::convert

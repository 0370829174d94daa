// ShortConverter, IntegerConverter, LongConverter, FloatConverter, DoubleConverter: big-endian
// bytes.
#include <bit>
#include <cstring>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/converter_config.h"
#include "runtime/convert/simple_converters.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

struct NumberType {
  sluice_kind kind;
  size_t size;
  std::string_view class_name;
  std::string_view word;          // in messages
  std::string_view deserializer;  // in messages
};

// As Java's ByteBuffer has a number: the highest byte first. `size`: 2, 4 or 8.
static_assert(std::endian::native == std::endian::little);
uint64_t ReadBigEndian(const char* bytes, size_t size) {
  switch (size) {
    case 8: {
      uint64_t word;
      std::memcpy(&word, bytes, sizeof word);
      return __builtin_bswap64(word);
    }
    case 4: {
      uint32_t word;
      std::memcpy(&word, bytes, sizeof word);
      return __builtin_bswap32(word);
    }
    default: {
      uint16_t word;
      std::memcpy(&word, bytes, sizeof word);
      return __builtin_bswap16(word);
    }
  }
}

uint64_t BitsOf(const sluice_value& value) {
  if (value.kind == SLUICE_FLOAT32) {
    uint32_t bits;
    std::memcpy(&bits, &value.as.float32, sizeof bits);
    return bits;
  }
  return static_cast<uint64_t>(value.as.int64);  // a double's bits too
}

sluice_value ValueOf(const NumberType& type, uint64_t bits) {
  sluice_value value = abi::Null();
  value.kind = type.kind;
  if (type.kind == SLUICE_FLOAT32) {
    const auto narrow = static_cast<uint32_t>(bits);
    std::memcpy(&value.as.float32, &narrow, sizeof narrow);
  } else {
    value.as.int64 = static_cast<int64_t>(bits);
    if (type.kind == SLUICE_INT16) value.as.int64 = static_cast<int16_t>(bits);
    if (type.kind == SLUICE_INT32) value.as.int64 = static_cast<int32_t>(bits);
  }
  return value;
}

class NumberConverter : public Converter {
 public:
  explicit NumberConverter(const NumberType& type)
      : type_(type), schema_(record::OptionalSchema(type.kind)) {}

  std::string_view class_name() const override { return type_.class_name; }

  StatusOr<Bytes> FromConnect(std::string_view, const sluice_schema*, const sluice_value& value,
                              BatchMemory& memory) override {
    if (value.kind != type_.kind) [[unlikely]] {
      if (abi::IsNull(value)) return record::kNullBytes;
      return WrongValue(value);
    }
    const uint64_t word = __builtin_bswap64(BitsOf(value));
    auto* bytes = static_cast<char*>(memory.arena().Allocate(sizeof word, 1));
    std::memcpy(bytes, &word, sizeof word);
    return Bytes{bytes + sizeof word - type_.size, type_.size};
  }

  StatusOr<SchemaAndValue> ToConnect(std::string_view, Bytes bytes, BatchMemory&) override {
    if (record::IsNull(bytes)) return SchemaAndValue{schema_, abi::Null()};
    if (bytes.size != type_.size) return WrongSize(bytes.size);
    return SchemaAndValue{schema_, ValueOf(type_, ReadBigEndian(bytes.data, bytes.size))};
  }

 private:
  // Out of the way, so that a record costs neither their stack nor its guard.
  [[gnu::cold, gnu::noinline]] StatusOr<Bytes> WrongValue(const sluice_value& value) const {
    return DataError(StrCat("Failed to serialize to ", type_.word, " (was ",
                            record::JavaClassText(value), "): "));
  }
  [[gnu::cold, gnu::noinline]] StatusOr<SchemaAndValue> WrongSize(size_t size) const {
    return Wrap(ExceptionError(absl::StatusCode::kInvalidArgument,
                               "org.apache.kafka.common.errors.SerializationException",
                               StrCat("Size of data received by ", type_.deserializer, " is not ",
                                      type_.size, " but ", size)),
                kDataException, StrCat("Failed to deserialize ", type_.word, ": "));
  }

  const NumberType type_;
  const sluice_schema* const schema_;
};

MadeConverter Make(const config::ConfigMap& settings, const NumberType& type) {
  SLUICE_RETURN_IF_ERROR(PlainConverterConfig().Parse(settings).status());
  return std::make_unique<NumberConverter>(type);
}

}  // namespace

MadeConverter MakeShortConverter(const config::ConfigMap& settings) {
  return Make(settings, {SLUICE_INT16, 2, "org.apache.kafka.connect.converters.ShortConverter",
                         "short", "ShortDeserializer"});
}
MadeConverter MakeIntegerConverter(const config::ConfigMap& settings) {
  return Make(settings, {SLUICE_INT32, 4, "org.apache.kafka.connect.converters.IntegerConverter",
                         "integer", "IntegerDeserializer"});
}
MadeConverter MakeLongConverter(const config::ConfigMap& settings) {
  return Make(settings, {SLUICE_INT64, 8, "org.apache.kafka.connect.converters.LongConverter",
                         "long", "LongDeserializer"});
}
MadeConverter MakeFloatConverter(const config::ConfigMap& settings) {
  return Make(settings, {SLUICE_FLOAT32, 4, "org.apache.kafka.connect.converters.FloatConverter",
                         "float", "FloatDeserializer"});
}
MadeConverter MakeDoubleConverter(const config::ConfigMap& settings) {
  return Make(settings, {SLUICE_FLOAT64, 8, "org.apache.kafka.connect.converters.DoubleConverter",
                         "double", "DoubleDeserializer"});
}

}  // namespace sluice::convert

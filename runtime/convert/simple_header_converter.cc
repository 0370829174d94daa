// SimpleHeaderConverter: the text of any value; back, whatever the text looks like.
#include <string>

#include "runtime/abi/views.h"
#include "runtime/convert/charset.h"
#include "runtime/convert/string_converter.h"
#include "runtime/record/schema.h"
#include "runtime/record/values.h"

namespace sluice::convert {
namespace {

class SimpleHeaderConverter : public HeaderConverter {
 public:
  std::string_view class_name() const override {
    return "org.apache.kafka.connect.storage.SimpleHeaderConverter";
  }

  StatusOr<Bytes> FromConnect(std::string_view, std::string_view, const sluice_schema*,
                              const sluice_value& value, BatchMemory& memory) override {
    if (abi::IsNull(value)) return record::kNullBytes;
    if (value.kind == SLUICE_STRING) {
      return abi::Str(ValidUtf8(abi::Text(value), memory.arena()));
    }
    text_.clear();
    record::AppendValueText(text_, value);
    return abi::Str(memory.arena().Copy(ValidUtf8(text_, memory.arena())));
  }

  StatusOr<SchemaAndValue> ToConnect(std::string_view, std::string_view, Bytes bytes,
                                     BatchMemory& memory) override {
    if (record::IsNull(bytes)) return SchemaAndValue{};
    StatusOr<SchemaAndValue> parsed =
        record::ParseValueText(ValidUtf8(abi::View(bytes), memory.arena()), memory);
    if (parsed.ok()) return parsed;
    return SchemaAndValue{record::RequiredSchema(SLUICE_BYTES), abi::Bytes(abi::View(bytes))};
  }

 private:
  std::string text_;
};

}  // namespace

std::unique_ptr<HeaderConverter> MakeSimpleHeaderConverter() {
  return std::make_unique<SimpleHeaderConverter>();
}

}  // namespace sluice::convert

#include "runtime/convert/string_converter.h"

#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/charset.h"
#include "runtime/convert/converter_config.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

class StringConverter : public Converter {
 public:
  explicit StringConverter(std::unique_ptr<Charset> charset) : charset_(std::move(charset)) {}

  std::string_view class_name() const override {
    return "org.apache.kafka.connect.storage.StringConverter";
  }

  StatusOr<Bytes> FromConnect(std::string_view, const sluice_schema*, const sluice_value& value,
                              BatchMemory& memory) override {
    if (utf8_ && value.kind == SLUICE_STRING) [[likely]] {
      const std::string_view text = abi::Text(value);
      if (FindInvalidUtf8(text) == std::string_view::npos) [[likely]] {
        return abi::Str(text);
      }
    }
    return Encode(value, memory);
  }

  StatusOr<SchemaAndValue> ToConnect(std::string_view, Bytes bytes, BatchMemory& memory) override {
    const std::string_view text = abi::View(bytes);
    if (record::IsNull(bytes)) return SchemaAndValue{schema_, abi::Null()};
    if (utf8_ && FindInvalidUtf8(text) == std::string_view::npos) [[likely]] {
      return SchemaAndValue{schema_, abi::String(text)};
    }
    return SchemaAndValue{schema_, abi::String(charset_->Decode(text, memory.arena()))};
  }

 private:
  // Out of the way, so that plain text costs neither its stack nor its guard.
  [[gnu::noinline]] StatusOr<Bytes> Encode(const sluice_value& value, BatchMemory& memory) {
    if (abi::IsNull(value)) return record::kNullBytes;
    if (value.kind == SLUICE_STRING) {
      return abi::Str(charset_->Encode(abi::Text(value), memory.arena()));
    }
    text_.clear();
    record::AppendJavaText(text_, value);
    const std::string_view bytes = charset_->Encode(text_, memory.arena());
    // Where the character set changed nothing, the bytes are still ours.
    return abi::Str(bytes.data() == text_.data() ? memory.arena().Copy(bytes) : bytes);
  }

  const std::unique_ptr<Charset> charset_;
  const bool utf8_ = charset_->is_utf8();
  const sluice_schema* const schema_ = record::OptionalSchema(SLUICE_STRING);
  std::string text_;
};

}  // namespace

const config::ConfigDef& StringConverterConfig() {
  static const auto* const def = [] {
    auto* made = new config::ConfigDef(BaseConverterConfig());
    made->Add({
        .name = "converter.encoding",
        .type = config::ConfigType::kString,
        .default_value = "UTF-8",
        .importance = config::Importance::kHigh,
        .documentation = "Character set of the bytes, by its Java name.",
        .width = config::Width::kMedium,
        .display_name = "Encoding",
    });
    return made;
  }();
  return *def;
}

StatusOr<std::unique_ptr<Converter>> MakeStringConverter(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig config,
                          StringConverterConfig().Parse(settings));
  const std::string& name = config.Text("converter.encoding");
  StatusOr<std::unique_ptr<Charset>> charset = FindCharset(name);
  if (!charset.ok()) {
    return ConfigError(StrCat("Invalid value ", name, " for configuration converter.encoding: ",
                              FromAbsl(charset.status().message()),
                              "; use one like UTF-8, ISO-8859-1 or UTF-16"));
  }
  return std::make_unique<StringConverter>(*std::move(charset));
}

}  // namespace sluice::convert

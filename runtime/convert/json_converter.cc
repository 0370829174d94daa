#include "runtime/convert/json_converter.h"

#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/lru_cache.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_envelope.h"
#include "runtime/convert/json_read.h"
#include "runtime/convert/json_write.h"
#include "runtime/record/json_output.h"
#include "runtime/record/json_reader.h"

namespace sluice::convert {
namespace {

using record::JsonNumbers;

constexpr std::string_view kSerializationException =
    "org.apache.kafka.common.errors.SerializationException";

Status NotReadable(const Status& json, std::string_view message) {
  return Wrap(Wrap(json, kSerializationException, Describe(json)), kDataException, message);
}

// What Jackson would have refused is wrapped as Java wraps it; what Connect refuses stays.
Status NotWritable(const Status& status) {
  const std::string java_class = ExceptionClass(status);
  if (java_class.rfind("com.fasterxml.", 0) != 0) return status;
  return Wrap(Wrap(status, kSerializationException, "Error serializing JSON message"),
              kDataException,
              "Converting Kafka Connect data to byte[] failed due to serialization error: ");
}

class JsonConverter : public Converter {
 public:
  explicit JsonConverter(JsonSettings settings)
      : settings_(std::move(settings)),
        options_{settings_.replace_null_with_default},
        schema_texts_(settings_.schemas_cache_size),
        envelope_(settings_.schemas_cache_size, options_) {}

  // Reads schema.content.
  Status Prepare() {
    if (settings_.schema_content.empty()) return OkStatus();
    BatchMemory memory;
    const StatusOr<sluice_value> node =
        reader_.Read(settings_.schema_content, JsonNumbers::kText, memory.arena());
    if (!node.ok()) {
      return NotReadable(node.status(),
                         "Failed to parse schema in converter config due to serialization error: ");
    }
    SLUICE_ASSIGN_OR_RETURN(fixed_schema_, ReadJsonSchema(*node, options_, memory));
    return OkStatus();
  }

  std::string_view class_name() const override {
    return "org.apache.kafka.connect.json.JsonConverter";
  }

  StatusOr<Bytes> FromConnect(std::string_view, const sluice_schema* schema,
                              const sluice_value& value, BatchMemory& memory) override {
    if (schema == nullptr && abi::IsNull(value)) return record::kNullBytes;
    out_.Clear();
    const Status written = settings_.schemas_enable
                               ? WriteEnvelope(schema, value)
                               : WriteJsonValue(schema, value, settings_, out_, 0);
    if (!written.ok()) return NotWritable(written);
    return abi::Str(memory.arena().Copy(out_.view()));
  }

  StatusOr<SchemaAndValue> ToConnect(std::string_view, Bytes bytes, BatchMemory& memory) override {
    if (record::IsNull(bytes)) return SchemaAndValue{};
    const std::string_view text = abi::View(bytes);
    if (!settings_.schemas_enable) {
      StatusOr<sluice_value> value = reader_.Read(text, JsonNumbers::kValues, memory.arena());
      if (!value.ok()) return NotReadable(value.status(), kReadFailed);
      return SchemaAndValue{nullptr, *value};
    }
    if (fixed_schema_) return ReadFixed(text, memory);
    return ReadEnvelope(text, memory);
  }

 private:
  static constexpr std::string_view kReadFailed =
      "Converting byte[] to Kafka Connect data failed due to serialization error: ";

  Status WriteEnvelope(const sluice_schema* schema, const sluice_value& value) {
    out_.Raw("{\"schema\":");
    if (schema == nullptr) {
      out_.Null();
    } else {
      SLUICE_ASSIGN_OR_RETURN(const std::string* text, SchemaText(*schema));
      out_.Raw(*text);
    }
    out_.Raw(",\"payload\":");
    SLUICE_RETURN_IF_ERROR(WriteJsonValue(schema, value, settings_, out_, 1));
    out_.Char('}');
    return OkStatus();
  }

  // Valid until the next call.
  StatusOr<const std::string*> SchemaText(const sluice_schema& schema) {
    if (last_text_ != nullptr && abi::operator==(last_print_, schema.fingerprint))
      return last_text_;
    const std::string_view key{reinterpret_cast<const char*>(&schema.fingerprint),
                               sizeof schema.fingerprint};
    const std::string* text = schema_texts_.Find(key);
    if (text == nullptr) {
      record::JsonOutput json;
      SLUICE_RETURN_IF_ERROR(WriteJsonSchema(schema, settings_, json));
      text = schema_texts_.Put(key, std::string(json.view()));
    }
    last_print_ = schema.fingerprint;
    last_text_ = text;
    return text;
  }

  StatusOr<SchemaAndValue> ReadFixed(std::string_view text, BatchMemory& memory) {
    StatusOr<sluice_value> node = reader_.Read(text, JsonNumbers::kText, memory.arena());
    if (!node.ok()) return NotReadable(node.status(), kReadFailed);
    SchemaAndValue result;
    result.schema = memory.Keep(fixed_schema_);
    SLUICE_ASSIGN_OR_RETURN(result.value, ReadJsonValue(result.schema, *node, options_, memory));
    return result;
  }

  StatusOr<SchemaAndValue> ReadEnvelope(std::string_view text, BatchMemory& memory) {
    SchemaAndValue result;
    if (envelope_.TryKnown(text, reader_, memory, result)) return result;
    StatusOr<sluice_value> root = reader_.Read(text, JsonNumbers::kText, memory.arena());
    if (!root.ok()) return NotReadable(root.status(), kReadFailed);
    return envelope_.Read(*root, reader_.root_members(), memory);
  }

  const JsonSettings settings_;
  const JsonReadOptions options_;
  abi::SchemaRef fixed_schema_;
  LruCache<std::string> schema_texts_;
  sluice_fingerprint last_print_{};
  const std::string* last_text_ = nullptr;  // of last_print_
  JsonEnvelope envelope_;
  record::JsonReader reader_;
  record::JsonOutput out_;
};

}  // namespace

StatusOr<std::unique_ptr<Converter>> MakeJsonConverter(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(JsonSettings parsed, ParseJsonSettings(settings));
  auto converter = std::make_unique<JsonConverter>(std::move(parsed));
  SLUICE_RETURN_IF_ERROR(converter->Prepare());
  return converter;
}

}  // namespace sluice::convert

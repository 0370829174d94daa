#include "connectors/object_store_sink/avro_default.h"

#include <string_view>

#include "connectors/shared/json_text.h"

namespace sluice::object_store_sink {
namespace {

// Bytes as the characters U+0000 to U+00FF.
void AppendBytes(std::string& json, std::string_view bytes) {
  std::string text;
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text.push_back(c);
    } else {
      text.push_back(static_cast<char>(0xC0 | byte >> 6));
      text.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
  shared::AppendJsonString(json, text);
}

}  // namespace

void AppendAvroDefault(std::string& json, const sluice_schema& schema, const sdk::Value& value) {
  switch (value.kind) {
    case SLUICE_BYTES:
      return AppendBytes(json, sdk::Text(value));
    case SLUICE_DECIMAL:
      return AppendBytes(json, {reinterpret_cast<const char*>(value.as.decimal->unscaled),
                                value.as.decimal->unscaled_size});
    case SLUICE_ARRAY:
      json.push_back('[');
      for (uint32_t i = 0; i < value.size && schema.value_schema != nullptr; ++i) {
        if (i > 0) json.push_back(',');
        AppendAvroDefault(json, *schema.value_schema, value.as.items[i]);
      }
      return json.push_back(']');
    case SLUICE_MAP:
      json.push_back('{');
      for (uint32_t i = 0; i < value.size && schema.value_schema != nullptr; ++i) {
        if (i > 0) json.push_back(',');
        if (value.as.entries[i].key.kind == SLUICE_STRING) {
          shared::AppendJsonString(json, sdk::Text(value.as.entries[i].key));
        } else {
          shared::AppendJsonString(json, std::to_string(i));
        }
        json.push_back(':');
        AppendAvroDefault(json, *schema.value_schema, value.as.entries[i].value);
      }
      return json.push_back('}');
    case SLUICE_STRUCT:
      json.push_back('{');
      for (uint32_t i = 0; i < value.size; ++i) {
        if (i > 0) json.push_back(',');
        shared::AppendJsonString(json, abi::View(value.as.structure->schema->fields[i].name));
        json.push_back(':');
        AppendAvroDefault(json, *value.as.structure->schema->fields[i].schema,
                          value.as.structure->values[i]);
      }
      return json.push_back('}');
    default:
      return shared::AppendJson(json, value, shared::DecimalText::kNumeric);
  }
}

}  // namespace sluice::object_store_sink

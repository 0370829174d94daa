#include "runtime/convert/record_json.h"

#include <algorithm>
#include <string_view>

#include "runtime/abi/views.h"
#include "runtime/convert/json_write.h"
#include "runtime/record/json_output.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

using record::JsonOutput;

constexpr size_t kShortText = 1024;
constexpr uint32_t kShortItems = 100;
constexpr uint32_t kShortHeaders = 10;
constexpr size_t kShortSchema = 4096;
constexpr size_t kShortPart = 16 * 1024;  // of a record: what comes behind it is left out
constexpr int kDepthMax = 200;            // of what is written by its own kind

// At most `size` bytes of it, not ending within a character.
std::string_view CutText(std::string_view text, size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

class RecordWriter {
 public:
  explicit RecordWriter(bool short_form) : short_(short_form) {}

  void Record(const sluice_record& record) {
    out_.Raw("{\"topic\":");
    Text(record.topic);
    out_.Raw(",\"kafkaPartition\":");
    Number(record.partition, record.partition == SLUICE_NO_PARTITION);
    out_.Raw(",\"timestamp\":");
    Number(record.timestamp, record.timestamp == SLUICE_NO_TIMESTAMP);
    out_.Raw(",\"sourcePartition\":");
    Map(record.source_partition);
    out_.Raw(",\"sourceOffset\":");
    Map(record.source_offset);
    out_.Raw(",\"keySchema\":");
    Schema(record.key_schema);
    out_.Raw(",\"key\":");
    Part(record.key_schema, record.key);
    out_.Raw(",\"valueSchema\":");
    Schema(record.value_schema);
    out_.Raw(",\"value\":");
    Part(record.value_schema, record.value);
    out_.Raw(",\"headers\":[");
    const uint32_t shown = Shown(record.header_count, kShortHeaders);
    for (uint32_t i = 0; i < shown; ++i) {
      const sluice_header& header = record.headers[i];
      out_.Raw(i == 0 ? "{\"key\":" : ",{\"key\":");
      Text(header.key);
      out_.Raw(",\"schema\":");
      Schema(header.schema);
      out_.Raw(",\"value\":");
      Part(header.schema, header.value);
      out_.Char('}');
    }
    out_.Raw(truncated_ ? "],\"truncated\":true}" : "]}");
  }
  void Map(const sluice_value* map) {
    if (map == nullptr) return out_.Null();
    Part(nullptr, *map);
  }
  std::string_view view() const { return out_.view(); }

 private:
  void Number(int64_t number, bool none) { none ? out_.Null() : out_.Int(number); }
  void Text(sluice_str text) {
    if (text.data == nullptr) return out_.Null();
    String(abi::View(text));
  }
  void String(std::string_view text) {
    const std::string_view cut = short_ ? CutText(text, kShortText) : text;
    truncated_ |= cut.size() < text.size();
    out_.String(cut);
  }
  // How many of `count` items are written.
  uint32_t Shown(size_t count, uint32_t most = kShortItems) {
    const auto all = static_cast<uint32_t>(count);
    if (!short_ || all <= most) return all;
    truncated_ = true;
    return most;
  }
  void Append(const JsonOutput& part) { out_.Raw(part.view()); }

  void Schema(const sluice_schema* schema) {
    if (schema == nullptr) return out_.Null();
    JsonOutput text;
    const Status written = WriteJsonSchema(*schema, settings_, text);
    if (written.ok() && !(short_ && text.view().size() > kShortSchema)) return Append(text);
    truncated_ |= written.ok();
    String(record::SchemaText(*schema));
  }

  // A key, a value: by its schema if it fits and need not be cut.
  void Part(const sluice_schema* schema, const sluice_value& value) {
    if (schema != nullptr) {
      JsonOutput text;
      if (WriteJsonValue(schema, value, settings_, text, 0).ok() &&
          !(short_ && text.view().size() > kShortText)) {
        return Append(text);
      }
    }
    part_begin_ = out_.view().size();
    Value(value, 0);
  }

  // By its kind alone.
  void Value(const sluice_value& value, int depth) {
    if (depth > kDepthMax || (short_ && out_.view().size() - part_begin_ > kShortPart)) {
      truncated_ = true;
      return out_.Null();
    }
    switch (value.kind) {
      case SLUICE_NULL:
        return out_.Null();
      case SLUICE_BOOLEAN:
        return out_.Bool(value.as.int64 != 0);
      case SLUICE_FLOAT32:
        return out_.Float(value.as.float32);
      case SLUICE_FLOAT64:
        return out_.Double(value.as.float64);
      case SLUICE_STRING:
        return String(abi::Text(value));
      case SLUICE_BYTES:
        return Bytes(abi::Text(value));
      case SLUICE_DECIMAL:
        return String(record::JavaText(value));
      case SLUICE_ARRAY:
        return Array(value, depth + 1);
      case SLUICE_MAP:
        return Entries(value, depth + 1);
      case SLUICE_STRUCT:
        return Fields(*value.as.structure, depth + 1);
      default:
        return out_.Int(value.as.int64);
    }
  }
  void Bytes(std::string_view bytes) {
    const std::string_view cut = short_ ? bytes.substr(0, kShortText) : bytes;
    truncated_ |= cut.size() < bytes.size();
    out_.Base64(cut);
  }
  void Array(const sluice_value& value, int depth) {
    const uint32_t shown = Shown(value.size);
    for (uint32_t i = 0; i < shown; ++i) {
      out_.Char(i == 0 ? '[' : ',');
      Value(value.as.items[i], depth);
    }
    out_.Raw(shown == 0 ? "[]" : "]");
  }
  void Fields(const sluice_struct& structure, int depth) {
    const uint32_t shown = Shown(structure.schema->field_count);
    for (uint32_t i = 0; i < shown; ++i) {
      out_.Char(i == 0 ? '{' : ',');
      String(abi::View(structure.schema->fields[i].name));
      out_.Char(':');
      Value(structure.values[i], depth);
    }
    out_.Raw(shown == 0 ? "{}" : "}");
  }
  void Entries(const sluice_value& value, int depth) {
    const uint32_t shown = Shown(value.size);
    const auto* entries = value.as.entries;
    const bool object = std::all_of(entries, entries + value.size, [](const sluice_map_entry& e) {
      return e.key.kind == SLUICE_STRING;
    });
    for (uint32_t i = 0; i < shown; ++i) {
      out_.Raw(object ? (i == 0 ? "{" : ",") : (i == 0 ? "[[" : ",["));
      object ? String(abi::Text(entries[i].key)) : Value(entries[i].key, depth);
      out_.Char(object ? ':' : ',');
      Value(entries[i].value, depth);
      if (!object) out_.Char(']');
    }
    if (shown == 0) {
      out_.Raw("{}");
    } else {
      out_.Char(object ? '}' : ']');
    }
  }

  static JsonSettings Settings() {
    JsonSettings settings;
    settings.replace_null_with_default = false;
    return settings;
  }

  const bool short_;
  const JsonSettings settings_ = Settings();
  JsonOutput out_;
  size_t part_begin_ = 0;
  bool truncated_ = false;
};

}  // namespace

void AppendSourceRecordJson(const sluice_record& record, bool short_form, std::string& out) {
  RecordWriter writer(short_form);
  writer.Record(record);
  out.append(writer.view());
}

void AppendSourceMapJson(const sluice_value* map, std::string& out) {
  RecordWriter writer(true);
  writer.Map(map);
  out.append(writer.view());
}

}  // namespace sluice::convert

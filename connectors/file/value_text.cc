#include "connectors/file/value_text.h"

#include <cmath>

#include "connectors/file/number_text.h"

namespace sluice::file {
namespace {

constexpr int kDepthMax = 1000;
constexpr uint64_t kDayMs = 86'400'000;

bool Text(TextBuffer& out, const sluice_value& value, int depth);
bool Json(TextBuffer& out, const sluice_value& value, int depth);

void JsonString(TextBuffer& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  out.Put('"');
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.Put(text.substr(copied, i - copied));
    copied = i + 1;
    static constexpr std::string_view kShort = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
    const size_t known = kShort.find(static_cast<char>(c));
    out.Put('\\');
    if (known != std::string_view::npos) {
      out.Put(kLetters[known]);
    } else {
      out.Put("u00");
      out.Put(kHex[c >> 4]);
      out.Put(kHex[c & 15]);
    }
  }
  out.Put(text.substr(copied));
  out.Put('"');
}

// A struct's field as Struct.get reads it: null is the default, if there is one.
const sluice_value& Field(const sluice_struct& from, uint32_t i) {
  const sluice_value* fallback = from.schema->fields[i].schema->default_value;
  return from.values[i].kind == SLUICE_NULL && fallback != nullptr ? *fallback : from.values[i];
}

bool TextOfMany(TextBuffer& out, const sluice_value& value, int depth) {
  if (depth > kDepthMax) return false;
  if (value.kind == SLUICE_STRUCT) {
    const sluice_struct& from = *value.as.structure;
    out.Put("Struct{");
    bool first = true;
    for (uint32_t i = 0; i < value.size; ++i) {
      if (from.values[i].kind == SLUICE_NULL) continue;
      if (!first) out.Put(',');
      first = false;
      out.Put(abi::View(from.schema->fields[i].name));
      out.Put('=');
      if (!Text(out, from.values[i], depth + 1)) return false;
    }
    out.Put('}');
    return true;
  }
  const bool map = value.kind == SLUICE_MAP;
  out.Put(map ? '{' : '[');
  for (uint32_t i = 0; i < value.size; ++i) {
    if (i > 0) out.Put(", ");
    if (map) {
      if (!Text(out, value.as.entries[i].key, depth + 1)) return false;
      out.Put('=');
    }
    if (!Text(out, map ? value.as.entries[i].value : value.as.items[i], depth + 1)) return false;
  }
  out.Put(map ? '}' : ']');
  return true;
}

bool Text(TextBuffer& out, const sluice_value& value, int depth) {
  switch (value.kind) {
    case SLUICE_NULL:
      out.Put("null");
      return true;
    case SLUICE_BOOLEAN:
      out.Put(value.as.int64 != 0 ? "true" : "false");
      return true;
    case SLUICE_FLOAT32:
      PutFloat(out, value.as.float32);
      return true;
    case SLUICE_FLOAT64:
      PutDouble(out, value.as.float64);
      return true;
    case SLUICE_STRING:
      out.Put(abi::Text(value));
      return true;
    case SLUICE_BYTES:
      PutBase64(out, abi::Text(value));
      return true;
    case SLUICE_DECIMAL:
      PutDecimal(out, *value.as.decimal);
      return true;
    case SLUICE_DATE:
      PutDate(out, static_cast<int64_t>(static_cast<uint64_t>(value.as.int64) * kDayMs));
      return true;
    case SLUICE_TIME:
    case SLUICE_TIMESTAMP:
      PutDate(out, value.as.int64);
      return true;
    case SLUICE_ARRAY:
    case SLUICE_MAP:
    case SLUICE_STRUCT:
      return TextOfMany(out, value, depth);
    default:
      PutWhole(out, value.as.int64);
      return true;
  }
}

void JsonFloat(TextBuffer& out, double number, bool is_float) {
  const bool quoted = !std::isfinite(number);  // JSON has no such number
  if (quoted) out.Put('"');
  if (is_float) {
    PutFloat(out, static_cast<float>(number));
  } else {
    PutDouble(out, number);
  }
  if (quoted) out.Put('"');
}

bool JsonMap(TextBuffer& out, const sluice_value& map, int depth) {
  bool text_keys = true;
  for (uint32_t i = 0; i < map.size && text_keys; ++i)
    text_keys = map.as.entries[i].key.kind == SLUICE_STRING;
  out.Put(text_keys ? '{' : '[');
  for (uint32_t i = 0; i < map.size; ++i) {
    const sluice_map_entry& entry = map.as.entries[i];
    if (i > 0) out.Put(',');
    if (!text_keys) out.Put('[');
    if (!Json(out, entry.key, depth + 1)) return false;
    out.Put(text_keys ? ':' : ',');
    if (!Json(out, entry.value, depth + 1)) return false;
    if (!text_keys) out.Put(']');
  }
  out.Put(text_keys ? '}' : ']');
  return true;
}

bool JsonOfMany(TextBuffer& out, const sluice_value& value, int depth) {
  if (depth > kDepthMax) return false;
  if (value.kind == SLUICE_MAP) return JsonMap(out, value, depth);
  const bool fields = value.kind == SLUICE_STRUCT;
  out.Put(fields ? '{' : '[');
  for (uint32_t i = 0; i < value.size; ++i) {
    if (i > 0) out.Put(',');
    if (fields) {
      JsonString(out, abi::View(value.as.structure->schema->fields[i].name));
      out.Put(':');
    }
    if (!Json(out, fields ? Field(*value.as.structure, i) : value.as.items[i], depth + 1))
      return false;
  }
  out.Put(fields ? '}' : ']');
  return true;
}

bool Json(TextBuffer& out, const sluice_value& value, int depth) {
  switch (value.kind) {
    case SLUICE_STRING:
      JsonString(out, abi::Text(value));
      return true;
    case SLUICE_BYTES:
      out.Put('"');
      PutBase64(out, abi::Text(value));
      out.Put('"');
      return true;
    case SLUICE_FLOAT32:
      JsonFloat(out, value.as.float32, true);
      return true;
    case SLUICE_FLOAT64:
      JsonFloat(out, value.as.float64, false);
      return true;
    case SLUICE_DATE:
    case SLUICE_TIME:
    case SLUICE_TIMESTAMP:
      PutWhole(out, value.as.int64);
      return true;
    case SLUICE_ARRAY:
    case SLUICE_MAP:
    case SLUICE_STRUCT:
      return JsonOfMany(out, value, depth);
    default:
      return Text(out, value, depth);
  }
}

}  // namespace

bool AppendText(std::string& out, const sluice_value& value) {
  if (value.kind == SLUICE_STRING) {
    out.append(abi::Text(value));
    return true;
  }
  TextBuffer buffer(out);
  return Text(buffer, value, 0);
}

bool AppendJson(std::string& out, const sluice_value& value) {
  TextBuffer buffer(out);
  return Json(buffer, value, 0);
}

}  // namespace sluice::file

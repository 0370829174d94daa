#include "connectors/file/value_text.h"

#include <cmath>

#include "connectors/file/number_text.h"

namespace sluice::file {
namespace {

constexpr int kDepthMax = 1000;
constexpr uint64_t kDayMs = 86'400'000;

bool Text(std::string& out, const sluice_value& value, int depth);
bool Json(std::string& out, const sluice_value& value, int depth);

void JsonString(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  out.push_back('"');
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, copied, i - copied);
    copied = i + 1;
    static constexpr std::string_view kShort = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
    const size_t known = kShort.find(static_cast<char>(c));
    out.push_back('\\');
    if (known != std::string_view::npos) {
      out.push_back(kLetters[known]);
    } else {
      out.append("u00").push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
    }
  }
  out.append(text, copied);
  out.push_back('"');
}

// A struct's field as Struct.get reads it: null is the default, if there is one.
const sluice_value& Field(const sluice_struct& from, uint32_t i) {
  const sluice_value* fallback = from.schema->fields[i].schema->default_value;
  return from.values[i].kind == SLUICE_NULL && fallback != nullptr ? *fallback : from.values[i];
}

bool TextOfMany(std::string& out, const sluice_value& value, int depth) {
  if (depth > kDepthMax) return false;
  if (value.kind == SLUICE_STRUCT) {
    const sluice_struct& from = *value.as.structure;
    out.append("Struct{");
    bool first = true;
    for (uint32_t i = 0; i < value.size; ++i) {
      if (from.values[i].kind == SLUICE_NULL) continue;
      if (!first) out.push_back(',');
      first = false;
      out.append(abi::View(from.schema->fields[i].name)).push_back('=');
      if (!Text(out, from.values[i], depth + 1)) return false;
    }
    out.push_back('}');
    return true;
  }
  const bool map = value.kind == SLUICE_MAP;
  out.push_back(map ? '{' : '[');
  for (uint32_t i = 0; i < value.size; ++i) {
    if (i > 0) out.append(", ");
    if (map) {
      if (!Text(out, value.as.entries[i].key, depth + 1)) return false;
      out.push_back('=');
    }
    if (!Text(out, map ? value.as.entries[i].value : value.as.items[i], depth + 1)) return false;
  }
  out.push_back(map ? '}' : ']');
  return true;
}

bool Text(std::string& out, const sluice_value& value, int depth) {
  switch (value.kind) {
    case SLUICE_NULL:
      out.append("null");
      return true;
    case SLUICE_BOOLEAN:
      out.append(value.as.int64 != 0 ? "true" : "false");
      return true;
    case SLUICE_FLOAT32:
      AppendFloat(out, value.as.float32);
      return true;
    case SLUICE_FLOAT64:
      AppendDouble(out, value.as.float64);
      return true;
    case SLUICE_STRING:
      out.append(abi::Text(value));
      return true;
    case SLUICE_BYTES:
      AppendBase64(out, abi::Text(value));
      return true;
    case SLUICE_DECIMAL:
      AppendDecimal(out, *value.as.decimal);
      return true;
    case SLUICE_DATE:
      AppendDate(out, static_cast<int64_t>(static_cast<uint64_t>(value.as.int64) * kDayMs));
      return true;
    case SLUICE_TIME:
    case SLUICE_TIMESTAMP:
      AppendDate(out, value.as.int64);
      return true;
    case SLUICE_ARRAY:
    case SLUICE_MAP:
    case SLUICE_STRUCT:
      return TextOfMany(out, value, depth);
    default:
      AppendWhole(out, value.as.int64);
      return true;
  }
}

void JsonFloat(std::string& out, double number, bool is_float) {
  const bool quoted = !std::isfinite(number);  // JSON has no such number
  if (quoted) out.push_back('"');
  if (is_float) {
    AppendFloat(out, static_cast<float>(number));
  } else {
    AppendDouble(out, number);
  }
  if (quoted) out.push_back('"');
}

bool JsonMap(std::string& out, const sluice_value& map, int depth) {
  bool text_keys = true;
  for (uint32_t i = 0; i < map.size && text_keys; ++i)
    text_keys = map.as.entries[i].key.kind == SLUICE_STRING;
  out.push_back(text_keys ? '{' : '[');
  for (uint32_t i = 0; i < map.size; ++i) {
    const sluice_map_entry& entry = map.as.entries[i];
    if (i > 0) out.push_back(',');
    if (!text_keys) out.push_back('[');
    if (!Json(out, entry.key, depth + 1)) return false;
    out.push_back(text_keys ? ':' : ',');
    if (!Json(out, entry.value, depth + 1)) return false;
    if (!text_keys) out.push_back(']');
  }
  out.push_back(text_keys ? '}' : ']');
  return true;
}

bool JsonOfMany(std::string& out, const sluice_value& value, int depth) {
  if (depth > kDepthMax) return false;
  if (value.kind == SLUICE_MAP) return JsonMap(out, value, depth);
  const bool fields = value.kind == SLUICE_STRUCT;
  out.push_back(fields ? '{' : '[');
  for (uint32_t i = 0; i < value.size; ++i) {
    if (i > 0) out.push_back(',');
    if (fields) {
      JsonString(out, abi::View(value.as.structure->schema->fields[i].name));
      out.push_back(':');
    }
    if (!Json(out, fields ? Field(*value.as.structure, i) : value.as.items[i], depth + 1))
      return false;
  }
  out.push_back(fields ? '}' : ']');
  return true;
}

bool Json(std::string& out, const sluice_value& value, int depth) {
  switch (value.kind) {
    case SLUICE_STRING:
      JsonString(out, abi::Text(value));
      return true;
    case SLUICE_BYTES:
      out.push_back('"');
      AppendBase64(out, abi::Text(value));
      out.push_back('"');
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
      AppendWhole(out, value.as.int64);
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

bool AppendText(std::string& out, const sluice_value& value) { return Text(out, value, 0); }
bool AppendJson(std::string& out, const sluice_value& value) { return Json(out, value, 0); }

}  // namespace sluice::file

#include "connectors/http_sink/json_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "connectors/http/text.h"

namespace sluice::http_sink {
namespace {

constexpr int kDepthMax = 1000;
// Digits take quadratic time; a decimal of more is no price.
constexpr uint32_t kDecimalBytesMax = 1024;
constexpr int32_t kPlainScaleMax = 1000;

struct Writer {
  std::string& out;
  const DecimalFormat decimals;

  void Put(const sluice_value& value, int depth);
  void PutStruct(const sluice_struct& from, uint32_t size, int depth);
  void PutMap(const sluice_value& map, int depth);
};

// The magnitude of two's complement bytes as decimal digits.
std::string Digits(const sluice_decimal& decimal, bool& negative) {
  negative = (decimal.unscaled[0] & 0x80) != 0;
  std::vector<uint8_t> bytes(decimal.unscaled, decimal.unscaled + decimal.unscaled_size);
  if (negative) {  // invert, and add one
    unsigned carry = 1;
    for (size_t i = bytes.size(); i-- > 0;) {
      const unsigned sum = static_cast<uint8_t>(~bytes[i]) + carry;
      bytes[i] = static_cast<uint8_t>(sum);
      carry = sum >> 8;
    }
  }
  std::string digits;
  for (size_t first = 0; first < bytes.size();) {
    unsigned rest = 0;
    for (size_t i = first; i < bytes.size(); ++i) {
      const unsigned part = rest << 8 | bytes[i];
      bytes[i] = static_cast<uint8_t>(part / 10);
      rest = part % 10;
    }
    digits.push_back(static_cast<char>('0' + rest));
    while (first < bytes.size() && bytes[first] == 0) ++first;
  }
  std::reverse(digits.begin(), digits.end());
  return digits;
}

void AppendDecimal(std::string& out, const sluice_decimal& decimal) {
  if (decimal.unscaled_size == 0 || decimal.unscaled_size > kDecimalBytesMax) {
    throw sdk::DataException("A decimal of ", decimal.unscaled_size,
                             " bytes is not written as a number; at most ", kDecimalBytesMax);
  }
  bool negative = false;
  std::string digits = Digits(decimal, negative);
  if (negative) out.push_back('-');
  const int32_t scale = decimal.scale;
  if (scale < 0 || scale > kPlainScaleMax) {
    out += sdk::Cat(digits, "E", -static_cast<int64_t>(scale));
    return;
  }
  const size_t places = static_cast<size_t>(scale);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - places, ".");
  out += digits;
}

template <typename Float>
void AppendFloat(std::string& out, Float number) {
  if (std::isnan(number)) return out.append("\"NaN\""), void();
  if (std::isinf(number)) return out.append(number > 0 ? "\"Infinity\"" : "\"-Infinity\""), void();
  const std::string text = sdk::Cat(number);
  out += text;
  if (text.find_first_of(".e") == std::string::npos) out += ".0";  // it stays a float
}

void Writer::PutStruct(const sluice_struct& from, uint32_t size, int depth) {
  out.push_back('{');
  for (uint32_t i = 0; i < size; ++i) {
    const sluice_field& field = from.schema->fields[i];
    const sluice_value* fallback = field.schema->default_value;
    const bool is_default = from.values[i].kind == SLUICE_NULL && fallback != nullptr;
    if (i > 0) out.push_back(',');
    AppendJsonString(out, abi::View(field.name));
    out.push_back(':');
    Put(is_default ? *fallback : from.values[i], depth + 1);
  }
  out.push_back('}');
}

void Writer::PutMap(const sluice_value& map, int depth) {
  bool text_keys = true;
  for (uint32_t i = 0; i < map.size && text_keys; ++i) {
    text_keys = map.as.entries[i].key.kind == SLUICE_STRING;
  }
  out.push_back(text_keys ? '{' : '[');
  for (uint32_t i = 0; i < map.size; ++i) {
    const sluice_map_entry& entry = map.as.entries[i];
    if (i > 0) out.push_back(',');
    if (!text_keys) out.push_back('[');
    Put(entry.key, depth + 1);
    out.push_back(text_keys ? ':' : ',');
    Put(entry.value, depth + 1);
    if (!text_keys) out.push_back(']');
  }
  out.push_back(text_keys ? '}' : ']');
}

void Writer::Put(const sluice_value& value, int depth) {
  if (depth > kDepthMax) {
    throw sdk::DataException("The value is nested more than ", kDepthMax, " deep");
  }
  switch (value.kind) {
    case SLUICE_NULL:
      return out.append("null"), void();
    case SLUICE_BOOLEAN:
      return out.append(value.as.int64 != 0 ? "true" : "false"), void();
    case SLUICE_FLOAT32:
      return AppendFloat(out, value.as.float32);
    case SLUICE_FLOAT64:
      return AppendFloat(out, value.as.float64);
    case SLUICE_STRING:
      return AppendJsonString(out, abi::Text(value));
    case SLUICE_BYTES:
      out += sdk::Cat("\"", http::Base64(abi::Text(value)), "\"");
      return;
    case SLUICE_DECIMAL: {
      const sluice_decimal& decimal = *value.as.decimal;
      if (decimals == DecimalFormat::kNumeric) return AppendDecimal(out, decimal);
      const std::string_view bytes(reinterpret_cast<const char*>(decimal.unscaled),
                                   decimal.unscaled_size);
      out += sdk::Cat("\"", http::Base64(bytes), "\"");
      return;
    }
    case SLUICE_ARRAY:
      out.push_back('[');
      for (uint32_t i = 0; i < value.size; ++i) {
        if (i > 0) out.push_back(',');
        Put(value.as.items[i], depth + 1);
      }
      out.push_back(']');
      return;
    case SLUICE_MAP:
      return PutMap(value, depth);
    case SLUICE_STRUCT:
      return PutStruct(*value.as.structure, value.size, depth);
    default:  // whole numbers, dates and times
      out += sdk::Cat(value.as.int64);
  }
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  static constexpr std::string_view kShort = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
  out.push_back('"');
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const uint8_t c = static_cast<uint8_t>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(copied, i - copied));
    copied = i + 1;
    const size_t known = kShort.find(static_cast<char>(c));
    out.push_back('\\');
    if (known != std::string_view::npos) {
      out.push_back(kLetters[known]);
    } else {
      out.append("u00");
      out.push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
    }
  }
  out.append(text.substr(copied));
  out.push_back('"');
}

void AppendJson(std::string& out, const sluice_value& value, DecimalFormat decimals) {
  Writer{out, decimals}.Put(value, 0);
}

void AppendPlain(std::string& out, const sluice_value& value) {
  if (abi::IsText(value)) {
    out.append(abi::Text(value));
  } else if (!abi::IsNull(value)) {
    AppendJson(out, value, DecimalFormat::kNumeric);
  }
}

}  // namespace sluice::http_sink

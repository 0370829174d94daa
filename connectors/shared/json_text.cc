#include "connectors/shared/json_text.h"

#include <algorithm>
#include <cmath>

#include "connectors/shared/base64.h"
#include "connectors/shared/number_text.h"
#include "connectors/shared/text_buffer.h"

namespace sluice::shared {
namespace {

constexpr int kNestingMax = 1000;

void PutString(TextBuffer& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  static constexpr std::string_view kShort = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
  out.Put('"');
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.Put(text.substr(copied, i - copied));
    copied = i + 1;
    const size_t known = kShort.find(text[i]);
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

// As Struct.get reads it.
const sluice_value& Field(const sluice_struct& from, uint32_t i) {
  const sluice_value* fallback = from.schema->fields[i].schema->default_value;
  return from.values[i].kind == SLUICE_NULL && fallback != nullptr ? *fallback : from.values[i];
}

class Writer {
 public:
  Writer(TextBuffer& out, DecimalText decimals) : out_(out), decimals_(decimals) {}

  // `depth`: how many arrays, maps and structs it lies in.
  void Put(const sluice_value& value, int depth) {
    switch (value.kind) {
      case SLUICE_NULL:
        return out_.Put("null");
      case SLUICE_BOOLEAN:
        return out_.Put(value.as.int64 != 0 ? "true" : "false");
      case SLUICE_FLOAT32:
        return Floating(value.as.float32);
      case SLUICE_FLOAT64:
        return Floating(value.as.float64);
      case SLUICE_STRING:
        return PutString(out_, abi::Text(value));
      case SLUICE_BYTES:
        return Bytes(abi::Text(value));
      case SLUICE_DECIMAL:
        return Decimal(*value.as.decimal);
      case SLUICE_ARRAY:
        return Array(value, depth + 1);
      case SLUICE_MAP:
        return Map(value, depth + 1);
      case SLUICE_STRUCT:
        return Struct(value, depth + 1);
      default:  // whole numbers, dates and times
        return PutWhole(out_, value.as.int64);
    }
  }

 private:
  template <typename T>
  void Floating(T number) {
    const bool quoted = !std::isfinite(number);  // JSON has no such number
    if (quoted) out_.Put('"');
    PutFloating(out_, number);
    if (quoted) out_.Put('"');
  }

  void Bytes(std::string_view bytes) {
    out_.Put('"');
    PutBase64(out_, bytes);
    out_.Put('"');
  }

  void Decimal(const sluice_decimal& decimal) {
    if (decimals_ == DecimalText::kNumeric) return PutDecimal(out_, decimal);
    Bytes({reinterpret_cast<const char*>(decimal.unscaled), decimal.unscaled_size});
  }

  void Array(const sluice_value& array, int depth) {
    CheckNesting(depth);
    out_.Put('[');
    for (uint32_t i = 0; i < array.size; ++i) {
      if (i > 0) out_.Put(',');
      Put(array.as.items[i], depth);
    }
    out_.Put(']');
  }

  void Map(const sluice_value& map, int depth) {
    const sluice_map_entry* const entries = map.as.entries;
    const bool object = std::all_of(entries, entries + map.size,
                                    [](const auto& e) { return e.key.kind == SLUICE_STRING; });
    if (!object) ++depth;  // the pairs
    CheckNesting(depth);
    out_.Put(object ? '{' : '[');
    for (uint32_t i = 0; i < map.size; ++i) {
      if (i > 0) out_.Put(',');
      if (!object) out_.Put('[');
      Put(entries[i].key, depth);
      out_.Put(object ? ':' : ',');
      Put(entries[i].value, depth);
      if (!object) out_.Put(']');
    }
    out_.Put(object ? '}' : ']');
  }

  void Struct(const sluice_value& value, int depth) {
    CheckNesting(depth);
    const sluice_struct& from = *value.as.structure;
    out_.Put('{');
    for (uint32_t i = 0; i < value.size; ++i) {
      if (i > 0) out_.Put(',');
      PutString(out_, abi::View(from.schema->fields[i].name));
      out_.Put(':');
      Put(Field(from, i), depth);
    }
    out_.Put('}');
  }

  TextBuffer& out_;
  const DecimalText decimals_;
};

}  // namespace

void AppendJson(std::string& out, const sluice_value& value, DecimalText decimals) {
  TextBuffer buffer(out);
  Writer(buffer, decimals).Put(value, 0);
  buffer.Flush();
}

void AppendJsonString(std::string& out, std::string_view text) {
  TextBuffer buffer(out);
  PutString(buffer, text);
  buffer.Flush();
}

void CheckNesting(int depth) {
  if (depth <= kNestingMax) return;
  throw sdk::DataException("The value is nested more than ", kNestingMax, " levels deep");
}

}  // namespace sluice::shared

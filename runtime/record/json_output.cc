#include "runtime/record/json_output.h"

#include <algorithm>
#include <cmath>

#include "runtime/abi/views.h"
#include "runtime/record/json_scan.h"
#include "runtime/record/value.h"

namespace sluice::record {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

// Characters beyond U+FFFF, which are two in Java.
bool StartsPair(char c) { return static_cast<unsigned char>(c) >= 0xF0; }

// Jackson writes them as escapes of both halves. `at`: four bytes of UTF-8.
char* EscapePair(char* out, const char* at) {
  const auto bits = [&](int i) { return static_cast<uint32_t>(at[i]) & (i == 0 ? 7u : 63u); };
  const uint32_t code = (bits(0) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3)) - 0x10000;
  for (const uint32_t half : {0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF)}) {
    *out++ = '\\';
    *out++ = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) *out++ = kHex[half >> shift & 15];
  }
  return out;
}

char* Escape(char* out, char c) {
  *out++ = '\\';
  switch (c) {
    case '"':
    case '\\':
      *out++ = c;
      return out;
    case '\b':
      *out++ = 'b';
      return out;
    case '\t':
      *out++ = 't';
      return out;
    case '\n':
      *out++ = 'n';
      return out;
    case '\f':
      *out++ = 'f';
      return out;
    case '\r':
      *out++ = 'r';
      return out;
    default:
      std::memcpy(out, "u00", 3);
      out[3] = kHex[static_cast<unsigned char>(c) >> 4];
      out[4] = kHex[static_cast<unsigned char>(c) & 15];
      return out + 5;
  }
}

bool HasOnlyStringKeys(const sluice_value& map) {
  for (uint32_t i = 0; i < map.size; ++i) {
    if (map.as.entries[i].key.kind != SLUICE_STRING) return false;
  }
  return true;
}

Status WriteItems(const sluice_value& array, JsonOutput& out, int depth) {
  out.Char('[');
  for (uint32_t i = 0; i < array.size; ++i) {
    if (i != 0) out.Char(',');
    SLUICE_RETURN_IF_ERROR(WriteSchemaless(array.as.items[i], out, depth));
  }
  out.Char(']');
  return OkStatus();
}

Status WriteEntries(const sluice_value& map, JsonOutput& out, int depth) {
  const bool object = HasOnlyStringKeys(map);
  out.Char(object ? '{' : '[');
  if (!object && map.size > 0 && depth + 1 > kJsonWriteDepthMax) return JsonTooDeepToWrite();
  for (uint32_t i = 0; i < map.size; ++i) {
    if (i != 0) out.Char(',');
    const sluice_map_entry& entry = map.as.entries[i];
    if (object) {
      out.String(abi::Text(entry.key));
      out.Char(':');
      SLUICE_RETURN_IF_ERROR(WriteSchemaless(entry.value, out, depth));
    } else {
      out.Char('[');
      SLUICE_RETURN_IF_ERROR(WriteSchemaless(entry.key, out, depth + 1));
      out.Char(',');
      SLUICE_RETURN_IF_ERROR(WriteSchemaless(entry.value, out, depth + 1));
      out.Char(']');
    }
  }
  out.Char(object ? '}' : ']');
  return OkStatus();
}

}  // namespace

Status JsonTooDeepToWrite() {
  return ExceptionError(
      absl::StatusCode::kInvalidArgument,
      "com.fasterxml.jackson.core.exc.StreamConstraintsException",
      StrCat("Document nesting depth (", kJsonWriteDepthMax + 1, ") exceeds the maximum allowed (",
             kJsonWriteDepthMax, ", from `StreamWriteConstraints.getMaxNestingDepth()`)"));
}

void JsonOutput::Grow(size_t size) {
  const size_t used = static_cast<size_t>(cursor_ - begin_.get());
  const size_t capacity = std::max<size_t>(std::max<size_t>(capacity_ * 2, 1024), used + size);
  std::unique_ptr<char[]> bigger(new char[capacity]);
  if (used != 0) std::memcpy(bigger.get(), begin_.get(), used);
  begin_ = std::move(bigger);
  capacity_ = capacity;
  cursor_ = begin_.get() + used;
  end_ = begin_.get() + capacity;
}

void JsonOutput::Release() {
  begin_.reset();
  cursor_ = end_ = nullptr;
  capacity_ = 0;
}

void JsonOutput::Double(double number) {
  if (!std::isfinite(number)) {
    return Raw(std::isnan(number) ? "\"NaN\"" : number > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  }
  Reserve(kJavaNumberMax);
  cursor_ = FormatJavaDouble(cursor_, number);
}

void JsonOutput::Float(float number) {
  if (!std::isfinite(number)) return Double(number);
  Reserve(kJavaNumberMax);
  cursor_ = FormatJavaFloat(cursor_, number);
}

void JsonOutput::String(std::string_view text) {
  Reserve(text.size() + 2);
  char* const to = cursor_;
  if (CopyPlainJson(to + 1, text.data(), text.size())) [[likely]] {
    to[0] = to[text.size() + 1] = '"';
    cursor_ = to + text.size() + 2;
    return;
  }
  if (FindInvalidUtf8(text) != std::string_view::npos) {
    return EscapedString(ReplaceInvalidUtf8(text));
  }
  EscapedString(text);
}

void JsonOutput::EscapedString(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  Char('"');
  while (true) {
    bool non_ascii = false;
    const char* special = FindJsonSpecial(at, end, non_ascii);
    if (non_ascii) special = std::find_if(at, special, StartsPair);
    Raw({at, static_cast<size_t>(special - at)});
    if (special == end) break;
    Reserve(12);
    if (StartsPair(*special)) {
      cursor_ = EscapePair(cursor_, special);
      at = special + 4;
    } else {
      cursor_ = Escape(cursor_, *special);
      at = special + 1;
    }
  }
  Char('"');
}

void JsonOutput::Base64(std::string_view bytes) {
  Reserve((bytes.size() + 2) / 3 * 4 + 2);
  *cursor_++ = '"';
  cursor_ = Base64EncodeTo(cursor_, bytes);
  *cursor_++ = '"';
}

Status WriteSchemaless(const sluice_value& value, JsonOutput& out, int depth) {
  switch (value.kind) {
    case SLUICE_NULL:
      return out.Null(), OkStatus();
    case SLUICE_BOOLEAN:
      return out.Bool(value.as.int64 != 0), OkStatus();
    case SLUICE_INT8:
    case SLUICE_INT16:
    case SLUICE_INT32:
    case SLUICE_INT64:
      return out.Int(value.as.int64), OkStatus();
    case SLUICE_FLOAT32:
      return out.Float(value.as.float32), OkStatus();
    case SLUICE_FLOAT64:
      return out.Double(value.as.float64), OkStatus();
    case SLUICE_STRING:
      return out.String(abi::Text(value)), OkStatus();
    case SLUICE_BYTES:
      return out.Base64(abi::Text(value)), OkStatus();
    case SLUICE_ARRAY:
    case SLUICE_MAP:
      if (depth + 1 > kJsonWriteDepthMax) return JsonTooDeepToWrite();
      return value.kind == SLUICE_ARRAY ? WriteItems(value, out, depth + 1)
                                        : WriteEntries(value, out, depth + 1);
    case SLUICE_STRUCT:
      return DataError("Mismatching schema.");
    default:
      return DataError(
          StrCat("Java class ", JavaClassText(value), " does not have corresponding schema type."));
  }
}

}  // namespace sluice::record

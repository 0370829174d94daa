#include "connectors/object_store_sink/json_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "connectors/object_store_sink/digest.h"
#include "connectors/object_store_sink/format.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

constexpr int kDepthMax = 1000;

void AppendWhole(std::string& out, int64_t number) {
  char text[24];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
  out.append(text, end);
}

template <typename T>
void AppendShortest(std::string& out, T number) {
  if (std::isnan(number)) return out.append("NaN"), void();
  if (std::signbit(number)) out.push_back('-');
  number = std::fabs(number);
  if (std::isinf(number)) return out.append("Infinity"), void();
  if (number == 0) return out.append("0.0"), void();
  char buffer[40];
  char* const end =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  char* const e = std::find(buffer, end, 'e');
  int exponent = 0;
  std::from_chars(e + 1 + (e[1] == '+'), end, exponent);
  std::string digits(1, buffer[0]);
  if (e - buffer > 1) digits.append(buffer + 2, e);
  if (exponent >= 0 && exponent < 7) {
    const size_t whole = static_cast<size_t>(exponent) + 1;
    if (digits.size() <= whole) digits.append(whole - digits.size() + 1, '0');
    out.append(digits, 0, whole).append(".").append(digits, whole);
  } else if (exponent < 0 && exponent >= -3) {
    out.append("0.").append(static_cast<size_t>(-exponent - 1), '0').append(digits);
  } else {
    out.append(digits, 0, 1).append(".").append(digits.size() > 1 ? digits.substr(1) : "0");
    out.push_back('E');
    AppendWhole(out, exponent);
  }
}

// A double that is no number is a text.
template <typename T>
void AppendFloating(std::string& out, T number) {
  const bool quoted = !std::isfinite(number);
  if (quoted) out.push_back('"');
  AppendShortest(out, number);
  if (quoted) out.push_back('"');
}

// Big-endian two's complement to decimal digits without a sign.
std::string Digits(const sluice_decimal& decimal, bool& negative) {
  std::vector<uint8_t> bytes(decimal.unscaled, decimal.unscaled + decimal.unscaled_size);
  negative = !bytes.empty() && (bytes[0] & 0x80) != 0;
  if (negative) {
    unsigned carry = 1;
    for (size_t i = bytes.size(); i-- > 0;) {
      carry += static_cast<uint8_t>(~bytes[i]);
      bytes[i] = static_cast<uint8_t>(carry);
      carry >>= 8;
    }
  }
  std::string reversed;
  for (size_t first = 0; first < bytes.size();) {
    uint32_t rest = 0;
    for (size_t i = first; i < bytes.size(); ++i) {
      rest = rest << 8 | bytes[i];
      bytes[i] = static_cast<uint8_t>(rest / 100);
      rest %= 100;
    }
    reversed.push_back(static_cast<char>('0' + rest % 10));
    reversed.push_back(static_cast<char>('0' + rest / 10));
    while (first < bytes.size() && bytes[first] == 0) ++first;
  }
  while (reversed.size() > 1 && reversed.back() == '0') reversed.pop_back();
  if (reversed.empty()) reversed = "0";
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

class JsonWriter {
 public:
  JsonWriter(std::string& out, DecimalText decimals) : out_(out), decimals_(decimals) {}

  void Write(const sdk::Value& value, int depth) {
    switch (value.kind) {
      case SLUICE_NULL:
        return out_.append("null"), void();
      case SLUICE_BOOLEAN:
        return out_.append(value.as.int64 != 0 ? "true" : "false"), void();
      case SLUICE_FLOAT32:
        return AppendFloating(out_, value.as.float32);
      case SLUICE_FLOAT64:
        return AppendFloating(out_, value.as.float64);
      case SLUICE_STRING:
        return AppendJsonString(out_, sdk::Text(value));
      case SLUICE_BYTES:
        return Quoted(Base64(sdk::Text(value)));
      case SLUICE_DECIMAL:
        return WriteDecimal(*value.as.decimal);
      case SLUICE_ARRAY:
      case SLUICE_MAP:
      case SLUICE_STRUCT:
        return WriteMany(value, depth + 1);
      default:
        return AppendWhole(out_, value.as.int64);
    }
  }

 private:
  void Quoted(std::string_view text) { out_.append("\"").append(text).append("\""); }

  void WriteDecimal(const sluice_decimal& decimal) {
    if (decimals_ == DecimalText::kNumeric) return AppendDecimal(out_, decimal);
    Quoted(Base64({reinterpret_cast<const char*>(decimal.unscaled), decimal.unscaled_size}));
  }

  void WriteMany(const sdk::Value& value, int depth) {
    if (depth > kDepthMax) {
      throw sdk::DataException("the value is nested deeper than ", kDepthMax, " levels");
    }
    if (value.kind == SLUICE_MAP) return WriteMap(value, depth);
    if (value.kind == SLUICE_ARRAY) {
      out_.push_back('[');
      for (uint32_t i = 0; i < value.size; ++i) {
        if (i > 0) out_.push_back(',');
        Write(value.as.items[i], depth);
      }
      return out_.push_back(']');
    }
    const sluice_struct& structure = *value.as.structure;
    out_.push_back('{');
    for (uint32_t i = 0; i < value.size; ++i) {
      if (i > 0) out_.push_back(',');
      AppendJsonString(out_, abi::View(structure.schema->fields[i].name));
      out_.push_back(':');
      Write(FieldOf(structure, i), depth);
    }
    out_.push_back('}');
  }

  // With keys that are no strings: a list of pairs.
  void WriteMap(const sdk::Value& map, int depth) {
    const sluice_map_entry* entries = map.as.entries;
    const bool object = std::all_of(entries, entries + map.size,
                                    [](const auto& e) { return e.key.kind == SLUICE_STRING; });
    out_.push_back(object ? '{' : '[');
    for (uint32_t i = 0; i < map.size; ++i) {
      if (i > 0) out_.push_back(',');
      if (!object) out_.push_back('[');
      Write(entries[i].key, depth);
      out_.push_back(object ? ':' : ',');
      Write(entries[i].value, depth);
      if (!object) out_.push_back(']');
    }
    out_.push_back(object ? '}' : ']');
  }

  std::string& out_;
  const DecimalText decimals_;
};

}  // namespace

void AppendJson(std::string& out, const sdk::Value& value, DecimalText decimals) {
  JsonWriter(out, decimals).Write(value, 0);
}

void AppendJsonString(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  static constexpr std::string_view kShort = "\b\t\n\f\r\"\\", kLetters = "btnfr\"\\";
  out.push_back('"');
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(copied, i - copied));
    copied = i + 1;
    out.push_back('\\');
    if (const size_t at = kShort.find(text[i]); at != std::string_view::npos) {
      out.push_back(kLetters[at]);
    } else {
      out.append("u00");
      out.push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
    }
  }
  out.append(text.substr(copied));
  out.push_back('"');
}

void AppendJavaNumber(std::string& out, float number) { AppendShortest(out, number); }
void AppendJavaNumber(std::string& out, double number) { AppendShortest(out, number); }

void AppendDecimal(std::string& out, const sluice_decimal& decimal) {
  bool negative = false;
  const std::string digits = Digits(decimal, negative);
  if (negative) out.push_back('-');
  const int64_t scale = decimal.scale;
  const auto count = static_cast<int64_t>(digits.size());
  const int64_t adjusted = count - 1 - scale;
  if (scale == 0) {
    out.append(digits);
  } else if (scale > 0 && adjusted >= -6) {
    if (count > scale) {
      const auto whole = static_cast<size_t>(count - scale);
      out.append(digits, 0, whole).append(".").append(digits, whole);
    } else {
      out.append("0.").append(static_cast<size_t>(scale - count), '0').append(digits);
    }
  } else {
    out.append(digits, 0, 1);
    if (count > 1) out.append(".").append(digits, 1);
    if (adjusted == 0) return;
    out.append(adjusted > 0 ? "E+" : "E");
    AppendWhole(out, adjusted);
  }
}

}  // namespace sluice::object_store_sink

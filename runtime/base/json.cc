#include "runtime/base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "absl/strings/charconv.h"
#include "rapidjson/error/en.h"
#include "rapidjson/memorystream.h"
#include "rapidjson/reader.h"
#include "runtime/base/text.h"

namespace sluice {
namespace {

// Numbers come as text: RapidJSON's own exact reading of them shifts a signed number out of its
// type.
constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag |
                            rapidjson::kParseValidateEncodingFlag;

// Hands events on to the document, and ends the parse where values lie too deep.
class DepthGuard {
 public:
  using Ch = char;
  using Size = rapidjson::SizeType;
  DepthGuard(rapidjson::Document& document, size_t depth_max)
      : document_(document), depth_max_(depth_max) {}

  bool Null() { return document_.Null(); }
  bool Bool(bool value) { return document_.Bool(value); }
  bool Int(int value) { return document_.Int(value); }
  bool Uint(unsigned value) { return document_.Uint(value); }
  bool Int64(int64_t value) { return document_.Int64(value); }
  bool Uint64(uint64_t value) { return document_.Uint64(value); }
  bool Double(double value) { return document_.Double(value); }
  bool RawNumber(const Ch* text, Size size, bool) {
    const Ch* const end = text + size;
    if (int64_t value = 0; IsWhole(std::from_chars(text, end, value), end)) return Int64(value);
    if (uint64_t value = 0; IsWhole(std::from_chars(text, end, value), end)) return Uint64(value);
    double value = 0;
    const bool fits = absl::from_chars(text, end, value).ec == std::errc();
    too_large_ = !fits && std::abs(value) > 1;  // what is too small reads as zero
    return !too_large_ && Double(value);
  }
  bool String(const Ch* text, Size size, bool copy) {
    if (FindInvalidUtf8({text, size}) == std::string_view::npos) [[likely]] {
      return document_.String(text, size, copy);
    }
    const std::string whole = WithoutHalves({text, size});
    return document_.String(whole.data(), static_cast<Size>(whole.size()), true);
  }
  bool Key(const Ch* text, Size size, bool copy) { return String(text, size, copy); }
  bool StartObject() { return Deeper() && document_.StartObject(); }
  bool EndObject(Size count) { return --depth_, document_.EndObject(count); }
  bool StartArray() { return Deeper() && document_.StartArray(); }
  bool EndArray(Size count) { return --depth_, document_.EndArray(count); }

  // Whether it ended at a number beyond what a double can hold.
  bool too_large() const { return too_large_; }

 private:
  static bool IsWhole(std::from_chars_result result, const Ch* end) {
    return result.ec == std::errc() && result.ptr == end;
  }
  bool Deeper() { return ++depth_ <= depth_max_; }
  // The second half of a surrogate pair, alone as an escape, which RapidJSON encodes as it stands,
  // becomes what Java makes of it where it encodes the text.
  static std::string WithoutHalves(std::string_view text) {
    std::string out;
    for (size_t at; (at = FindInvalidUtf8(text)) != std::string_view::npos;) {
      out.append(text.substr(0, at)).push_back('?');
      text.remove_prefix(std::min<size_t>(at + 3, text.size()));
    }
    return out.append(text);
  }

  rapidjson::Document& document_;
  const size_t depth_max_;
  size_t depth_ = 0;
  bool too_large_ = false;
};

// The text around `offset`, on one line and printable.
std::string Near(std::string_view text, size_t offset) {
  const size_t from = offset > 20 ? offset - 20 : 0;
  std::string near = ReplaceInvalidUtf8(text.substr(from, 40));
  for (char& c : near) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return near;
}

Status ParseError(std::string_view text, const rapidjson::ParseResult& result, size_t depth_max) {
  const size_t offset = std::min(result.Offset(), text.size());
  const std::string_view before = text.substr(0, offset);
  const size_t line = 1 + static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t line_start = before.rfind('\n');
  const size_t column = offset - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  const std::string what = result.Code() == rapidjson::kParseErrorTermination
                               ? StrCat("Nested deeper than ", depth_max, " levels.")
                               : std::string(rapidjson::GetParseError_En(result.Code()));
  if (text.empty()) return DataError("Malformed JSON: the text is empty");
  return DataError(StrCat("Malformed JSON at line ", line, ", column ", column, ": ", what,
                          " Near: ", Near(text, offset)));
}

// Recursive: the depth of what ParseJson made is bounded.
void WriteNode(const rapidjson::Value& value, JsonWriter& json) {
  switch (value.GetType()) {
    case rapidjson::kNullType:
      json.Null();
      return;
    case rapidjson::kFalseType:
    case rapidjson::kTrueType:
      json.Bool(value.GetBool());
      return;
    case rapidjson::kStringType:
      json.String(JsonText(value));
      return;
    case rapidjson::kNumberType:
      if (value.IsInt64()) {
        json.Int(value.GetInt64());
      } else if (value.IsUint64()) {
        json.Uint(value.GetUint64());
      } else {
        json.Double(value.GetDouble());
      }
      return;
    case rapidjson::kArrayType:
      json.StartArray();
      for (const auto& item : value.GetArray()) WriteNode(item, json);
      json.EndArray();
      return;
    case rapidjson::kObjectType:
      json.StartObject();
      for (const auto& member : value.GetObject()) {
        json.Key(JsonText(member.name));
        WriteNode(member.value, json);
      }
      json.EndObject();
      return;
  }
}

}  // namespace

StatusOr<rapidjson::Document> ParseJson(std::string_view text, size_t depth_max) {
  rapidjson::Document document;
  rapidjson::ParseResult result;
  rapidjson::Reader reader;
  rapidjson::MemoryStream memory(text.empty() ? "" : text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(memory);
  const auto parse = [&](rapidjson::Document& target) {
    DepthGuard guard(target, depth_max);
    result = reader.Parse<kFlags>(stream, guard);
    if (guard.too_large()) result.Set(rapidjson::kParseErrorNumberTooBig, result.Offset());
    return !result.IsError();
  };
  document.Populate(parse);
  if (!result.IsError() &&
      stream.Tell() < text.size()) {  // a zero byte, which RapidJSON takes for the end
    result.Set(rapidjson::kParseErrorDocumentRootNotSingular, stream.Tell());
  }
  if (result.IsError()) return ParseError(text, result, depth_max);
  return document;
}

const rapidjson::Value* FindJsonMember(const rapidjson::Value& object, std::string_view name) {
  if (!object.IsObject()) return nullptr;
  for (auto it = object.MemberEnd(); it != object.MemberBegin();) {
    --it;
    if (JsonText(it->name) == name) return &it->value;
  }
  return nullptr;
}

JsonWriter& JsonWriter::Double(double value) {
  std::string text;
  AppendJavaDouble(text, value);
  return std::isfinite(value) ? Raw(text) : String(text);
}

JsonWriter& JsonWriter::Value(const rapidjson::Value& value) {
  WriteNode(value, *this);
  return *this;
}

std::string WriteJson(const rapidjson::Value& value) { return JsonWriter().Value(value).Take(); }

std::string JsonQuote(std::string_view text) { return JsonWriter().String(text).Take(); }

}  // namespace sluice

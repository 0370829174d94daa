// JSON of the control plane: REST bodies, the storage topics, probe output. Records have their own,
// faster ways. Pure functions and plain values, any thread. Deep or malformed input gives an error,
// never a crash: parsing is iterative, depth is bounded, and a document's memory is one pool, so
// nothing is destroyed node by node.
//
// RapidJSON in C++20: never compare a value with a number (`v == 1` compiles and overflows the
// stack); use GetInt().
#ifndef SLUICE_RUNTIME_BASE_JSON_H_
#define SLUICE_RUNTIME_BASE_JSON_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"
#include "runtime/base/status.h"

namespace sluice {

inline constexpr size_t kJsonDepthMax = 1000;  // Jackson's own limit

// Parses one JSON value. The error (DataError) names line, column and the text near it. Strings
// must be UTF-8. Of duplicate members all are kept: read them with FindJsonMember.
StatusOr<rapidjson::Document> ParseJson(std::string_view text, size_t depth_max = kJsonDepthMax);

// The member called `name`, or nullptr if there is none or `object` is no object. Of several the
// last counts, as in Jackson.
const rapidjson::Value* FindJsonMember(const rapidjson::Value& object, std::string_view name);
// The text of a string value, which may hold zero bytes. Only if value.IsString().
inline std::string_view JsonText(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

// Compact text as Jackson writes it: UTF-8 as it is, no escaped slashes, doubles as Java prints
// them.
std::string WriteJson(const rapidjson::Value& value);
// `text` as a JSON string with its quotes.
std::string JsonQuote(std::string_view text);

// Writes one JSON value piece by piece, in the caller's order; the caller keeps it well-formed. One
// thread.
//   JsonWriter json;
//   json.StartObject().Key("error_code").Int(404).Key("message").String(text).EndObject();
//   return json.Take();
class JsonWriter {
 public:
  JsonWriter() : writer_(buffer_) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& StartObject() { return writer_.StartObject(), *this; }
  JsonWriter& EndObject() { return writer_.EndObject(), *this; }
  JsonWriter& StartArray() { return writer_.StartArray(), *this; }
  JsonWriter& EndArray() { return writer_.EndArray(), *this; }
  JsonWriter& Key(std::string_view name) {
    return writer_.Key(Data(name), static_cast<rapidjson::SizeType>(name.size())), *this;
  }
  JsonWriter& String(std::string_view text) {
    return writer_.String(Data(text), static_cast<rapidjson::SizeType>(text.size())), *this;
  }
  JsonWriter& Int(int64_t value) { return writer_.Int64(value), *this; }
  JsonWriter& Uint(uint64_t value) { return writer_.Uint64(value), *this; }
  JsonWriter& Double(double value);  // NaN and the infinities become strings, as Jackson's do
  JsonWriter& Bool(bool value) { return writer_.Bool(value), *this; }
  JsonWriter& Null() { return writer_.Null(), *this; }
  // A whole JSON value, written before; it is not checked.
  JsonWriter& Raw(std::string_view json) {
    return writer_.RawValue(Data(json), json.size(), rapidjson::kObjectType), *this;
  }
  JsonWriter& Value(const rapidjson::Value& value);

  // What was written; the writer is spent.
  std::string Take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  static const char* Data(std::string_view text) { return text.empty() ? "" : text.data(); }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_JSON_H_

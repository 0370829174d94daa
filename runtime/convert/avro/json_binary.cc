#include "runtime/convert/avro/json_binary.h"

#include <algorithm>

#include "runtime/base/text.h"
#include "runtime/convert/byte_output.h"

namespace sluice::convert::avro {
namespace {

using rapidjson::Value;

constexpr size_t kBytesMax = 1 << 20;

// `json` is known to be valid, and so bounded in depth.
class Encoder {
 public:
  Status Write(const Schema& schema, const Value& json) {
    if (out_.size() > kBytesMax) return DataError("A default is too large");
    switch (schema.type) {
      case Type::kNull:
        return OkStatus();
      case Type::kBoolean:
        out_.Byte(json.GetBool() ? 1 : 0);
        return OkStatus();
      case Type::kInt:
      case Type::kLong:
        out_.Zigzag(json.GetInt64());
        return OkStatus();
      case Type::kFloat:
        out_.LittleEndian(static_cast<float>(json.GetDouble()));
        return OkStatus();
      case Type::kDouble:
        out_.LittleEndian(json.GetDouble());
        return OkStatus();
      case Type::kString:
        WriteText(JsonText(json));
        return OkStatus();
      case Type::kBytes:
        WriteText(BytesOf(JsonText(json)));
        return OkStatus();
      case Type::kFixed: {
        const std::string bytes = BytesOf(JsonText(json));
        if (bytes.size() != static_cast<size_t>(schema.size)) {
          return DataError(StrCat("The default of fixed ", schema.full_name(), " has ",
                                  bytes.size(), " bytes instead of ", schema.size));
        }
        out_.Raw(bytes);
        return OkStatus();
      }
      case Type::kEnum: {
        const auto found = std::find(schema.symbols.begin(), schema.symbols.end(), JsonText(json));
        if (found == schema.symbols.end()) {
          return DataError(
              StrCat("The default of enum ", schema.full_name(), " is none of its symbols"));
        }
        out_.Zigzag(found - schema.symbols.begin());
        return OkStatus();
      }
      case Type::kArray:
        if (json.Size() > 0) {
          out_.Zigzag(json.Size());
          for (const Value& one : json.GetArray()) {
            SLUICE_RETURN_IF_ERROR(Write(*schema.items, one));
          }
        }
        out_.Byte(0);
        return OkStatus();
      case Type::kMap:
        if (json.MemberCount() > 0) {
          out_.Zigzag(json.MemberCount());
          for (const auto& one : json.GetObject()) {
            WriteText(JsonText(one.name));
            SLUICE_RETURN_IF_ERROR(Write(*schema.items, one.value));
          }
        }
        out_.Byte(0);
        return OkStatus();
      case Type::kRecord:
        for (const Field& field : schema.fields) {
          const Value* member = FindJsonMember(json, field.name);
          if (member == nullptr) member = field.default_value;
          SLUICE_RETURN_IF_ERROR(Write(*field.schema, *member));
        }
        return OkStatus();
      case Type::kUnion:
        for (size_t i = 0; i < schema.branches.size(); ++i) {
          if (!IsValidDefault(*schema.branches[i], json)) continue;
          out_.Zigzag(static_cast<int64_t>(i));
          return Write(*schema.branches[i], json);
        }
        return DataError("A default fits no branch of its union");
    }
    return OkStatus();
  }
  std::string Take() const { return std::string(out_.view()); }

 private:
  void WriteText(std::string_view text) {
    out_.Zigzag(static_cast<int64_t>(text.size()));
    out_.Raw(text);
  }
  // Characters up to U+00FF stand for bytes.
  static std::string BytesOf(std::string_view text) {
    std::string bytes;
    for (size_t i = 0; i < text.size(); ++i) {
      auto byte = static_cast<unsigned char>(text[i]);
      if (byte >= 0xc2 && byte <= 0xc3 && i + 1 < text.size()) {
        byte = static_cast<unsigned char>(byte << 6 | (text[++i] & 0x3f));
      }
      bytes += static_cast<char>(byte);
    }
    return bytes;
  }

  ByteOutput out_;
};

}  // namespace

StatusOr<std::string> JsonToBinary(const Schema& schema, const Value& json) {
  if (!IsValidDefault(schema, json)) {
    return DataError(
        StrCat("The default ", WriteJson(json).substr(0, 100), " is no ", TypeName(schema.type)));
  }
  Encoder encoder;
  SLUICE_RETURN_IF_ERROR(encoder.Write(schema, json));
  return encoder.Take();
}

}  // namespace sluice::convert::avro

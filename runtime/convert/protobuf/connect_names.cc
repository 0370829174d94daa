#include "runtime/convert/protobuf/connect_names.h"

#include "runtime/abi/views.h"
#include "runtime/base/text.h"

namespace sluice::convert::protobuf {
namespace {

constexpr std::string_view kEntry = "Entry";

struct KnownEntry {
  Known known;
  KnownType type;
};
constexpr KnownEntry kKnown[] = {
    {Known::kDecimal, {"confluent.type.Decimal", "confluent/type/decimal.proto"}},
    {Known::kDate, {"google.type.Date", "google/type/date.proto"}},
    {Known::kTime, {"google.type.TimeOfDay", "google/type/timeofday.proto"}},
    {Known::kTimestamp, {"google.protobuf.Timestamp", "google/protobuf/timestamp.proto"}},
    {Known::kVariant, {"confluent.type.Variant", "confluent/type/variant.proto"}},
};

struct Wrapper {
  Type type;
  std::string_view name;
};
constexpr Wrapper kWrappers[] = {
    {Type::kDouble, "google.protobuf.DoubleValue"}, {Type::kFloat, "google.protobuf.FloatValue"},
    {Type::kInt64, "google.protobuf.Int64Value"},   {Type::kUint64, "google.protobuf.UInt64Value"},
    {Type::kInt32, "google.protobuf.Int32Value"},   {Type::kUint32, "google.protobuf.UInt32Value"},
    {Type::kBool, "google.protobuf.BoolValue"},     {Type::kString, "google.protobuf.StringValue"},
    {Type::kBytes, "google.protobuf.BytesValue"},
};

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsPlain(char c) { return IsUpper(c) || IsLower(c) || IsDigit(c) || c == '_'; }
char Upper(char c) { return IsLower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Scrub(std::string_view name) {
  bool plain = !name.empty() && !IsDigit(name[0]) && name[0] != '_';
  for (const char c : name) plain = plain && IsPlain(c);
  if (plain || name.empty()) return std::string(name);
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : name) {
    if (IsPlain(c)) {
      out += c;
    } else if (c == '.' || c == '-' || c == '*' || c == ' ') {  // one character when URL-encoded
      out += '_';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '_';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  // It is looked at URL-encoded, where only what was a _ is one.
  if (IsDigit(out[0]) || name[0] == '_') out.insert(0, "x");
  return out;
}

}  // namespace

Known KnownMessage(std::string_view full_name) {
  for (const KnownEntry& entry : kKnown) {
    if (entry.type.name == full_name) return entry.known;
  }
  for (const Wrapper& wrapper : kWrappers) {
    if (wrapper.name == full_name) return Known::kWrapper;
  }
  return Known::kNone;
}

KnownType TypeOf(Known known) {
  for (const KnownEntry& entry : kKnown) {
    if (entry.known == known) return entry.type;
  }
  return {};
}

std::string_view WrapperOf(Type type) {
  for (const Wrapper& wrapper : kWrappers) {
    if (wrapper.type == type) return wrapper.name;
  }
  return {};
}

sluice_str Parameter(const sluice_schema& schema, std::string_view key) {
  for (uint32_t i = 0; i < schema.parameter_count; ++i) {
    if (abi::View(schema.parameters[i].key) == key) return schema.parameters[i].value;
  }
  return abi::kNoStr;
}

bool IsUnion(const sluice_schema& schema) {
  return schema.type == SLUICE_STRUCT &&
         (abi::View(schema.name).starts_with(kUnion) || HasParameter(schema, kGeneralUnion));
}

bool IsEnum(const sluice_schema& schema) {
  return (schema.type == SLUICE_STRING && HasParameter(schema, kGeneralEnum)) ||
         ((schema.type == SLUICE_STRING || schema.type == SLUICE_INT32) &&
          HasParameter(schema, kEnum));
}

std::string ScrubName(std::string_view name, const ProtobufOptions& options) {
  return options.scrub_invalid_names ? Scrub(name) : std::string(name);
}

std::string MapEntryName(std::string_view field) {
  if (field.find('_') == std::string_view::npos) return StrCat(field, kEntry);
  std::string out;
  bool first = true;
  for (const char c : field) {
    if (c == '_') {
      first = true;
      continue;
    }
    out += first ? Upper(c) : Lower(c);
    first = false;
  }
  return out + std::string(kEntry);
}

std::string MapFieldName(std::string_view entry) {
  const size_t dot = entry.rfind('.');
  const std::string_view scope = dot == std::string_view::npos ? "" : entry.substr(0, dot + 1);
  std::string_view name = entry.substr(scope.size());
  if (!name.ends_with(kEntry)) return std::string(entry);
  name.remove_suffix(kEntry.size());
  std::string out(scope);
  for (size_t i = 0; i < name.size(); ++i) {
    if (i > 0 && IsUpper(name[i])) out += '_';
    out += Lower(name[i]);
  }
  return out;
}

}  // namespace sluice::convert::protobuf

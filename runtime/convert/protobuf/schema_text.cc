#include <algorithm>

#include "runtime/base/text.h"
#include "runtime/convert/protobuf/connect_names.h"
#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {
namespace {

// Every line of a part stands two blanks further in; empty lines do, too.
void AppendIndented(std::string& out, std::string_view part) {
  while (!part.empty()) {
    const size_t end = part.find('\n');
    StrAppend(out, "  ", part.substr(0, end), "\n");
    part = end == std::string_view::npos ? std::string_view() : part.substr(end + 1);
  }
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const size_t place = std::string_view("\a\b\f\n\r\t\v\\'\"").find(c);
    if (place == std::string_view::npos) {
      out += c;
    } else {
      out += '\\';
      out += "abfnrtv\\'\""[place];
    }
  }
  return out;
}

std::string ParamText(const std::pair<std::string, std::string>& param) {
  const std::string key = StrCat("key: \"", Escaped(param.first), "\"");
  const std::string value = StrCat("value: \"", Escaped(param.second), "\"");
  const bool value_first = param.first == kPrecision || param.first == kScale;
  std::string out = "{\n";
  AppendIndented(out, StrCat(value_first ? value : key, ","));
  AppendIndented(out, value_first ? key : value);
  return out + "}";
}

std::string MetaText(const Field::Params& params) {
  std::string list = "params: [\n";
  for (size_t i = 0; i < params.size(); ++i) {
    AppendIndented(list, StrCat(ParamText(params[i]), i + 1 < params.size() ? "," : ""));
  }
  std::string out = "(confluent.field_meta) = {\n";
  AppendIndented(out, list + "]");
  return out + "}";
}

std::string FieldText(const Field& field) {
  const std::string_view label = field.oneof >= 0        ? ""
                                 : field.repeated()      ? "repeated "
                                 : field.proto3_optional ? "optional "
                                                         : "";
  std::string out = StrCat(label, field.type_name.empty() ? TypeName(field.type) : field.type_name,
                           " ", field.name, " = ", field.number);
  if (!field.params.empty()) StrAppend(out, " [", MetaText(field.params), "]");
  return out + ";\n";
}

std::string EnumText(const Enum& one) {
  std::string out = StrCat("enum ", one.name, " {\n");
  for (const EnumValue& value : one.values) {
    AppendIndented(out, StrCat(value.name, " = ", value.number, ";\n"));
  }
  return out + "}\n";
}

std::string OneofText(const Message& message, size_t oneof) {
  std::string out = StrCat("oneof ", message.oneofs[oneof], " {\n");
  for (const Field& field : message.fields) {
    if (field.oneof == static_cast<int32_t>(oneof)) AppendIndented(out, FieldText(field));
  }
  return out + "}\n";
}

std::string MessageText(const Message& message) {
  std::string out = StrCat("message ", message.name, " {");
  std::string fields;
  for (const Field& field : message.fields) {
    if (field.oneof < 0) AppendIndented(fields, FieldText(field));
  }
  if (!fields.empty()) StrAppend(out, "\n", fields);
  if (!message.oneofs.empty()) out += '\n';
  for (size_t i = 0; i < message.oneofs.size(); ++i) AppendIndented(out, OneofText(message, i));
  if (!message.nested.empty() || !message.enums.empty()) out += '\n';
  for (const auto& nested : message.nested) AppendIndented(out, MessageText(*nested));
  for (const auto& one : message.enums) AppendIndented(out, EnumText(*one));
  return out + "}\n";
}

}  // namespace

std::string SchemaText(const File& file) {
  std::string out = StrCat("syntax = \"", file.proto3 ? "proto3" : "proto2", "\";\n");
  if (!file.package.empty()) StrAppend(out, "package ", file.package, ";\n");
  if (!file.imports.empty()) out += '\n';
  for (const std::string& import : file.imports) StrAppend(out, "import \"", import, "\";\n");
  if (!file.messages.empty()) out += '\n';
  for (const auto& message : file.messages) out += MessageText(*message);
  return out;
}

}  // namespace sluice::convert::protobuf

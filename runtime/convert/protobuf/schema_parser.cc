// .proto files to schemas, by libprotobuf's parser.
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <set>

#include "runtime/base/text.h"
#include "runtime/convert/protobuf/connect_names.h"
#include "runtime/convert/protobuf/field_meta.h"
#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {
namespace {

namespace pb = google::protobuf;

constexpr int kNestingMax = 64;  // the parser recurses
constexpr size_t kFilesMax = 1000;
constexpr size_t kTextMax = 16 << 20;

Status Invalid(std::string_view text) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, kSerializationException, text);
}

class FirstError : public pb::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text_.empty()) text_ = StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// By its tokens: braces in comments and strings are none. The parser skips what it does not take
// by recursion, too.
bool IsTooDeep(std::string_view text) {
  FirstError ignored;
  pb::io::ArrayInputStream bytes(text.data(), static_cast<int>(text.size()));
  pb::io::Tokenizer tokens(&bytes, &ignored);
  int depth = 0;
  while (tokens.Next()) {
    if (tokens.current().type != pb::io::Tokenizer::TYPE_SYMBOL) continue;
    const char c = tokens.current().text[0];
    if (c == '{' && ++depth > kNestingMax) return true;
    if (c == '}' && depth > 0) --depth;
  }
  return false;
}

Status ParseText(std::string_view name, std::string_view text, pb::FileDescriptorProto& file) {
  if (text.size() > kTextMax) {
    return Invalid(StrCat("The Protobuf schema ", name, " has ", text.size(), " bytes: expected ",
                          kTextMax, " at most"));
  }
  if (IsTooDeep(text)) {
    return Invalid(StrCat("The Protobuf schema ", name, " is nested deeper than ", kNestingMax));
  }
  FirstError error;
  pb::io::ArrayInputStream bytes(text.data(), static_cast<int>(text.size()));
  pb::io::Tokenizer tokens(&bytes, &error);
  pb::compiler::Parser parser;
  parser.RecordErrorsTo(&error);
  const pb::LogSilencer silence;  // it warns of files without a syntax
  if (parser.Parse(&tokens, &file) && error.text().empty()) return OkStatus();
  // Registries also hand out descriptors.
  if (const auto binary = Base64Decode(text); binary && !binary->empty()) {
    file.Clear();
    if (file.ParseFromString(*binary)) return OkStatus();
  }
  return Invalid(StrCat("The Protobuf schema ", name, " cannot be parsed: ", error.text()));
}

std::unique_ptr<Enum> EnumOf(const pb::EnumDescriptorProto& from) {
  auto made = std::make_unique<Enum>(Enum{.name = from.name()});
  for (const auto& value : from.value()) made->values.push_back({value.name(), value.number()});
  return made;
}

class Conversion {
 public:
  explicit Conversion(bool proto3) : proto3_(proto3) {}

  std::unique_ptr<Message> MessageOf(const pb::DescriptorProto& from) {
    auto made = std::make_unique<Message>(Message{.name = from.name()});
    // The parser makes messages of map<> and of groups.
    std::set<std::string_view> entries, groups;
    for (const auto& nested : from.nested_type()) {
      if (nested.options().map_entry()) entries.insert(nested.name());
    }
    for (const auto& field : from.field()) {
      if (field.type() == pb::FieldDescriptorProto::TYPE_GROUP) groups.insert(field.type_name());
    }
    AddOneofs(from, *made);
    for (const auto& field : from.field()) {
      if (field.type() == pb::FieldDescriptorProto::TYPE_GROUP) continue;
      made->fields.push_back(FieldOf(field));
      if (field.has_oneof_index() && !field.proto3_optional()) {
        made->fields.back().oneof = oneofs_[static_cast<size_t>(field.oneof_index())];
      }
      if (entries.contains(field.type_name())) {
        made->fields.back().type_name = MapEntryName(field.name());
      }
    }
    for (const auto& nested : from.nested_type()) {
      Conversion inner(proto3_);
      made->nested.push_back(inner.MessageOf(nested));
      Message& message = *made->nested.back();
      message.counted = !entries.contains(nested.name()) && !groups.contains(nested.name());
      if (!entries.contains(nested.name())) continue;
      for (const auto& field : from.field()) {  // named as the original names it
        if (field.type_name() == nested.name()) message.name = MapEntryName(field.name());
      }
    }
    for (const auto& one : from.enum_type()) made->enums.push_back(EnumOf(one));
    return made;
  }

 private:
  void AddOneofs(const pb::DescriptorProto& from, Message& made) {
    const auto count = static_cast<size_t>(from.oneof_decl_size());
    std::vector<bool> real(count, false);
    for (const auto& field : from.field()) {
      if (field.has_oneof_index() && !field.proto3_optional() && field.oneof_index() >= 0 &&
          static_cast<size_t>(field.oneof_index()) < count) {
        real[static_cast<size_t>(field.oneof_index())] = true;
      }
    }
    oneofs_.assign(count, -1);
    for (size_t i = 0; i < count; ++i) {
      if (!real[i]) continue;
      oneofs_[i] = static_cast<int32_t>(made.oneofs.size());
      made.oneofs.push_back(from.oneof_decl(static_cast<int>(i)).name());
    }
  }

  Field FieldOf(const pb::FieldDescriptorProto& from) {
    Field made{.name = from.name(), .number = from.number()};
    made.label = from.label() == pb::FieldDescriptorProto::LABEL_REPEATED   ? Label::kRepeated
                 : from.label() == pb::FieldDescriptorProto::LABEL_REQUIRED ? Label::kRequired
                                                                            : Label::kOptional;
    made.proto3_optional = from.proto3_optional();
    made.type_name = from.type_name();
    if (made.type_name.empty()) made.type = static_cast<Type>(from.type());
    made.has_default = from.has_default_value() && !proto3_;
    if (made.has_default) made.default_text = from.default_value();
    made.params = ParamsOf(from.options());
    return made;
  }

  const bool proto3_;
  std::vector<int32_t> oneofs_;  // what becomes of each of the message's
};

// A descriptor from elsewhere may say anything.
bool IsSound(const pb::DescriptorProto& message, int depth) {
  if (depth > kNestingMax) return false;
  for (const auto& field : message.field()) {
    if (field.has_oneof_index() &&
        (field.oneof_index() < 0 || field.oneof_index() >= message.oneof_decl_size())) {
      return false;
    }
    if (field.type_name().empty() &&
        (!field.has_type() || field.type() == 10 || field.type() == 11 || field.type() == 14)) {
      return false;
    }
  }
  return std::all_of(message.nested_type().begin(), message.nested_type().end(),
                     [&](const auto& nested) { return IsSound(nested, depth + 1); });
}

}  // namespace

StatusOr<std::unique_ptr<File>> ParseFile(std::string_view name, std::string_view text) {
  pb::FileDescriptorProto parsed;
  SLUICE_RETURN_IF_ERROR(ParseText(name, text, parsed));
  if (!std::all_of(parsed.message_type().begin(), parsed.message_type().end(),
                   [](const auto& message) { return IsSound(message, 0); })) {
    return Invalid(StrCat("The Protobuf schema ", name, " is no sound file descriptor"));
  }
  auto file = std::make_unique<File>(File{.name = std::string(name)});
  file->package = parsed.package();
  file->proto3 = parsed.syntax() == "proto3";
  file->imports.assign(parsed.dependency().begin(), parsed.dependency().end());
  for (const auto& message : parsed.message_type()) {
    Conversion conversion(file->proto3);
    file->messages.push_back(conversion.MessageOf(message));
  }
  for (const auto& one : parsed.enum_type()) file->enums.push_back(EnumOf(one));
  return file;
}

StatusOr<std::shared_ptr<const Schema>> ParseSchema(std::string_view text,
                                                    const std::vector<NamedText>& dependencies) {
  Schema::Files files;
  std::set<std::string, std::less<>> known;
  SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<File> own, ParseFile("default", text));
  files.push_back(std::move(own));
  for (size_t next = 0; next < files.size(); ++next) {
    const std::vector<std::string> imports = files[next]->imports;
    for (const std::string& import : imports) {
      if (!known.insert(import).second) continue;
      const auto given = std::find_if(dependencies.begin(), dependencies.end(),
                                      [&](const NamedText& one) { return one.name == import; });
      const std::string_view imported =
          given != dependencies.end() ? given->text : KnownFile(import);
      if (imported.empty()) continue;
      if (files.size() >= kFilesMax) {
        return Invalid(StrCat("The Protobuf schema imports more than ", kFilesMax, " files"));
      }
      SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<File> file, ParseFile(import, imported));
      files.push_back(std::move(file));
    }
  }
  return Schema::Link(std::move(files));
}

}  // namespace sluice::convert::protobuf

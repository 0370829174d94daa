#include "runtime/convert/protobuf/from_connect.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/protobuf/connect_names.h"
#include "runtime/record/schema.h"

namespace sluice::convert::protobuf {
namespace {

constexpr int kDepthMax = 60;  // a parser of the text nests no deeper
constexpr size_t kFieldsMax = 100'000;

// google/protobuf/wrappers.proto, as the original writes it.
constexpr std::string_view kWrappersText =
    R"(syntax = "proto3";
package google.protobuf;

option java_package = "com.google.protobuf";
option java_outer_classname = "WrappersProto";
option java_multiple_files = true;
option go_package = "google.golang.org/protobuf/types/known/wrapperspb";
option cc_enable_arenas = true;
option objc_class_prefix = "GPB";
option csharp_namespace = "Google.Protobuf.WellKnownTypes";

message DoubleValue {
  double value = 1 [json_name = "value"];
}
message FloatValue {
  float value = 1 [json_name = "value"];
}
message Int64Value {
  int64 value = 1 [json_name = "value"];
}
message UInt64Value {
  uint64 value = 1 [json_name = "value"];
}
message Int32Value {
  int32 value = 1 [json_name = "value"];
}
message UInt32Value {
  uint32 value = 1 [json_name = "value"];
}
message BoolValue {
  bool value = 1 [json_name = "value"];
}
message StringValue {
  string value = 1 [json_name = "value"];
}
message BytesValue {
  bytes value = 1 [json_name = "value"];
}
)";

Type TypeOfKind(sluice_kind kind) {
  switch (kind) {
    case SLUICE_INT64:
      return Type::kInt64;
    case SLUICE_FLOAT32:
      return Type::kFloat;
    case SLUICE_FLOAT64:
      return Type::kDouble;
    case SLUICE_BOOLEAN:
      return Type::kBool;
    case SLUICE_STRING:
      return Type::kString;
    case SLUICE_BYTES:
      return Type::kBytes;
    default:
      return Type::kInt32;
  }
}

Known KnownSchema(const sluice_schema& schema) {
  switch (record::LogicalOf(&schema)) {
    case record::Logical::kDecimal:
      return Known::kDecimal;
    case record::Logical::kDate:
      return Known::kDate;
    case record::Logical::kTime:
      return Known::kTime;
    case record::Logical::kTimestamp:
      return Known::kTimestamp;
    case record::Logical::kNone:
      break;
  }
  return abi::View(schema.name) == kVariant ? Known::kVariant : Known::kNone;
}

StatusOr<int32_t> Number(std::string_view text, std::string_view what) {
  const auto number = ParseInt64(text);
  if (number && *number >= INT32_MIN && *number <= INT32_MAX) return static_cast<int32_t>(*number);
  return DataError(StrCat("The parameter ", what, " is '", text.substr(0, 100),
                          "': expected a number of 32 bits"));
}

Status CheckName(std::string_view name) {
  bool plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9');
  for (const char c : name) {
    plain = plain && ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '_');
  }
  if (plain) return OkStatus();
  return DataError(StrCat("Invalid protobuf schema definition: \"", name,
                          "\" is not a valid identifier; scrub.invalid.names=true replaces what "
                          "Protobuf does not allow"));
}

// Every name is an identifier, and of one thing in its message.
Status CheckNames(const Message& message) {
  std::set<std::string_view> taken;
  const auto check = [&](std::string_view name) -> Status {
    SLUICE_RETURN_IF_ERROR(CheckName(name));
    if (taken.insert(name).second) return OkStatus();
    return DataError(StrCat("Invalid protobuf schema definition: \"", name,
                            "\" is already defined in \"", message.name, "\""));
  };
  SLUICE_RETURN_IF_ERROR(CheckName(message.name));
  for (const Field& field : message.fields) SLUICE_RETURN_IF_ERROR(check(field.name));
  for (const std::string& oneof : message.oneofs) SLUICE_RETURN_IF_ERROR(check(oneof));
  for (const auto& one : message.enums) {
    SLUICE_RETURN_IF_ERROR(check(one->name));
    for (const EnumValue& value : one->values) SLUICE_RETURN_IF_ERROR(CheckName(value.name));
  }
  for (const auto& nested : message.nested) {
    SLUICE_RETURN_IF_ERROR(check(nested->name));
    SLUICE_RETURN_IF_ERROR(CheckNames(*nested));
  }
  return OkStatus();
}

class Derivation {
 public:
  explicit Derivation(const ProtobufOptions& options) : options_(options) {}

  StatusOr<Derived> Run(const sluice_schema& root) {
    auto file = std::make_unique<File>(File{.name = "default"});
    file->proto3 = true;
    file_ = file.get();
    const std::string full_name = NameOrDefault(root);
    std::string name;
    for (const std::string_view part : Split(full_name, '.')) {
      if (!name.empty()) {
        SLUICE_RETURN_IF_ERROR(CheckName(name));
        StrAppend(file->package, file->package.empty() ? "" : ".", name);
      }
      name = ScrubName(part, options_);
    }
    SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<Message> message, MessageOf(name, root));
    SLUICE_RETURN_IF_ERROR(CheckNames(*message));
    file->messages.push_back(std::move(message));
    Derived derived;
    derived.text = SchemaText(*file);
    Schema::Files files;
    files.push_back(std::move(file));
    for (const std::string& import : file_->imports) {
      SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<File> imported, ParseFile(import, KnownFile(import)));
      files.push_back(std::move(imported));
    }
    const Message* made = file_->messages[0].get();
    StatusOr<std::shared_ptr<const Schema>> schema = Schema::Link(std::move(files));
    if (!schema.ok()) {
      return DataError(
          StrCat("Invalid protobuf schema definition: ", sluice::Message(schema.status())));
    }
    derived.schema = *std::move(schema);
    derived.message = made;
    return derived;
  }

 private:
  // What has no name gets one, counted in the order in which names are asked for.
  std::string NameOrDefault(const sluice_schema& schema) {
    const std::string_view name = abi::View(schema.name);
    return name.empty() ? StrCat(kDefaultName, ++names_) : std::string(name);
  }
  std::string LastName(const sluice_schema& schema) {
    const std::string name = NameOrDefault(schema);
    return ScrubName(std::string_view(name).substr(name.rfind('.') + 1), options_);
  }

  StatusOr<std::unique_ptr<Message>> MessageOf(std::string name, const sluice_schema& connect) {
    if (++depth_ > kDepthMax) {
      return DataError(
          StrCat("The schema is nested deeper than ", kDepthMax, ": Protobuf cannot have it"));
    }
    auto message = std::make_unique<Message>(Message{.name = std::move(name)});
    int32_t next = 1;
    for (uint32_t i = 0; i < connect.field_count; ++i) {
      const sluice_schema& schema = *connect.fields[i].schema;
      SLUICE_ASSIGN_OR_RETURN(const int32_t number, TagOf(schema, next));
      SLUICE_RETURN_IF_ERROR(
          AddField(*message, schema, abi::View(connect.fields[i].name), number, -1));
    }
    --depth_;
    return message;
  }

  static StatusOr<int32_t> TagOf(const sluice_schema& schema, int32_t& next) {
    const sluice_str tag = Parameter(schema, kTag);
    if (tag.data == nullptr) return next++;
    return Number(abi::View(tag), kTag);
  }

  // Of a struct, of a oneof (`oneof` >= 0) or of a map's entry.
  Status AddField(Message& message, const sluice_schema& connect, std::string_view connect_name,
                  int32_t number, int32_t oneof) {
    if (++fields_ > kFieldsMax) {
      return DataError(StrCat("The schema has more than ", kFieldsMax, " fields"));
    }
    Field field{.name = ScrubName(connect_name, options_), .number = number};
    field.oneof = oneof;
    const bool array = connect.type == SLUICE_ARRAY;
    if (array || connect.type == SLUICE_MAP) field.label = Label::kRepeated;
    const sluice_schema* value = array ? connect.value_schema : &connect;
    if (value == nullptr) {
      return DataError(StrCat("The array ", field.name, " has no schema of its elements"));
    }
    field.proto3_optional = options_.optional_for_nullables && connect.optional != 0 &&
                            !field.repeated() && oneof < 0 && !in_entry_;
    SLUICE_RETURN_IF_ERROR(SetType(field, *value, oneof >= 0));
    const Known known = KnownSchema(*value);
    if (known != Known::kNone) {
      AddImport(TypeOf(known).import);
    } else if (value->type == SLUICE_STRUCT) {
      if (IsUnion(*value)) return AddOneof(message, *value);
      SLUICE_RETURN_IF_ERROR(AddNested(message, field.type_name, *value));
    } else if (value->type == SLUICE_MAP) {
      SLUICE_RETURN_IF_ERROR(AddEntry(message, field.type_name, *value));
    } else if (IsEnum(*value)) {
      SLUICE_RETURN_IF_ERROR(AddEnum(message, *value));
    } else if (!field.type_name.empty()) {
      AddImport(kWrappersFile);
    }
    message.fields.push_back(std::move(field));
    return OkStatus();
  }

  void AddImport(std::string_view import) {
    auto& imports = file_->imports;
    if (std::find(imports.begin(), imports.end(), import) == imports.end()) {
      imports.emplace_back(import);
    }
  }

  Status SetType(Field& field, const sluice_schema& schema, bool in_oneof) {
    const Known known = KnownSchema(schema);
    if (known == Known::kDecimal) {
      const sluice_str precision = Parameter(schema, kDecimalPrecision);
      const sluice_str scale = Parameter(schema, kScale);
      if (precision.data != nullptr) field.params.emplace_back(kPrecision, abi::View(precision));
      if (scale.data != nullptr) field.params.emplace_back(kScale, abi::View(scale));
    }
    if (known != Known::kNone) {
      field.type_name = TypeOf(known).name;
      return OkStatus();
    }
    if (schema.type == SLUICE_ARRAY) return DataError("Array cannot be nested");
    if (schema.type == SLUICE_MAP) {
      field.type_name = MapEntryName(LastName(schema));
      return OkStatus();
    }
    if (schema.type == SLUICE_STRUCT) {
      field.type_name = LastName(schema);
      // A message and a field cannot have one name.
      if (field.type_name == field.name) field.type_name += "Message";
      return OkStatus();
    }
    if (IsEnum(schema)) {
      const bool general = schema.type == SLUICE_STRING && HasParameter(schema, kGeneralEnum);
      field.type_name = abi::View(Parameter(schema, general ? kGeneralEnum : kEnum));
      return field.type_name.empty() ? DataError("An enum without a name") : OkStatus();
    }
    return SetScalar(field, schema, in_oneof);
  }

  Status SetScalar(Field& field, const sluice_schema& schema, bool in_oneof) {
    field.type = TypeOfKind(schema.type);
    if (schema.type == SLUICE_INT8) field.params.emplace_back(kConnectType, "int8");
    if (schema.type == SLUICE_INT16) field.params.emplace_back(kConnectType, "int16");
    const sluice_str type = Parameter(schema, kType);
    if (type.data != nullptr && (schema.type == SLUICE_INT32 || schema.type == SLUICE_INT64)) {
      if (!ScalarType(abi::View(type), field.type)) {
        return DataError(StrCat("The parameter ", kType, " of the field ", field.name, " is '",
                                abi::View(type).substr(0, 100), "': expected a scalar type"));
      }
    }
    const bool marked = abi::View(Parameter(schema, kWrapper)) == "true";
    if (!options_.wrapper_for_nullables || schema.optional == 0 || (in_oneof && !marked)) {
      return OkStatus();
    }
    Type wrapped = field.type;
    if (schema.type == SLUICE_INT64) {
      wrapped = field.type == Type::kUint32 || field.type == Type::kFixed32   ? Type::kUint32
                : field.type == Type::kUint64 || field.type == Type::kFixed64 ? Type::kUint64
                                                                              : Type::kInt64;
    } else if (schema.type == SLUICE_INT32) {
      wrapped = Type::kInt32;
    }
    field.type_name = WrapperOf(wrapped);
    return OkStatus();
  }

  // A message in it of that name is there already, or is the message itself.
  Status AddNested(Message& message, const std::string& name, const sluice_schema& schema) {
    if (message.name == name || !contained_[&message].insert(name).second) return OkStatus();
    const bool in_entry = std::exchange(in_entry_, false);
    SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<Message> nested, MessageOf(name, schema));
    in_entry_ = in_entry;
    message.nested.push_back(std::move(nested));
    return OkStatus();
  }

  Status AddEntry(Message& message, const std::string& name, const sluice_schema& schema) {
    if (schema.key_schema == nullptr || schema.value_schema == nullptr) {
      return DataError("A map without schemas of its keys and values");
    }
    if (++depth_ > kDepthMax) {
      return DataError(
          StrCat("The schema is nested deeper than ", kDepthMax, ": Protobuf cannot have it"));
    }
    auto entry = std::make_unique<Message>(Message{.name = name});
    const bool in_entry = std::exchange(in_entry_, true);
    SLUICE_RETURN_IF_ERROR(AddField(*entry, *schema.key_schema, "key", 1, -1));
    SLUICE_RETURN_IF_ERROR(AddField(*entry, *schema.value_schema, "value", 2, -1));
    in_entry_ = in_entry;
    --depth_;
    if (!entry->LooksLikeMapEntry()) {
      return DataError("A map's keys and values can be neither lists, maps nor unions in Protobuf");
    }
    message.nested.push_back(std::move(entry));
    return OkStatus();
  }

  Status AddEnum(Message& message, const sluice_schema& schema) {
    std::string name = LastName(schema);
    for (const auto& one : message.enums) {
      if (one->name == name) return OkStatus();
    }
    auto made = std::make_unique<Enum>(Enum{.name = LastName(schema)});
    const std::string prefix = StrCat(options_.generalized_sum_types ? kGeneralEnum : kEnum, ".");
    for (uint32_t i = 0; i < schema.parameter_count; ++i) {
      const std::string_view key = abi::View(schema.parameters[i].key);
      if (!key.starts_with(prefix)) continue;
      SLUICE_ASSIGN_OR_RETURN(const int32_t number,
                              Number(abi::View(schema.parameters[i].value), key));
      made->values.push_back({std::string(key.substr(prefix.size())), number});
    }
    message.enums.push_back(std::move(made));
    return OkStatus();
  }

  Status AddOneof(Message& message, const sluice_schema& schema) {
    const sluice_str general = Parameter(schema, kGeneralUnion);
    std::string name;
    if (options_.generalized_sum_types && general.data != nullptr) {
      name = abi::View(general);
    } else {
      const std::string_view full_name = abi::View(schema.name);
      if (!full_name.starts_with(kUnionPrefix)) {
        return DataError(StrCat("A union's schema is called '", full_name, "': expected ",
                                kUnionPrefix, "<name of the oneof>"));
      }
      const std::string_view rest = full_name.substr(kUnionPrefix.size());
      name = ScrubName(rest.substr(rest.rfind('.') + 1), options_);
    }
    const auto oneof = static_cast<int32_t>(message.oneofs.size());
    message.oneofs.push_back(std::move(name));
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      const sluice_schema& member = *schema.fields[i].schema;
      int32_t none = 0;  // a member without a number is refused
      SLUICE_ASSIGN_OR_RETURN(const int32_t number, TagOf(member, none));
      SLUICE_RETURN_IF_ERROR(
          AddField(message, member, abi::View(schema.fields[i].name), number, oneof));
    }
    return OkStatus();
  }

  const ProtobufOptions& options_;
  File* file_ = nullptr;
  std::map<const Message*, std::set<std::string>> contained_;
  int names_ = 0;
  int depth_ = 0;
  size_t fields_ = 0;
  bool in_entry_ = false;
};

StatusOr<Derived> OfScalar(const sluice_schema& schema) {
  static const auto& wrappers =
      *new StatusOr<std::shared_ptr<const Schema>>(ParseSchema(kWrappersText));
  SLUICE_RETURN_IF_ERROR(wrappers.status());
  return Derived{*wrappers, (*wrappers)->Find(WrapperOf(TypeOfKind(schema.type))),
                 std::string(kWrappersText)};
}

}  // namespace

StatusOr<Derived> FromConnectSchema(const sluice_schema& schema, const ProtobufOptions& options) {
  if (record::LogicalOf(&schema) != record::Logical::kNone) {
    return DataError(StrCat("Unsupported root schema ", abi::View(schema.name),
                            ": Protobuf has it in a struct's field only"));
  }
  switch (schema.type) {
    case SLUICE_ARRAY:
    case SLUICE_MAP:
      return DataError(StrCat("Unsupported root schema of type ", record::TypeName(schema.type)));
    case SLUICE_STRUCT:
      if (IsUnion(schema)) return DataError("Unsupported root schema: a union");
      return Derivation(options).Run(schema);
    default:
      return OfScalar(schema);
  }
}

}  // namespace sluice::convert::protobuf

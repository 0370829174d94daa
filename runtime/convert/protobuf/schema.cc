#include "runtime/convert/protobuf/schema.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "runtime/base/text.h"

namespace sluice::convert::protobuf {
namespace {

constexpr int32_t kNumberMax = 536'870'911;
constexpr std::string_view kEntry = "Entry";

constexpr std::pair<std::string_view, Type> kScalars[] = {
    {"double", Type::kDouble},     {"float", Type::kFloat},   {"int64", Type::kInt64},
    {"uint64", Type::kUint64},     {"int32", Type::kInt32},   {"fixed64", Type::kFixed64},
    {"fixed32", Type::kFixed32},   {"bool", Type::kBool},     {"string", Type::kString},
    {"bytes", Type::kBytes},       {"uint32", Type::kUint32}, {"sfixed32", Type::kSfixed32},
    {"sfixed64", Type::kSfixed64}, {"sint32", Type::kSint32}, {"sint64", Type::kSint64},
};

std::string Joined(std::string_view scope, std::string_view name) {
  return scope.empty() ? std::string(name) : StrCat(scope, ".", name);
}

Status Invalid(std::string_view text) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, kSerializationException, text);
}

const Message* CountedAt(const std::vector<std::unique_ptr<Message>>& messages, int32_t index) {
  for (const auto& message : messages) {
    if (message->counted && index-- == 0) return message.get();
  }
  return nullptr;
}

}  // namespace

std::string_view TypeName(Type type) {
  for (const auto& [name, scalar] : kScalars) {
    if (scalar == type) return name;
  }
  return type == Type::kEnum ? "enum" : "message";
}

bool ScalarType(std::string_view name, Type& type) {
  const auto* found = std::find_if(std::begin(kScalars), std::end(kScalars),
                                   [&](const auto& one) { return one.first == name; });
  if (found == std::end(kScalars)) return false;
  type = found->second;
  return true;
}

const EnumValue* Enum::Find(int64_t number) const {
  for (const EnumValue& value : values) {
    if (value.number == number) return &value;
  }
  return nullptr;
}

const std::string* Field::Param(std::string_view key) const {
  for (const auto& param : params) {
    if (param.first == key) return &param.second;
  }
  return nullptr;
}

bool Field::HasOptionalKeyword() const {
  return proto3_optional || (!parent->file->proto3 && label == Label::kOptional && oneof < 0);
}

const Field* Message::Find(std::string_view field) const {
  for (const Field& one : fields) {
    if (one.name == field) return &one;
  }
  return nullptr;
}

const Field* Message::Find(int32_t number) const {
  for (const Field& one : fields) {
    if (one.number == number) return &one;
  }
  return nullptr;
}

bool Message::LooksLikeMapEntry() const {
  return std::string_view(name).ends_with(kEntry) && fields.size() == 2 &&
         fields[0].name == "key" && fields[1].name == "value" && !fields[0].repeated() &&
         !fields[1].repeated();
}

bool IsMap(const Field& field) {
  return field.repeated() && field.message != nullptr && field.message->LooksLikeMapEntry();
}

// Gives everything its full name, and finds what fields name.
class Schema::Linker {
 public:
  explicit Linker(Schema& schema) : schema_(schema) {}

  Status Run() {
    for (const auto& file : schema_.files_) {
      for (const auto& message : file->messages) {
        SLUICE_RETURN_IF_ERROR(Declare(*message, *file, nullptr, file->package));
      }
      SLUICE_RETURN_IF_ERROR(DeclareAll(file->enums, file->package));
    }
    for (const auto& file : schema_.files_) {
      for (const auto& message : file->messages) SLUICE_RETURN_IF_ERROR(Find(*message));
    }
    return OkStatus();
  }

 private:
  Status Declare(Message& message, const File& file, const Message* parent,
                 std::string_view scope) {
    message.full_name = Joined(scope, message.name);
    message.file = &file;
    message.parent = parent;
    if (!schema_.messages_.emplace(message.full_name, &message).second) {
      return Invalid(StrCat("There are two messages called ", message.full_name));
    }
    for (const auto& nested : message.nested) {
      SLUICE_RETURN_IF_ERROR(Declare(*nested, file, &message, message.full_name));
    }
    return DeclareAll(message.enums, message.full_name);
  }

  Status DeclareAll(const std::vector<std::unique_ptr<Enum>>& enums, std::string_view scope) {
    for (const auto& one : enums) {
      one->full_name = Joined(scope, one->name);
      if (one->values.empty()) return Invalid(StrCat("The enum ", one->full_name, " is empty"));
      if (!schema_.enums_.emplace(one->full_name, one.get()).second) {
        return Invalid(StrCat("There are two enums called ", one->full_name));
      }
    }
    return OkStatus();
  }

  Status Find(Message& message) {
    std::set<int32_t> numbers;
    std::set<std::string_view> names;
    for (Field& field : message.fields) {
      const std::string what = StrCat("The field ", field.name, " of message ", message.full_name);
      if (field.number < 1 || field.number > kNumberMax) {
        return Invalid(
            StrCat(what, " has the number ", field.number, ": expected 1 to ", kNumberMax));
      }
      if (!numbers.insert(field.number).second) {
        return Invalid(StrCat(what, " has the number ", field.number, " of another field"));
      }
      if (!names.insert(field.name).second) return Invalid(StrCat(what, " is there twice"));
      if (field.oneof >= 0 && field.label != Label::kOptional) {
        return Invalid(StrCat(what, " is repeated or required in a oneof"));
      }
      field.parent = &message;
      if (!field.type_name.empty() && !Find(field, message.full_name)) {
        return Invalid(StrCat(what, " has the type ", field.type_name,
                              ", which is in neither the schema nor what it imports"));
      }
    }
    for (const auto& nested : message.nested) SLUICE_RETURN_IF_ERROR(Find(*nested));
    return OkStatus();
  }

  // From the innermost scope outwards.
  bool Find(Field& field, std::string_view scope) {
    std::string_view name = field.type_name;
    if (name[0] == '.') return Take(field, name.substr(1));
    while (true) {
      if (Take(field, Joined(scope, name))) return true;
      if (scope.empty()) return false;
      const size_t dot = scope.rfind('.');
      scope = dot == std::string_view::npos ? std::string_view() : scope.substr(0, dot);
    }
  }

  bool Take(Field& field, std::string_view full_name) {
    if (const auto found = schema_.messages_.find(full_name); found != schema_.messages_.end()) {
      field.type = Type::kMessage;
      field.message = found->second;
      return true;
    }
    const auto found = schema_.enums_.find(full_name);
    if (found == schema_.enums_.end()) return false;
    field.type = Type::kEnum;
    field.enumeration = found->second;
    return true;
  }

  Schema& schema_;
};

StatusOr<std::shared_ptr<const Schema>> Schema::Link(Files files) {
  auto schema = std::make_shared<Schema>();
  schema->files_ = std::move(files);
  SLUICE_RETURN_IF_ERROR(Linker(*schema).Run());
  return std::shared_ptr<const Schema>(std::move(schema));
}

const Message* Schema::Find(std::string_view full_name) const {
  const auto found = messages_.find(full_name);
  return found == messages_.end() ? nullptr : found->second;
}

const Message* Schema::At(const std::vector<int32_t>& indexes) const {
  if (indexes.empty()) return CountedAt(file().messages, 0);
  const Message* message = nullptr;
  for (const int32_t index : indexes) {
    if (index < 0) return nullptr;
    message = CountedAt(message == nullptr ? file().messages : message->nested, index);
    if (message == nullptr) return nullptr;
  }
  return message;
}

std::vector<int32_t> Schema::IndexesOf(std::string_view full_name) const {
  std::vector<int32_t> indexes;
  const auto* messages = &file().messages;
  for (const std::string_view part : Split(full_name, '.')) {
    int32_t index = 0;
    for (const auto& message : *messages) {
      if (!message->counted) continue;
      if (message->name == part) {
        indexes.push_back(index);
        messages = &message->nested;
        break;
      }
      ++index;
    }
  }
  return indexes;
}

}  // namespace sluice::convert::protobuf

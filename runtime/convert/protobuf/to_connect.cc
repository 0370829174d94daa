#include "runtime/convert/protobuf/to_connect.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/base/text.h"
#include "runtime/convert/protobuf/connect_names.h"
#include "runtime/convert/recursion.h"
#include "runtime/record/schema.h"

namespace sluice::convert::protobuf {
namespace {

using abi::SchemaBuilder;
using abi::SchemaRef;

constexpr int kDepthMax = 100;  // data cannot be deeper either
constexpr size_t kFieldsMax = 1'000'000;

sluice_kind KindOf(Type type) {
  switch (type) {
    case Type::kInt32:
    case Type::kSint32:
    case Type::kSfixed32:
      return SLUICE_INT32;
    case Type::kFloat:
      return SLUICE_FLOAT32;
    case Type::kDouble:
      return SLUICE_FLOAT64;
    case Type::kBool:
      return SLUICE_BOOLEAN;
    case Type::kString:
      return SLUICE_STRING;
    case Type::kBytes:
      return SLUICE_BYTES;
    default:
      return SLUICE_INT64;
  }
}

SchemaBuilder OfScalar(const Field& field) {
  const sluice_kind kind = KindOf(field.type);
  if (kind == SLUICE_INT32) {
    const std::string* narrow = field.Param(kConnectType);
    if (narrow != nullptr && *narrow == "int8") return SchemaBuilder(SLUICE_INT8);
    if (narrow != nullptr && *narrow == "int16") return SchemaBuilder(SLUICE_INT16);
  }
  SchemaBuilder made(kind);
  if ((kind == SLUICE_INT32 && field.type != Type::kInt32) ||
      (kind == SLUICE_INT64 && field.type != Type::kInt64)) {
    made.Parameter(kType, TypeName(field.type));
  }
  return made;
}

std::optional<int32_t> Int32Param(const Field& field, std::string_view key) {
  const std::string* text = field.Param(key);
  const auto number = text == nullptr ? std::nullopt : ParseInt64(*text);
  if (!number || *number < INT32_MIN || *number > INT32_MAX) return std::nullopt;
  return static_cast<int32_t>(*number);
}

// One schema's making. What a message becomes, but for what its users add, is made once for each
// level of recursion and then shared.
class Mapping {
 public:
  Mapping(const Message& root, const ProtobufOptions& options, std::optional<int32_t> version)
      : options_(options), recursion_(root, PartsOf), root_(root), version_(version) {}

  StatusOr<SchemaRef> Run() {
    const Field* raw = options_.wrapper_for_raw_primitives ? WrappedValue(root_) : nullptr;
    if (raw != nullptr) {
      SchemaBuilder made(KindOf(raw->type));
      if (version_) made.Version(*version_);
      return made.Build();
    }
    first_numbers_.emplace(&root_, std::nullopt);
    SLUICE_ASSIGN_OR_RETURN(SchemaBuilder made, OfMessage(root_));
    // A field of its own type makes it optional, as in the original.
    made.Optional(recursion_.IsOnCycle(root_));
    return made.Build();
  }

 private:
  struct Member {
    std::string name;
    SchemaRef schema;
  };
  using Members = std::vector<Member>;

  StatusOr<SchemaBuilder> OfMessage(const Message& message) {
    SLUICE_ASSIGN_OR_RETURN(const Members* members, MembersOf(message));
    SchemaBuilder made(SLUICE_STRUCT);
    made.Name(options_.enhanced ? message.full_name : message.name);
    for (const Member& member : *members) made.Field(member.name, member.schema);
    if (&message == &root_ && version_) made.Version(*version_);
    return made;
  }

  StatusOr<const Members*> MembersOf(const Message& message) {
    static const Members& kNone = *new Members;
    const Recursion<Message>::Entered entered = recursion_.Enter(message);
    if (entered.too_deep()) return &kNone;
    const auto key = std::make_pair(&message, recursion_.level());
    if (const auto known = members_.find(key); known != members_.end()) return known->second.get();
    if (depth_ >= kDepthMax) return &kNone;
    ++depth_;
    auto made = std::make_unique<Members>();
    const Status added = AddMembers(message, *made);
    --depth_;
    SLUICE_RETURN_IF_ERROR(added);
    fields_ += made->size();
    if (fields_ > kFieldsMax) {
      return DataError(StrCat("The Protobuf message ", root_.full_name, " has more than ",
                              kFieldsMax, " fields"));
    }
    return members_.emplace(key, std::move(made)).first->second.get();
  }

  Status AddMembers(const Message& message, Members& members) {
    for (size_t i = 0; i < message.oneofs.size(); ++i) {
      const auto oneof = static_cast<int32_t>(i);
      SchemaBuilder made = OfUnion(message, oneof);
      for (const Field& field : message.fields) {
        if (field.oneof != oneof) continue;
        SLUICE_ASSIGN_OR_RETURN(SchemaRef member, OfField(field));
        if (options_.flatten_unions) {
          members.push_back({field.name, std::move(member)});
        } else {
          made.Field(field.name, std::move(member));
        }
      }
      if (options_.flatten_unions) continue;
      members.push_back({UnionField(message, oneof, options_), made.Build()});
    }
    for (const Field& field : message.fields) {
      if (field.oneof >= 0) continue;
      SLUICE_ASSIGN_OR_RETURN(SchemaRef made, OfField(field));
      members.push_back({field.name, std::move(made)});
    }
    for (size_t i = 1; i < members.size() && !message.oneofs.empty(); ++i) {
      for (size_t j = 0; j < i && j < message.oneofs.size(); ++j) {
        if (members[i].name == members[j].name) {
          return DataError(
              StrCat("Cannot create field because of field name duplication ", members[i].name));
        }
      }
    }
    return OkStatus();
  }

  SchemaBuilder OfUnion(const Message& message, int32_t oneof) {
    const std::string& name = message.oneofs[static_cast<size_t>(oneof)];
    SchemaBuilder made(SLUICE_STRUCT);
    made.Optional();
    if (options_.generalized_sum_types) {
      made.Name(name).Parameter(kGeneralUnion, name);
    } else {
      made.Name(
          StrCat(kUnionPrefix, options_.enhanced ? StrCat(message.full_name, ".", name) : name));
    }
    return made;
  }

  StatusOr<SchemaRef> OfField(const Field& field) {
    SLUICE_ASSIGN_OR_RETURN(SchemaBuilder made, OfType(field));
    const bool map = IsMap(field);
    if (field.repeated() && !map) {
      SchemaRef item = made.Optional().Build();
      made = SchemaBuilder(SLUICE_ARRAY);
      made.Value(std::move(item)).Optional();
    }
    if (field.oneof >= 0) {
      made.Optional();
      if (options_.wrapper_for_nullables && IsUnwrapped(field, options_)) {
        made.Parameter(kWrapper, "true");
      }
    } else if (options_.optional_for_nullables) {
      if (field.HasOptionalKeyword()) made.Optional();
    } else if (!options_.wrapper_for_nullables) {
      made.Optional();
    }
    made.Parameter(kTag, StrCat(field.number));
    return made.Build();
  }

  // Of a value, or of one of the repeated.
  StatusOr<SchemaBuilder> OfType(const Field& field) {
    if (field.type == Type::kEnum) return OfEnum(*field.enumeration);
    if (field.type != Type::kMessage) return OfScalar(field);
    if (IsMap(field)) return OfMap(*field.message);
    switch (KnownMessage(field.message->full_name)) {
      case Known::kDecimal:
        return OfDecimal(field);
      case Known::kDate:
        return Logical(SLUICE_INT32, record::kDateName);
      case Known::kTime:
        return Logical(SLUICE_INT32, record::kTimeName);
      case Known::kTimestamp:
        return Logical(SLUICE_INT64, record::kTimestampName);
      case Known::kVariant: {
        SchemaBuilder made(SLUICE_STRUCT);
        made.Name(kVariant).Optional();
        for (const Field& part : field.message->fields) {
          made.Field(part.name, SchemaBuilder(SLUICE_BYTES).Build());
        }
        return made;
      }
      case Known::kWrapper:
        if (IsUnwrapped(field, options_)) {
          SchemaBuilder made(KindOf(WrappedValue(*field.message)->type));
          made.Optional();
          return made;
        }
        break;
      case Known::kNone:
        break;
    }
    // The items of a list have the number of the field that the message was first met in, as in the
    // original, where all who use it share one builder.
    const auto [first, met] = first_numbers_.emplace(
        field.message, field.repeated() ? std::nullopt : std::optional(field.number));
    SLUICE_ASSIGN_OR_RETURN(SchemaBuilder made, OfMessage(*field.message));
    made.Optional();
    if (!met && field.repeated() && first->second) made.Parameter(kTag, StrCat(*first->second));
    return made;
  }

  static SchemaBuilder Logical(sluice_kind kind, std::string_view name) {
    SchemaBuilder made(kind);
    made.Name(name).Version(1).Optional();
    return made;
  }

  static SchemaBuilder OfDecimal(const Field& field) {
    SchemaBuilder made = Logical(SLUICE_BYTES, record::kDecimalName);
    made.Parameter(kScale, StrCat(Int32Param(field, kScale).value_or(0)));
    if (const auto precision = Int32Param(field, kPrecision)) {
      made.Parameter(kDecimalPrecision, StrCat(*precision));
    }
    return made;
  }

  SchemaBuilder OfEnum(const Enum& one) {
    SchemaBuilder made(options_.int_for_enums ? SLUICE_INT32 : SLUICE_STRING);
    made.Name(options_.enhanced ? one.full_name : one.name).Optional();
    const std::string_view parameter = options_.generalized_sum_types ? kGeneralEnum : kEnum;
    made.Parameter(parameter, one.name);
    for (const EnumValue& value : one.values) {
      made.Parameter(StrCat(parameter, ".", value.name), StrCat(value.number));
    }
    return made;
  }

  StatusOr<SchemaBuilder> OfMap(const Message& entry) {
    SLUICE_ASSIGN_OR_RETURN(SchemaRef key, OfField(entry.fields[0]));
    SLUICE_ASSIGN_OR_RETURN(SchemaRef value, OfField(entry.fields[1]));
    SchemaBuilder made(SLUICE_MAP);
    made.Key(std::move(key)).Value(std::move(value)).Optional();
    made.Name(MapFieldName(options_.enhanced ? entry.full_name : entry.name));
    return made;
  }

  const ProtobufOptions& options_;
  Recursion<Message> recursion_;
  const Message& root_;
  const std::optional<int32_t> version_;
  std::map<std::pair<const Message*, int>, std::unique_ptr<Members>> members_;
  std::map<const Message*, std::optional<int32_t>> first_numbers_;  // none: the root, or a list's
  size_t fields_ = 0;
  int depth_ = 0;
};

}  // namespace

StatusOr<SchemaRef> ToConnectSchema(const Message& message, std::optional<int32_t> version,
                                    const ProtobufOptions& options) {
  return Mapping(message, options, version).Run();
}

std::vector<const Message*> PartsOf(const Message& message) {
  std::vector<const Message*> parts;
  for (const Field& field : message.fields) {
    if (field.message != nullptr) parts.push_back(field.message);
  }
  return parts;
}

std::string UnionField(const Message& message, int32_t oneof, const ProtobufOptions& options) {
  const std::string& name = message.oneofs[static_cast<size_t>(oneof)];
  return options.index_for_unions ? StrCat(name, "_", oneof) : name;
}

const Field* WrappedValue(const Message& message) {
  if (KnownMessage(message.full_name) != Known::kWrapper) return nullptr;
  const Field* value = message.Find("value");
  return value != nullptr && value->type_name.empty() && !value->repeated() ? value : nullptr;
}

bool IsUnwrapped(const Field& field, const ProtobufOptions& options) {
  return (options.wrapper_for_nullables || options.wrapper_for_raw_primitives) &&
         field.message != nullptr && WrappedValue(*field.message) != nullptr;
}

}  // namespace sluice::convert::protobuf

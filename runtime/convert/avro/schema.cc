#include "runtime/convert/avro/schema.h"

#include <algorithm>
#include <set>

#include "runtime/base/text.h"

namespace sluice::convert::avro {

std::string_view TypeName(Type type) {
  static constexpr std::string_view kNames[] = {"null",   "boolean", "int",    "long",   "float",
                                                "double", "bytes",   "string", "record", "enum",
                                                "array",  "map",     "union",  "fixed"};
  return kNames[static_cast<size_t>(type)];
}

const rapidjson::Value* Schema::Prop(std::string_view key) const {
  for (const auto& [name, value] : props) {
    if (name == key) return value;
  }
  return nullptr;
}

std::string_view Schema::TextProp(std::string_view key) const {
  const rapidjson::Value* value = Prop(key);
  return value != nullptr && value->IsString() ? JsonText(*value) : std::string_view();
}

const Field* Schema::FindField(std::string_view field) const {
  for (const Field& one : fields) {
    if (one.name == field) return &one;
  }
  return nullptr;
}

Schema* Document::New(Type type) {
  schemas_.emplace_back();
  schemas_.back().type = type;
  return &schemas_.back();
}

rapidjson::Value* Document::NewValue() {
  values_.emplace_back();
  return &values_.back();
}

namespace {

// Records may be left out of a default, and then have theirs: bounded, for schemas that are made to
// hurt.
class DefaultChecker {
 public:
  bool Check(const Schema& schema, const rapidjson::Value& value, int depth) {
    if (++checked_ > kCheckedMax || depth > kDefaultDepthMax) return false;
    switch (schema.type) {
      case Type::kNull:
        return value.IsNull();
      case Type::kBoolean:
        return value.IsBool();
      case Type::kInt:
        return value.IsInt();
      case Type::kLong:
        return value.IsInt64();
      case Type::kFloat:
      case Type::kDouble:
        return value.IsNumber();
      case Type::kArray:
        return value.IsArray() && std::all_of(value.Begin(), value.End(), [&](const auto& one) {
                 return Check(*schema.items, one, depth + 1);
               });
      case Type::kMap:
        return value.IsObject() &&
               std::all_of(value.MemberBegin(), value.MemberEnd(), [&](const auto& one) {
                 return Check(*schema.items, one.value, depth + 1);
               });
      case Type::kUnion:
        return std::any_of(schema.branches.begin(), schema.branches.end(),
                           [&](const Schema* one) { return Check(*one, value, depth + 1); });
      case Type::kRecord:
        return value.IsObject() &&
               std::all_of(schema.fields.begin(), schema.fields.end(), [&](const Field& field) {
                 const rapidjson::Value* member = FindJsonMember(value, field.name);
                 if (member == nullptr) member = field.default_value;
                 return member != nullptr && Check(*field.schema, *member, depth + 1);
               });
      default:
        return value.IsString();
    }
  }

 private:
  static constexpr int kCheckedMax = 100'000;
  static constexpr int kDefaultDepthMax = 500;
  int checked_ = 0;
};

}  // namespace

bool IsValidDefault(const Schema& schema, const rapidjson::Value& value) {
  return DefaultChecker().Check(schema, value, 0);
}

bool IsPromotable(Type writer, Type reader) {
  switch (reader) {
    case Type::kLong:
      return writer == Type::kInt;
    case Type::kFloat:
      return writer == Type::kInt || writer == Type::kLong;
    case Type::kDouble:
      return writer == Type::kInt || writer == Type::kLong || writer == Type::kFloat;
    case Type::kString:
      return writer == Type::kBytes;
    case Type::kBytes:
      return writer == Type::kString;
    default:
      return false;
  }
}

bool NamesMatch(const Schema& writer, const Schema& reader) {
  if (writer.name == reader.name) return true;
  const std::string full = writer.full_name();
  return std::find(reader.aliases.begin(), reader.aliases.end(), full) != reader.aliases.end();
}

int MatchBranch(const Schema& writer, const Schema& reader_union) {
  const auto& branches = reader_union.branches;
  int simple = -1;
  for (size_t i = 0; i < branches.size(); ++i) {
    const Schema& branch = *branches[i];
    if (branch.type != writer.type) continue;
    if (!writer.named() || writer.full_name() == branch.full_name()) return static_cast<int>(i);
    if (simple < 0 && NamesMatch(writer, branch)) simple = static_cast<int>(i);
  }
  if (simple >= 0) return simple;
  for (size_t i = 0; i < branches.size(); ++i) {
    if (IsPromotable(writer.type, branches[i]->type)) return static_cast<int>(i);
  }
  return -1;
}

namespace {

class Checker {
 public:
  std::optional<std::string> Check(const Schema& reader, const Schema& writer, int depth = 0) {
    if (depth > kDepthMax) return "the schemas are nested too deep to be compared";
    if (!seen_.emplace(&reader, &writer).second) return std::nullopt;  // or already told
    if (writer.type == Type::kUnion) {
      for (const Schema* branch : writer.branches) {
        if (auto why = Check(reader, *branch, depth + 1)) return why;
      }
      return std::nullopt;
    }
    if (reader.type == Type::kUnion) {
      const int branch = MatchBranch(writer, reader);
      if (branch >= 0) {
        return Check(*reader.branches[static_cast<size_t>(branch)], writer, depth + 1);
      }
      return StrCat("the reader's union has no branch for ", Name(writer));
    }
    if (reader.type != writer.type) {
      if (IsPromotable(writer.type, reader.type)) return std::nullopt;
      return StrCat("the reader expects ", Name(reader), ", the writer has ", Name(writer));
    }
    if (reader.named() && !NamesMatch(writer, reader)) {
      return StrCat("the reader expects ", Name(reader), ", the writer has ", Name(writer));
    }
    return CheckParts(reader, writer, depth + 1);
  }

 private:
  static std::string Name(const Schema& schema) {
    return schema.named() ? StrCat(TypeName(schema.type), " ", schema.full_name())
                          : std::string(TypeName(schema.type));
  }

  std::optional<std::string> CheckParts(const Schema& reader, const Schema& writer, int depth) {
    if (reader.type == Type::kArray || reader.type == Type::kMap) {
      return Check(*reader.items, *writer.items, depth);
    }
    if (reader.type == Type::kFixed && reader.size != writer.size) {
      return StrCat("fixed ", reader.full_name(), " has ", reader.size, " bytes for the reader, ",
                    writer.size, " for the writer");
    }
    if (reader.type == Type::kEnum && !reader.enum_default) {
      for (const std::string& symbol : writer.symbols) {
        if (std::find(reader.symbols.begin(), reader.symbols.end(), symbol) ==
            reader.symbols.end()) {
          return StrCat("the reader's enum ", reader.full_name(), " has no symbol ", symbol,
                        " and no default");
        }
      }
    }
    if (reader.type != Type::kRecord) return std::nullopt;
    for (const Field& field : reader.fields) {
      const Field* written = writer.FindField(field.name);
      for (const std::string& alias : field.aliases) {
        if (written == nullptr) written = writer.FindField(alias);
      }
      if (written == nullptr) {
        if (field.default_value != nullptr) continue;
        return StrCat("the reader's field ", reader.full_name(), ".", field.name,
                      " has no default, and the writer does not have it");
      }
      if (auto why = Check(*field.schema, *written->schema, depth)) {
        return StrCat("field ", reader.full_name(), ".", field.name, ": ", *why);
      }
    }
    return std::nullopt;
  }

  static constexpr int kDepthMax = 500;
  std::set<std::pair<const Schema*, const Schema*>> seen_;
};

}  // namespace

std::optional<std::string> WhyNotReadable(const Schema& reader, const Schema& writer) {
  return Checker().Check(reader, writer);
}

}  // namespace sluice::convert::avro

// Schemas out of JSON.
#include <algorithm>
#include <set>

#include "runtime/base/text.h"
#include "runtime/convert/avro/schema.h"

namespace sluice::convert::avro {
namespace {

using rapidjson::Value;

constexpr int kFixedSizeMax = 1 << 30;

Status Bad(std::string_view text) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, kDataException,
                        StrCat("Not an Avro schema: ", text));
}

std::optional<Type> PrimitiveOf(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(Type::kString); ++i) {
    if (TypeName(static_cast<Type>(i)) == name) return static_cast<Type>(i);
  }
  return std::nullopt;
}

const Value* FindText(const Value& object, std::string_view name) {
  const Value* member = FindJsonMember(object, name);
  return member != nullptr && member->IsString() ? member : nullptr;
}

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

Props PropsOf(const Value& object, std::initializer_list<std::string_view> reserved) {
  Props props;
  for (const auto& member : object.GetObject()) {
    const std::string_view key = JsonText(member.name);
    if (IsOneOf(key, reserved)) continue;
    const auto same = std::find_if(props.begin(), props.end(),
                                   [&](const auto& prop) { return prop.first == key; });
    if (same != props.end()) {
      same->second = &member.value;
    } else {
      props.emplace_back(key, &member.value);
    }
  }
  return props;
}

std::vector<std::string> TextsOf(const Value* list) {
  std::vector<std::string> texts;
  if (list == nullptr || !list->IsArray()) return texts;
  for (const Value& one : list->GetArray()) {
    if (one.IsString()) texts.emplace_back(JsonText(one));
  }
  return texts;
}

}  // namespace

class Parser {
 public:
  explicit Parser(Document& out) : out_(out) {}

  Status Parse(std::string_view text) {
    StatusOr<rapidjson::Document> json = ParseJson(text, kSchemaDepthMax);
    if (!json.ok()) return Bad(Message(json.status()));
    out_.texts_.push_back(*std::move(json));
    SLUICE_ASSIGN_OR_RETURN(const Schema* root, Read(out_.texts_.back(), ""));
    out_.root_ = root;
    return OkStatus();
  }

 private:
  // `space`: of the type around it.
  StatusOr<const Schema*> Read(const Value& node, const std::string& space) {
    if (node.IsString()) return ReadName(JsonText(node), space);
    if (node.IsArray()) return ReadUnion(node, space);
    if (!node.IsObject()) return Bad("expected a name, an object or a list of types");
    const Value* type = FindJsonMember(node, "type");
    if (type == nullptr) return Bad(StrCat("no \"type\" in ", WriteJson(node).substr(0, 200)));
    if (!type->IsString()) return Read(*type, space);
    const std::string_view name = JsonText(*type);
    if (name == "record" || name == "error") return ReadRecord(node, space);
    if (name == "enum") return ReadEnum(node, space);
    if (name == "fixed") return ReadFixed(node, space);
    if (name == "array" || name == "map") return ReadItems(node, space, name == "map");
    const std::optional<Type> primitive = PrimitiveOf(name);
    if (!primitive) return ReadName(name, space);
    Schema* schema = out_.New(*primitive);
    schema->props = PropsOf(node, {"type"});
    return schema;
  }

  StatusOr<const Schema*> ReadName(std::string_view name, const std::string& space) {
    if (const std::optional<Type> primitive = PrimitiveOf(name)) return out_.New(*primitive);
    if (name.find('.') == std::string_view::npos && !space.empty()) {
      const auto inner = out_.named_.find(StrCat(space, ".", name));
      if (inner != out_.named_.end()) return inner->second;
    }
    const auto found = out_.named_.find(name);
    if (found != out_.named_.end()) return found->second;
    return Bad(StrCat("there is no type called '", name, "'"));
  }

  StatusOr<const Schema*> ReadUnion(const Value& node, const std::string& space) {
    Schema* schema = out_.New(Type::kUnion);
    std::set<std::string> seen;
    for (const Value& one : node.GetArray()) {
      SLUICE_ASSIGN_OR_RETURN(const Schema* branch, Read(one, space));
      if (branch->type == Type::kUnion) return Bad("a union directly inside a union");
      const std::string name =
          branch->named() ? branch->full_name() : std::string(TypeName(branch->type));
      if (!seen.insert(name).second) return Bad(StrCat("a union has ", name, " twice"));
      schema->branches.push_back(branch);
    }
    return schema;
  }

  StatusOr<const Schema*> ReadItems(const Value& node, const std::string& space, bool map) {
    Schema* schema = out_.New(map ? Type::kMap : Type::kArray);
    const std::string_view key = map ? "values" : "items";
    const Value* items = FindJsonMember(node, key);
    if (items == nullptr) return Bad(StrCat(map ? "a map" : "an array", " without \"", key, "\""));
    SLUICE_ASSIGN_OR_RETURN(schema->items, Read(*items, space));
    schema->props = PropsOf(node, {"type", key});
    return schema;
  }

  // Name, namespace, aliases and doc; the name is known from now on.
  StatusOr<Schema*> Declare(Type type, const Value& node, const std::string& space) {
    Schema* schema = out_.New(type);
    const Value* name = FindText(node, "name");
    if (name == nullptr || JsonText(*name).empty()) {
      return Bad(StrCat("a type ", TypeName(type), " without a name"));
    }
    const std::string_view full = JsonText(*name);
    const size_t dot = full.rfind('.');
    const Value* own = FindText(node, "namespace");
    schema->name = std::string(dot == std::string_view::npos ? full : full.substr(dot + 1));
    schema->space = dot != std::string_view::npos ? std::string(full.substr(0, dot))
                    : own != nullptr              ? std::string(JsonText(*own))
                                                  : space;
    if (schema->name.empty()) return Bad(StrCat("the name '", full, "' ends with a point"));
    if (const Value* doc = FindText(node, "doc")) schema->doc = std::string(JsonText(*doc));
    for (std::string& alias : TextsOf(FindJsonMember(node, "aliases"))) {
      const bool whole = alias.find('.') != std::string::npos || schema->space.empty();
      schema->aliases.push_back(whole ? std::move(alias) : StrCat(schema->space, ".", alias));
    }
    const std::string known = schema->full_name();
    if (PrimitiveOf(known)) return Bad(StrCat("a type may not be called ", known));
    if (!out_.named_.emplace(known, schema).second) return Bad(StrCat("Can't redefine: ", known));
    return schema;
  }

  StatusOr<const Schema*> ReadRecord(const Value& node, const std::string& space) {
    SLUICE_ASSIGN_OR_RETURN(Schema * schema, Declare(Type::kRecord, node, space));
    const Value* fields = FindJsonMember(node, "fields");
    if (fields == nullptr || !fields->IsArray()) {
      return Bad(StrCat("record ", schema->full_name(), " without a list of \"fields\""));
    }
    std::set<std::string> names;
    for (const Value& one : fields->GetArray()) {
      const Value* name = one.IsObject() ? FindText(one, "name") : nullptr;
      if (name == nullptr || JsonText(*name).empty()) {
        return Bad(StrCat("a field of ", schema->full_name(), " without a name"));
      }
      Field field{.name = std::string(JsonText(*name))};
      const std::string where = StrCat(schema->full_name(), ".", field.name);
      if (!names.insert(field.name).second) return Bad(StrCat("field ", where, " comes twice"));
      const Value* type = FindJsonMember(one, "type");
      if (type == nullptr) return Bad(StrCat("field ", where, " without a type"));
      SLUICE_ASSIGN_OR_RETURN(field.schema, Read(*type, schema->space));
      if (const Value* doc = FindText(one, "doc")) field.doc = std::string(JsonText(*doc));
      if (const Value* order = FindText(one, "order")) {
        field.order = JsonText(*order) == "ascending" ? "" : std::string(JsonText(*order));
      }
      field.default_value = FindJsonMember(one, "default");
      field.aliases = TextsOf(FindJsonMember(one, "aliases"));
      field.props = PropsOf(one, {"name", "type", "doc", "order", "default", "aliases"});
      schema->fields.push_back(std::move(field));
    }
    schema->props = PropsOf(node, {"type", "name", "namespace", "doc", "aliases", "fields"});
    return schema;
  }

  StatusOr<const Schema*> ReadEnum(const Value& node, const std::string& space) {
    SLUICE_ASSIGN_OR_RETURN(Schema * schema, Declare(Type::kEnum, node, space));
    const Value* symbols = FindJsonMember(node, "symbols");
    if (symbols == nullptr || !symbols->IsArray()) {
      return Bad(StrCat("enum ", schema->full_name(), " without a list of \"symbols\""));
    }
    schema->symbols = TextsOf(symbols);
    if (std::set<std::string>(schema->symbols.begin(), schema->symbols.end()).size() !=
        symbols->Size()) {
      return Bad(
          StrCat("enum ", schema->full_name(), " has a symbol twice, or one that is no text"));
    }
    if (const Value* text = FindText(node, "default")) {
      schema->enum_default = std::string(JsonText(*text));
      if (std::find(schema->symbols.begin(), schema->symbols.end(), *schema->enum_default) ==
          schema->symbols.end()) {
        return Bad(StrCat("the default of enum ", schema->full_name(), " is none of its symbols"));
      }
    }
    schema->props =
        PropsOf(node, {"type", "name", "namespace", "doc", "aliases", "symbols", "default"});
    return schema;
  }

  StatusOr<const Schema*> ReadFixed(const Value& node, const std::string& space) {
    SLUICE_ASSIGN_OR_RETURN(Schema * schema, Declare(Type::kFixed, node, space));
    const Value* size = FindJsonMember(node, "size");
    if (size == nullptr || !size->IsInt() || size->GetInt() < 0 || size->GetInt() > kFixedSizeMax) {
      return Bad(
          StrCat("fixed ", schema->full_name(), " needs a \"size\" of 0 to ", kFixedSizeMax));
    }
    schema->size = size->GetInt();
    schema->props = PropsOf(node, {"type", "name", "namespace", "doc", "aliases", "size"});
    return schema;
  }

  Document& out_;
};

StatusOr<std::shared_ptr<const Document>> ParseSchema(
    std::string_view text, const std::vector<std::string_view>& dependencies) {
  auto document = std::make_shared<Document>();
  Parser parser(*document);
  for (const std::string_view one : dependencies) SLUICE_RETURN_IF_ERROR(parser.Parse(one));
  SLUICE_RETURN_IF_ERROR(parser.Parse(text));
  return document;
}

}  // namespace sluice::convert::avro

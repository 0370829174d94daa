// JSON as a Document: what everit's SchemaLoader makes of keywords.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_schema/java_map.h"
#include "runtime/convert/json_schema/keywords.h"
#include "runtime/convert/json_schema/references.h"
#include "runtime/convert/json_schema/schema.h"
#include "runtime/record/json_reader.h"

namespace sluice::convert::json_schema {
class Loader {
 public:
  static StatusOr<std::shared_ptr<const Document>> Load(
      std::string_view text, const std::vector<Document::Dependency>& dependencies,
      bool ignore_modern) {
    std::shared_ptr<Document> document(new Document());
    Loader loader(*document, ignore_modern);
    SLUICE_ASSIGN_OR_RETURN(const Node* root, loader.ReadText(text));
    document->draft_ = loader.DialectOf(*root, Draft::k7);
    const Source& source = loader.references_.AddRoot(*root, document->draft_);
    for (const Document::Dependency& one : dependencies) {
      SLUICE_ASSIGN_OR_RETURN(const Node* node, loader.ReadText(one.text));
      loader.references_.AddDependency(one.name, *node, loader.DialectOf(*node, document->draft_));
    }
    SLUICE_ASSIGN_OR_RETURN(document->root_, loader.LoadSchema(*root, {&source, source.uri}));
    SLUICE_RETURN_IF_ERROR(loader.ResolveAll());
    return std::shared_ptr<const Document>(std::move(document));
  }

 private:
  Loader(Document& document, bool ignore_modern)
      : document_(document), ignore_modern_(ignore_modern) {}

  StatusOr<const Node*> ReadText(std::string_view text) {
    const std::string& kept = document_.texts_.emplace_back(text);
    StatusOr<Node> root =
        record::JsonReader().Read(kept, record::JsonNumbers::kText, document_.arena_);
    if (!root.ok()) return InvalidSchema(Message(root.status()));
    if (root->kind != SLUICE_MAP && root->kind != SLUICE_BOOLEAN) {
      return InvalidSchema("expected an object or boolean at the root");
    }
    return document_.arena_.New(*root);
  }

  Draft DialectOf(const Node& root, Draft fallback) const {
    const Node* given = abi::Find(root, "$schema");
    const auto draft = given != nullptr && given->kind == SLUICE_STRING
                           ? DraftOf(abi::Text(*given))
                           : std::optional<Draft>(fallback);
    if (!draft) return Draft::k7;
    return ignore_modern_ && *draft >= Draft::k2019 ? Draft::k7 : *draft;
  }

  Schema* New(Kind kind) {
    Schema& schema = document_.schemas_.emplace_back();
    schema.kind = kind;
    return &schema;
  }

  // The schemas to which references lead; each place once, so that a schema may contain itself.
  Status ResolveAll() {
    while (!pending_.empty()) {
      Pending next = std::move(pending_.back());
      pending_.pop_back();
      SLUICE_ASSIGN_OR_RETURN(const References::Place place,
                              references_.Find(next.scope, next.schema->reference));
      const Schema*& target = targets_[place.node];
      if (target == nullptr) {
        SLUICE_ASSIGN_OR_RETURN(const Schema* loaded, LoadSchema(*place.node, place.scope));
        targets_[place.node] = loaded;
        next.schema->target = loaded;
      } else {
        next.schema->target = target;
      }
    }
    // References to references, in a circle, describe nothing.
    for (const Schema& schema : document_.schemas_) {
      const Schema* slow = &schema;
      const Schema* fast = &schema;
      while (fast->target != nullptr && fast->target->target != nullptr) {
        slow = slow->target;
        fast = fast->target->target;
        if (slow == fast)
          return InvalidSchema(StrCat("$ref ", schema.reference, " leads to itself"));
      }
    }
    return OkStatus();
  }

  StatusOr<const Schema*> LoadSchema(const Node& node, const Scope& scope) {
    if (document_.schemas_.size() >= kSchemasMax || depth_ >= kSchemaDepthMax) {
      return InvalidSchema(StrCat("it is too large: it has more than ", kSchemasMax,
                                  " parts, or they lie deeper than ", kSchemaDepthMax));
    }
    if (node.kind == SLUICE_BOOLEAN) return New(node.as.int64 != 0 ? Kind::kTrue : Kind::kFalse);
    if (node.kind != SLUICE_MAP) return InvalidSchema("a schema must be an object or a boolean");
    ++depth_;
    std::optional<std::string> id = IdOf(node, *scope.source, scope.base);
    StatusOr<const Schema*> loaded =
        id ? LoadObject(node, {.source = scope.source, .base = *std::move(id)})
           : LoadObject(node, scope);
    --depth_;
    return loaded;
  }

  StatusOr<const Schema*> LoadObject(const Node& node, const Scope& scope) {
    std::vector<Schema*> parts;
    SLUICE_RETURN_IF_ERROR(LoadParts(node, scope, parts));
    Schema* whole = parts.size() == 1 ? parts[0] : nullptr;
    if (whole == nullptr) {
      whole = New(parts.empty() ? Kind::kEmpty : Kind::kAllOf);
      whole->generated = true;
      whole->parts.assign(parts.begin(), parts.end());
    }
    whole->keywords = &node;
    SLUICE_RETURN_IF_ERROR(ReadString(node, "title", whole->title));
    SLUICE_RETURN_IF_ERROR(ReadString(node, "description", whole->description));
    whole->default_value = abi::Find(node, "default");
    return whole;
  }

  // A schema for each kind of keywords that there is.
  Status LoadParts(const Node& node, const Scope& scope, std::vector<Schema*>& parts) {
    const bool modern = scope.source->IsModern();
    if (abi::Find(node, "$ref") != nullptr) {
      SLUICE_ASSIGN_OR_RETURN(Schema * reference, LoadReference(node, scope));
      parts.push_back(reference);
      if (!modern) return OkStatus();  // what stands beside it counts nothing
    }
    for (const char* keyword : {"$dynamicRef", "$recursiveRef"}) {
      if (modern && abi::Find(node, keyword) != nullptr) {
        return InvalidSchema(StrCat(keyword, " is not supported"));
      }
    }
    SLUICE_RETURN_IF_ERROR(LoadValues(node, scope, parts));
    SLUICE_RETURN_IF_ERROR(LoadCombined(node, scope, parts));
    bool taken[4] = {};  // by type: array, object, number, string
    SLUICE_RETURN_IF_ERROR(LoadTyped(node, scope, parts, taken));
    SLUICE_RETURN_IF_ERROR(LoadUntyped(node, scope, parts, taken));
    return OkStatus();
  }

  StatusOr<Schema*> LoadReference(const Node& node, const Scope& scope) {
    const Node& text = *abi::Find(node, "$ref");
    if (text.kind != SLUICE_STRING) return WrongKeyword("$ref", "a string");
    Schema* schema = New(Kind::kReference);
    schema->reference = abi::Text(text);
    pending_.push_back({schema, scope});
    return schema;
  }

  Status LoadValues(const Node& node, const Scope& scope, std::vector<Schema*>& parts) {
    if (const Node* values = abi::Find(node, "enum")) {
      if (values->kind != SLUICE_ARRAY) return WrongKeyword("enum", "an array");
      Schema* schema = New(Kind::kEnum);
      for (uint32_t i = 0; i < values->size; ++i) schema->values.push_back(&values->as.items[i]);
      parts.push_back(schema);
    }
    const Node* value = scope.source->draft == Draft::k4 ? nullptr : abi::Find(node, "const");
    if (value != nullptr) {
      Schema* schema = New(Kind::kConst);
      schema->values.push_back(value);
      parts.push_back(schema);
    }
    return OkStatus();
  }

  Status LoadCombined(const Node& node, const Scope& scope, std::vector<Schema*>& parts) {
    static constexpr std::pair<std::string_view, Kind> kKeywords[] = {
        {"allOf", Kind::kAllOf}, {"anyOf", Kind::kAnyOf}, {"oneOf", Kind::kOneOf}};
    for (const auto& [keyword, kind] : kKeywords) {
      const Node* list = abi::Find(node, keyword);
      if (list == nullptr) continue;
      if (list->kind != SLUICE_ARRAY) return WrongKeyword(keyword, "an array");
      Schema* schema = New(kind);
      for (uint32_t i = 0; i < list->size; ++i) {
        SLUICE_ASSIGN_OR_RETURN(const Schema* part, LoadSchema(list->as.items[i], scope));
        schema->parts.push_back(part);
      }
      parts.push_back(schema);
    }
    if (const Node* negated = abi::Find(node, "not")) {
      Schema* schema = New(Kind::kNot);
      SLUICE_ASSIGN_OR_RETURN(const Schema* part, LoadSchema(*negated, scope));
      schema->parts = {part};
      parts.push_back(schema);
    }
    return OkStatus();
  }

  Status LoadTyped(const Node& node, const Scope& scope, std::vector<Schema*>& parts,
                   bool (&taken)[4]) {
    const Node* type = abi::Find(node, "type");
    if (type == nullptr) return OkStatus();
    if (type->kind == SLUICE_STRING) {
      SLUICE_ASSIGN_OR_RETURN(Schema * schema, LoadType(abi::Text(*type), node, scope, taken));
      parts.push_back(schema);
      return OkStatus();
    }
    if (type->kind != SLUICE_ARRAY) return WrongKeyword("type", "a string or an array");
    Schema* any = New(Kind::kAnyOf);
    for (uint32_t i = 0; i < type->size; ++i) {
      const Node& one = type->as.items[i];
      if (one.kind != SLUICE_STRING) return WrongKeyword("type", "an array of strings");
      SLUICE_ASSIGN_OR_RETURN(Schema * schema, LoadType(abi::Text(one), node, scope, taken));
      any->parts.push_back(schema);
    }
    parts.push_back(any);
    return OkStatus();
  }

  StatusOr<Schema*> LoadType(std::string_view type, const Node& node, const Scope& scope,
                             bool (&taken)[4]) {
    StatusOr<Schema*> made = InvalidSchema(StrCat("#: unknown type: [", type, "]"));
    if (type == "null") made = New(Kind::kNull);
    if (type == "boolean") made = New(Kind::kBoolean);
    if (type == "array") taken[0] = true, made = LoadArray(node, scope);
    if (type == "object") taken[1] = true, made = LoadObjectRules(node, scope);
    if (type == "number" || type == "integer")
      taken[2] = true, made = LoadNumber(node, scope.source->draft);
    if (type == "string") taken[3] = true, made = LoadString(node, scope.source->draft);
    if (!made.ok()) return made;
    (*made)->typed = true;
    if (type == "integer") (*made)->number->integer = true;
    return made;
  }

  Status LoadUntyped(const Node& node, const Scope& scope, std::vector<Schema*>& parts,
                     const bool (&taken)[4]) {
    const Draft draft = scope.source->draft;
    if (!taken[0] && HasArrayKeywords(node, draft)) {
      SLUICE_ASSIGN_OR_RETURN(Schema * schema, LoadArray(node, scope));
      parts.push_back(schema);
    }
    if (!taken[1] && HasObjectKeywords(node, draft)) {
      SLUICE_ASSIGN_OR_RETURN(Schema * schema, LoadObjectRules(node, scope));
      parts.push_back(schema);
    }
    if (!taken[2] && HasNumberKeywords(node)) {
      SLUICE_ASSIGN_OR_RETURN(Schema * schema, LoadNumber(node, draft));
      parts.push_back(schema);
    }
    if (!taken[3] && HasStringKeywords(node, draft)) {
      SLUICE_ASSIGN_OR_RETURN(Schema * schema, LoadString(node, draft));
      parts.push_back(schema);
    }
    return draft >= Draft::k7 ? LoadConditional(node, scope, parts) : OkStatus();
  }

  Status LoadConditional(const Node& node, const Scope& scope, std::vector<Schema*>& parts) {
    const Schema* conditional[3] = {};
    bool any = false;
    static constexpr std::string_view kKeywords[] = {"if", "then", "else"};
    for (size_t i = 0; i < 3; ++i) {
      SLUICE_RETURN_IF_ERROR(LoadAt(node, kKeywords[i], scope, conditional[i]));
      any = any || conditional[i] != nullptr;
    }
    if (!any) return OkStatus();
    Schema* schema = New(Kind::kConditional);
    schema->parts.assign(std::begin(conditional), std::end(conditional));
    parts.push_back(schema);
    return OkStatus();
  }

  // The schema that a keyword has; `part` stays as it is without one.
  Status LoadAt(const Node& node, std::string_view keyword, const Scope& scope,
                const Schema*& part) {
    const Node* given = abi::Find(node, keyword);
    if (given == nullptr) return OkStatus();
    SLUICE_ASSIGN_OR_RETURN(part, LoadSchema(*given, scope));
    return OkStatus();
  }

  StatusOr<Schema*> LoadNumber(const Node& node, Draft draft) {
    Schema* schema = New(Kind::kNumber);
    schema->number = std::make_unique<NumberRules>();
    SLUICE_RETURN_IF_ERROR(ReadNumberRules(node, draft, *schema->number));
    return schema;
  }
  StatusOr<Schema*> LoadString(const Node& node, Draft draft) {
    Schema* schema = New(Kind::kString);
    schema->string = std::make_unique<StringRules>();
    SLUICE_RETURN_IF_ERROR(ReadStringRules(node, draft, *schema->string));
    return schema;
  }

  StatusOr<Schema*> LoadArray(const Node& node, const Scope& scope) {
    Schema* schema = New(Kind::kArray);
    schema->array = std::make_unique<ArrayRules>();
    ArrayRules& rules = *schema->array;
    SLUICE_RETURN_IF_ERROR(ReadCount(node, "minItems", rules.min_items));
    SLUICE_RETURN_IF_ERROR(ReadCount(node, "maxItems", rules.max_items));
    SLUICE_RETURN_IF_ERROR(ReadSwitch(node, "uniqueItems", rules.unique));
    if (scope.source->draft != Draft::k4) {
      SLUICE_RETURN_IF_ERROR(LoadAt(node, "contains", scope, rules.contains));
    }
    const bool modern = scope.source->IsModern();
    if (modern) {
      SLUICE_RETURN_IF_ERROR(ReadCount(node, "minContains", rules.min_contains));
      SLUICE_RETURN_IF_ERROR(ReadCount(node, "maxContains", rules.max_contains));
    }
    const Node* items = abi::Find(node, "items");
    // Java's library reads draft 2019-09 as 2020-12, too.
    const bool prefixed = modern && (items == nullptr || items->kind != SLUICE_ARRAY);
    const Node* tuple = prefixed ? abi::Find(node, "prefixItems") : items;
    if (tuple != nullptr && tuple->kind == SLUICE_ARRAY) {
      rules.tuple.emplace();
      for (uint32_t i = 0; i < tuple->size; ++i) {
        SLUICE_ASSIGN_OR_RETURN(const Schema* part, LoadSchema(tuple->as.items[i], scope));
        rules.tuple->push_back(part);
      }
    } else if (!prefixed && items != nullptr) {
      SLUICE_ASSIGN_OR_RETURN(rules.items, LoadSchema(*items, scope));
    }
    const Node* rest = prefixed ? items : abi::Find(node, "additionalItems");
    if (rest == nullptr) return schema;
    if (rest->kind == SLUICE_BOOLEAN) {
      rules.permits_additional = rest->as.int64 != 0;
      return schema;
    }
    const Schema*& place = prefixed && !rules.tuple ? rules.items : rules.additional;
    SLUICE_ASSIGN_OR_RETURN(place, LoadSchema(*rest, scope));
    return schema;
  }

  StatusOr<Schema*> LoadObjectRules(const Node& node, const Scope& scope) {
    Schema* schema = New(Kind::kObject);
    schema->object = std::make_unique<ObjectRules>();
    ObjectRules& rules = *schema->object;
    SLUICE_RETURN_IF_ERROR(ReadCount(node, "minProperties", rules.min_properties));
    SLUICE_RETURN_IF_ERROR(ReadCount(node, "maxProperties", rules.max_properties));
    SLUICE_RETURN_IF_ERROR(LoadProperties(node, scope, rules));
    if (const Node* rest = abi::Find(node, "additionalProperties")) {
      if (rest->kind == SLUICE_BOOLEAN) {
        rules.permits_additional = rest->as.int64 != 0;
      } else {
        SLUICE_ASSIGN_OR_RETURN(rules.additional, LoadSchema(*rest, scope));
      }
    }
    if (const Node* required = abi::Find(node, "required")) {
      SLUICE_RETURN_IF_ERROR(ReadTexts(*required, "required", rules.required));
    }
    if (const Node* patterns = abi::Find(node, "patternProperties")) {
      if (patterns->kind != SLUICE_MAP) return WrongKeyword("patternProperties", "an object");
      for (uint32_t i = 0; i < patterns->size; ++i) {
        const auto& [key, value] = patterns->as.entries[i];
        SLUICE_ASSIGN_OR_RETURN(Pattern pattern, MakePattern(abi::Text(key)));
        SLUICE_ASSIGN_OR_RETURN(const Schema* part, LoadSchema(value, scope));
        rules.patterns.emplace_back(std::move(pattern), part);
      }
    }
    const bool modern = scope.source->IsModern();
    for (const char* keyword : {"dependencies", "dependentRequired", "dependentSchemas"}) {
      if (modern != (std::string_view(keyword) != "dependencies")) continue;
      SLUICE_RETURN_IF_ERROR(LoadDependencies(node, keyword, scope, rules));
    }
    if (scope.source->draft != Draft::k4) {
      SLUICE_RETURN_IF_ERROR(LoadAt(node, "propertyNames", scope, rules.names));
    }
    return schema;
  }

  Status LoadProperties(const Node& node, const Scope& scope, ObjectRules& rules) {
    const Node* properties = abi::Find(node, "properties");
    if (properties == nullptr) return OkStatus();
    if (properties->kind != SLUICE_MAP) return WrongKeyword("properties", "an object");
    for (uint32_t i = 0; i < properties->size; ++i) {
      const auto& [key, value] = properties->as.entries[i];
      SLUICE_ASSIGN_OR_RETURN(const Schema* part, LoadSchema(value, scope));
      rules.properties.push_back({abi::Text(key), part});
    }
    const auto name_of = [](const Property& property) { return property.name; };
    if (!scope.source->IsModern()) {  // two maps more on their way
      rules.properties = InJavaOrder(std::move(rules.properties), kJavaMapCapacity, name_of);
      const size_t size = rules.properties.size();
      rules.properties = InJavaOrder(std::move(rules.properties), size, name_of);
    }
    rules.properties = InJavaOrder(std::move(rules.properties), kJavaMapCapacity, name_of);
    for (const Property& property : rules.properties) {
      rules.by_name.emplace(property.name, property.schema);
    }
    return OkStatus();
  }

  Status LoadDependencies(const Node& node, std::string_view keyword, const Scope& scope,
                          ObjectRules& rules) {
    const Node* given = abi::Find(node, keyword);
    if (given == nullptr) return OkStatus();
    if (given->kind != SLUICE_MAP) return WrongKeyword(keyword, "an object");
    for (uint32_t i = 0; i < given->size; ++i) {
      const auto& [key, value] = given->as.entries[i];
      if (value.kind == SLUICE_ARRAY && keyword != "dependentSchemas") {
        auto& dependency = rules.required_with.emplace_back();
        dependency.first = abi::Text(key);
        SLUICE_RETURN_IF_ERROR(ReadTexts(value, keyword, dependency.second));
      } else {
        SLUICE_ASSIGN_OR_RETURN(const Schema* part, LoadSchema(value, scope));
        rules.schemas_with.push_back({abi::Text(key), part});
      }
    }
    return OkStatus();
  }

  struct Pending {
    Schema* schema;
    Scope scope;
  };

  Document& document_;
  const bool ignore_modern_;
  References references_;
  std::vector<Pending> pending_;
  std::map<const Node*, const Schema*> targets_;
  int depth_ = 0;
};

StatusOr<std::shared_ptr<const Document>> Document::Parse(
    std::string_view text, const std::vector<Dependency>& dependencies, bool ignore_modern) {
  return Loader::Load(text, dependencies, ignore_modern);
}

}  // namespace sluice::convert::json_schema

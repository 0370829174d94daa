#include "runtime/convert/json_schema/to_connect.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_schema/all_of.h"
#include "runtime/convert/json_schema/connect_names.h"
#include "runtime/convert/json_schema/value_reader.h"
#include "runtime/convert/recursion.h"
#include "runtime/record/decimal.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert::json_schema {
namespace {

using abi::SchemaBuilder;
using abi::SchemaRef;

constexpr int kMappedMax = 200'000;
constexpr int kDepthMax = 500;

// How a schema is wanted at its place.
struct Place {
  std::optional<int32_t> version = {};
  bool optional = false;
};

// What was found out about objects to which references lead. Java's converter marks a type that is
// used again with an id, and tells the id wherever it still can: it depends on all that follows.
struct Shared {
  std::map<const Schema*, int> last_id;  // of those that are used again
  std::set<const Schema*> marked_first;  // whose first use tells the id, too
};

// A schema's symbol as text, as Java has it.
StatusOr<std::string> SymbolOf(const Node& node) {
  if (node.kind == SLUICE_NULL) return std::string(kNullSymbol);
  if (node.kind == record::kJsonNumber && node.reserved[0] != 0) {
    abi::Arena arena(256);
    const auto decimal = record::ParseDecimal(abi::Text(node), arena);
    std::string text;
    if (decimal) record::AppendDecimalText(text, *decimal);
    return text;
  }
  if (node.kind == record::kJsonNumber) return std::string(abi::Text(node));
  if (node.kind == SLUICE_ARRAY || node.kind == SLUICE_MAP) {
    return DataError(
        "The symbols of a JSON schema's enum must be texts, numbers, booleans or null");
  }
  return record::JavaText(node);
}

StatusOr<int32_t> IntKeyword(const Node& node, std::string_view keyword) {
  if (node.kind == record::kJsonNumber && node.reserved[0] == 0) {
    const auto number = record::WholeNumber(abi::Text(node));
    if (number && *number == static_cast<int32_t>(*number)) return static_cast<int32_t>(*number);
  }
  return DataError(StrCat("The JSON schema's ", keyword, " must be an integer of 32 bits"));
}

class Mapper {
 public:
  // `shared`: null to find it out, when types that are used again are not looked into.
  Mapper(const Schema& root, const Options& options, bool modern, const Shared* shared)
      : options_(options), modern_(modern), shared_(shared), recursion_(root, PartsOf) {}

  const Shared& found() const { return found_; }
  UnrolledEnds TakeEnds() { return std::move(ends_); }

  StatusOr<SchemaRef> Map(const Schema& schema, const Place& place) {
    if (++mapped_ > kMappedMax || depth_ >= kDepthMax) {
      return DataError(StrCat("The JSON schema is too large: written out, it has more than ",
                              kMappedMax, " types, or lies deeper than ", kDepthMax));
    }
    ++depth_;
    StatusOr<SchemaRef> made = MapByKind(schema, place);
    --depth_;
    return made;
  }

 private:
  StatusOr<SchemaRef> MapByKind(const Schema& schema, const Place& place) {
    switch (schema.kind) {
      case Kind::kReference:
        return MapReference(*schema.target, place);
      case Kind::kAllOf:
        if (schema.parts.size() == 1 && options_.flatten_singleton_unions) {
          return Map(*schema.parts[0], {});
        }
        return MapAllOf(schema, place);
      case Kind::kAnyOf:
      case Kind::kOneOf:
        return MapUnion(schema, place);
      case Kind::kObject:
        if (schema.TextKeyword(kConnectType) != kMapType) return MapStruct(schema, place);
        break;
      default:
        break;
    }
    SLUICE_ASSIGN_OR_RETURN(SchemaBuilder builder, Start(schema));
    return Finish(schema, place, std::move(builder), false);
  }

  StatusOr<SchemaBuilder> Start(const Schema& schema) {
    switch (schema.kind) {
      case Kind::kBoolean:
        return SchemaBuilder(SLUICE_BOOLEAN);
      case Kind::kNumber:
        return StartNumber(schema);
      case Kind::kString:
        return SchemaBuilder(schema.TextKeyword(kConnectType) == kBytesType ? SLUICE_BYTES
                                                                            : SLUICE_STRING);
      case Kind::kEnum:
      case Kind::kConst:
        return StartEnum(schema);
      case Kind::kArray:
        return StartArray(schema);
      case Kind::kObject: {
        if (schema.object->additional == nullptr) {
          return ExceptionError(absl::StatusCode::kInvalidArgument, record::kSchemaBuilderException,
                                "valueSchema cannot be null.");
        }
        SLUICE_ASSIGN_OR_RETURN(SchemaRef values, Map(*schema.object->additional, {}));
        SchemaBuilder builder(SLUICE_MAP);
        builder.Key(SchemaRef(record::RequiredSchema(SLUICE_STRING))).Value(std::move(values));
        return builder;
      }
      default:
        return DataError(StrCat("Unsupported schema type ", ClassName(schema.kind)));
    }
  }

  static StatusOr<SchemaBuilder> StartNumber(const Schema& schema) {
    static constexpr std::pair<std::string_view, sluice_kind> kTypes[] = {
        {"int8", SLUICE_INT8},      {"int16", SLUICE_INT16},     {"int32", SLUICE_INT32},
        {"int64", SLUICE_INT64},    {"float32", SLUICE_FLOAT32}, {"float64", SLUICE_FLOAT64},
        {kBytesType, SLUICE_BYTES},
    };
    const Node* given = schema.Keyword(kConnectType);
    if (given == nullptr || given->kind == SLUICE_NULL) {
      return SchemaBuilder(schema.number->integer ? SLUICE_INT64 : SLUICE_FLOAT64);
    }
    const std::string_view type = schema.TextKeyword(kConnectType);
    for (const auto& [name, kind] : kTypes) {
      if (name == type) return SchemaBuilder(kind);
    }
    return DataError(StrCat("Unsupported type ", type));
  }

  StatusOr<SchemaBuilder> StartEnum(const Schema& schema) const {
    if (schema.kind == Kind::kConst && schema.values[0]->kind == SLUICE_NULL) {
      return DataError("A JSON schema's const of null has no schema in Connect");
    }
    SchemaBuilder builder(SLUICE_STRING);
    const std::string_view key = options_.generalized_sum_types ? kGeneralEnum : kEnum;
    builder.Parameter(key, "");
    int index = 0;
    for (const Node* value : schema.values) {
      SLUICE_ASSIGN_OR_RETURN(const std::string symbol, SymbolOf(*value));
      builder.Parameter(StrCat(key, ".", symbol),
                        options_.generalized_sum_types ? StrCat(index) : symbol);
      ++index;
    }
    return builder;
  }

  StatusOr<SchemaBuilder> StartArray(const Schema& schema) {
    const Schema* items = schema.array->items;
    if (items == nullptr) return DataError("Array schema did not specify the items type");
    if (schema.TextKeyword(kConnectType) != kMapType || items->kind != Kind::kObject) {
      SLUICE_ASSIGN_OR_RETURN(SchemaRef made, Map(*items, {}));
      SchemaBuilder builder(SLUICE_ARRAY);
      builder.Value(std::move(made));
      return builder;
    }
    const Schema* key = items->object->Find(kKey);
    const Schema* value = items->object->Find(kValue);
    if (key == nullptr || value == nullptr) {
      return DataError(StrCat(key == nullptr ? "key" : "value", "Schema cannot be null."));
    }
    SLUICE_ASSIGN_OR_RETURN(SchemaRef keys, Map(*key, {}));
    SLUICE_ASSIGN_OR_RETURN(SchemaRef values, Map(*value, {}));
    SchemaBuilder builder(SLUICE_MAP);
    builder.Key(std::move(keys)).Value(std::move(values));
    return builder;
  }

  // ---- Structs

  StatusOr<SchemaRef> MapReference(const Schema& target, const Place& place) {
    // Later dialects' references have a target each; only a type that contains itself is met again.
    const bool again = modern_ ? open_.contains(&target) : versions_.contains(&target);
    if (!again) return Map(target, place);
    // Java has the struct that was built for the first use, with an id.
    if (shared_ == nullptr) {
      found_.last_id[&target] = ++ids_;
      if (open_.contains(&target)) found_.marked_first.insert(&target);
      return SchemaBuilder(SLUICE_STRUCT).Optional(place.optional).Build();
    }
    const int unions_before = unions_;
    unions_ = unions_at_[&target];
    StatusOr<SchemaRef> made =
        BuildStruct(target, {.version = versions_[&target], .optional = place.optional}, true);
    unions_ = unions_before;
    return made;
  }

  StatusOr<SchemaRef> MapStruct(const Schema& schema, const Place& place) {
    versions_[&schema] = place.version;
    unions_at_[&schema] = unions_;
    const bool own_parameters = schema.Keyword(kConnectParameters) != nullptr;
    if (own_parameters && shared_ == nullptr) found_.marked_first.insert(&schema);
    return BuildStruct(schema, place, false);
  }

  StatusOr<SchemaRef> BuildStruct(const Schema& schema, const Place& place, bool again) {
    const auto key = std::make_tuple(&schema, recursion_.level(), place.optional, again);
    if (again) {
      if (const auto known = known_.find(key); known != known_.end()) return known->second;
    }
    SchemaBuilder builder(SLUICE_STRUCT);
    bool too_deep = false;
    {
      const Recursion<Schema>::Entered entered = recursion_.Enter(schema);
      too_deep = entered.too_deep();
      if (!too_deep) {
        const bool outermost = open_.insert(&schema).second;
        const Status added = schema.kind == Kind::kAllOf ? AddAllOfFields(schema, builder)
                                                         : AddFields(schema, builder);
        if (outermost) open_.erase(&schema);
        SLUICE_RETURN_IF_ERROR(added);
      }
    }
    if (shared_ != nullptr && (again || shared_->marked_first.contains(&schema))) {
      const auto id = shared_->last_id.find(&schema);
      if (id != shared_->last_id.end()) builder.Parameter(kId, StrCat("#id", id->second));
    }
    SLUICE_ASSIGN_OR_RETURN(SchemaRef made,
                            Finish(schema, place, std::move(builder), schema.kind == Kind::kAllOf));
    if (too_deep) ends_.insert(made.get());
    if (again) known_.emplace(key, made);
    return made;
  }

  // By connect.index; without one by place, where a later one takes that of an earlier.
  Status AddFields(const Schema& schema, SchemaBuilder& builder) {
    std::map<int64_t, const Property*> sorted;
    for (const Property& property : schema.object->properties) {
      const Node* given = property.schema->Keyword(kConnectIndex);
      int64_t index = static_cast<int64_t>(sorted.size());
      if (given != nullptr) {
        SLUICE_ASSIGN_OR_RETURN(index, IntKeyword(*given, kConnectIndex));
      }
      sorted[index] = &property;
    }
    for (const auto& [index, property] : sorted) {
      SLUICE_RETURN_IF_ERROR(AddField(*property, schema.object->Requires(property->name), builder));
    }
    return OkStatus();
  }

  Status AddAllOfFields(const Schema& schema, SchemaBuilder& builder) {
    for (const AllOfProperty& property : PropertiesOfAllOf(schema)) {
      SLUICE_RETURN_IF_ERROR(
          AddField({property.name, property.schema}, property.required, builder));
    }
    return OkStatus();
  }

  Status AddField(const Property& property, bool required, SchemaBuilder& builder) {
    if (property.name.empty()) return DataError("fieldName cannot be null.");
    const bool optional = options_.optional_for_nonrequired && !required;
    SLUICE_ASSIGN_OR_RETURN(SchemaRef made, Map(*property.schema, {.optional = optional}));
    builder.Field(property.name, std::move(made));
    return OkStatus();
  }

  // ---- Unions

  StatusOr<SchemaRef> MapAllOf(const Schema& schema, const Place& place) {
    SLUICE_ASSIGN_OR_RETURN(const AllOf all, ReadAllOf(schema));
    if (all.has_properties) return MapStruct(schema, place);
    if (all.instead == nullptr) {
      return DataError(
          "Unsupported criterion allOf: its parts have neither properties nor a type "
          "that Connect could have");
    }
    return Map(*all.instead, place);
  }

  StatusOr<SchemaRef> MapUnion(const Schema& schema, const Place& place) {
    std::vector<const Schema*> parts;
    for (const Schema* part : schema.parts) {
      // What later dialects' translation into this model makes of parts that are several in one.
      if (modern_ && part->generated && part->kind == Kind::kAllOf && !schema.generated) {
        parts.insert(parts.end(), part->parts.begin(), part->parts.end());
      } else {
        parts.push_back(part);
      }
    }
    if (parts.size() == 1 && options_.flatten_singleton_unions) return Map(*parts[0], {});
    // Counted even where no union comes of it.
    const std::string name =
        options_.generalized_sum_types ? StrCat(kGeneralUnionName, unions_++) : std::string(kOneOf);
    if (parts.size() == 2) {
      for (size_t i = 0; i < 2; ++i) {
        if (parts[i]->kind != Kind::kNull) continue;
        if (parts[1 - i]->kind == Kind::kNull) {
          return DataError("A JSON schema of nothing but null has no schema in Connect");
        }
        return Map(*parts[1 - i], {.version = place.version, .optional = true});
      }
    }
    SchemaBuilder builder(SLUICE_STRUCT);
    builder.Name(name);
    if (options_.generalized_sum_types) builder.Parameter(kGeneralUnion, name);
    int index = 0;
    for (const Schema* part : parts) {
      if (part->kind == Kind::kNull) {
        builder.Optional();
        continue;
      }
      SLUICE_ASSIGN_OR_RETURN(SchemaRef made, Map(*part, {.optional = true}));
      builder.Field(options_.generalized_sum_types ? StrCat(kGeneralUnionField, index)
                                                   : StrCat(kOneOf, ".field.", index),
                    std::move(made));
      ++index;
    }
    return Finish(schema, place, std::move(builder), false, true);
  }

  // ---- What all have

  // `bare`: an allOf, which has neither name nor documentation.
  StatusOr<SchemaRef> Finish(const Schema& schema, const Place& place, SchemaBuilder builder,
                             bool bare, bool named = false) {
    if (bare) return builder.Optional(place.optional).Build();
    if (schema.title && !named) builder.Name(*schema.title);
    if (const Node* version = schema.Keyword(kConnectVersion);
        version != nullptr && version->kind != SLUICE_NULL) {
      SLUICE_ASSIGN_OR_RETURN(const int32_t number, IntKeyword(*version, kConnectVersion));
      builder.Version(number);
    } else if (place.version) {
      builder.Version(*place.version);
    }
    if (schema.description) builder.Doc(*schema.description);
    SLUICE_RETURN_IF_ERROR(AddParameters(schema, builder));
    if (schema.default_value != nullptr && shared_ != nullptr) {
      return WithDefault(*schema.default_value, place, builder);
    }
    if (place.optional) builder.Optional();
    return builder.Build();
  }

  static Status AddParameters(const Schema& schema, SchemaBuilder& builder) {
    const Node* parameters = schema.Keyword(kConnectParameters);
    if (parameters == nullptr || parameters->kind == SLUICE_NULL) return OkStatus();
    if (parameters->kind != SLUICE_MAP) {
      return DataError("The JSON schema's connect.parameters must be an object");
    }
    for (uint32_t i = 0; i < parameters->size; ++i) {
      const sluice_map_entry& entry = parameters->as.entries[i];
      if (entry.value.kind != SLUICE_STRING) {
        return DataError(StrCat("The JSON schema's connect.parameters must be strings: ",
                                abi::Text(entry.key), " is none"));
      }
      builder.Parameter(abi::Text(entry.key), abi::Text(entry.value));
    }
    return OkStatus();
  }

  // A value of the schema as it is without a default and before it is made optional.
  StatusOr<SchemaRef> WithDefault(const Node& node, const Place& place, SchemaBuilder& builder) {
    abi::Arena arena(256);
    const SchemaRef bare = builder.Build();
    SLUICE_ASSIGN_OR_RETURN(const sluice_value value,
                            ReadValue(*bare, node, {.ends = &ends_}, arena));
    const Status fits = record::ValidateValue(*bare, value);
    if (!fits.ok()) return Wrap(fits, record::kSchemaBuilderException, "Invalid default value");
    if (place.optional) builder.Optional();
    if (abi::IsNull(value)) return builder.Build();
    return builder.Default(value).Build();
  }

  const Options& options_;
  const bool modern_;
  const Shared* const shared_;
  Shared found_;
  Recursion<Schema> recursion_;
  std::map<const Schema*, std::optional<int32_t>> versions_;  // of structs that were met
  std::map<const Schema*, int> unions_at_;                    // how many unions came before them
  std::set<const Schema*> open_;
  std::map<std::tuple<const Schema*, int, bool, bool>, SchemaRef> known_;
  UnrolledEnds ends_;
  int ids_ = 0;
  int unions_ = 0;
  int mapped_ = 0;
  int depth_ = 0;
};

}  // namespace

StatusOr<ConnectSchema> ToConnectSchema(const Document& document, std::optional<int32_t> version,
                                        const Options& options) {
  const bool modern = document.draft() >= Draft::k2019;
  Mapper first(document.root(), options, modern, nullptr);
  SLUICE_RETURN_IF_ERROR(first.Map(document.root(), {.version = version}).status());
  Mapper mapper(document.root(), options, modern, &first.found());
  ConnectSchema result;
  SLUICE_ASSIGN_OR_RETURN(result.schema, mapper.Map(document.root(), {.version = version}));
  result.ends = mapper.TakeEnds();
  return result;
}

}  // namespace sluice::convert::json_schema

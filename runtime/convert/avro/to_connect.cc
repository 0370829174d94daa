#include "runtime/convert/avro/to_connect.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/connect_names.h"
#include "runtime/convert/recursion.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert::avro {
namespace {

using abi::SchemaBuilder;
using abi::SchemaRef;
using rapidjson::Value;

constexpr int kMappedMax = 200'000;
constexpr int kDepthMax = 500;

std::vector<const Schema*> PartsOf(const Schema& schema) {
  std::vector<const Schema*> parts = schema.branches;
  if (schema.items != nullptr) parts.push_back(schema.items);
  for (const Field& field : schema.fields) parts.push_back(field.schema);
  return parts;
}

// How a schema is wanted at its place.
struct Place {
  bool optional = false;
  const Value* field_default = nullptr;
  const std::string* doc = nullptr;  // of the field
  std::optional<int32_t> version = {};
};

// A schema while it is put together: what a builder does not tell.
struct Draft {
  explicit Draft(sluice_kind type) : builder(type) {}

  static Draft Logical(sluice_kind type, std::string_view name) {
    Draft draft(type);
    draft.SetName(name);
    draft.SetVersion(1);
    return draft;
  }
  void SetName(std::string_view text) {
    name = std::string(text);
    builder.Name(text);
  }
  void SetVersion(int32_t number) {
    version = number;
    builder.Version(number);
  }

  SchemaBuilder builder;
  std::optional<std::string> name;
  std::optional<int32_t> version;
};

class Mapper {
 public:
  explicit Mapper(const AvroOptions& options, const Schema& root)
      : options_(options), recursion_(root, PartsOf) {}

  StatusOr<SchemaRef> Map(const Schema& schema, const Place& place) {
    if (++mapped_ > kMappedMax || depth_ >= kDepthMax) {
      return DataError(StrCat("The Avro schema is too large: written out, it has more than ",
                              kMappedMax, " types, or lies deeper than ", kDepthMax));
    }
    const int level = recursion_.level();
    const auto key = std::make_tuple(&schema, level, place.optional);
    const bool plain = (schema.type == Type::kRecord || recursion_.IsRecursive(schema)) &&
                       place.field_default == nullptr && !place.version && place.doc == nullptr;
    if (plain) {
      if (const auto known = known_.find(key); known != known_.end()) return known->second;
    }
    ++depth_;
    StatusOr<SchemaRef> result = MapNew(schema, place);
    --depth_;
    SLUICE_ASSIGN_OR_RETURN(SchemaRef made, std::move(result));
    if (plain) known_.emplace(key, made);
    return made;
  }

 private:
  StatusOr<SchemaRef> MapNew(const Schema& schema, const Place& place) {
    if (schema.type == Type::kUnion) {
      if (const Schema* only = OnlyBranch(schema)) {
        return Map(*only,
                   {.optional = place.optional || schema.branches.size() == 2, .doc = place.doc});
      }
    }
    SLUICE_ASSIGN_OR_RETURN(Draft draft, Start(schema));
    SetDoc(schema, place, draft);
    SLUICE_RETURN_IF_ERROR(SetVersion(schema, place, draft));
    SLUICE_RETURN_IF_ERROR(AddParameters(schema, draft));
    const Value* fallback = DefaultOf(schema, place, draft);
    SLUICE_RETURN_IF_ERROR(SetName(schema, draft));
    if (place.optional) draft.builder.Optional();
    if (fallback != nullptr) SetDefault(schema, *fallback, draft);
    return draft.builder.Build();
  }

  // The branch beside null, or the only one.
  const Schema* OnlyBranch(const Schema& schema) const {
    if (schema.branches.size() == 1) {
      return options_.flatten_singleton_unions ? schema.branches[0] : nullptr;
    }
    if (schema.branches.size() != 2) return nullptr;
    for (size_t i = 0; i < 2; ++i) {
      if (schema.branches[i]->type == Type::kNull) return schema.branches[1 - i];
    }
    return nullptr;
  }

  StatusOr<Draft> Start(const Schema& schema) {
    const std::string_view logical = schema.TextProp(kLogicalType);
    switch (schema.type) {
      case Type::kBoolean:
        return Draft(SLUICE_BOOLEAN);
      case Type::kFloat:
        return Draft(SLUICE_FLOAT32);
      case Type::kDouble:
        return Draft(SLUICE_FLOAT64);
      case Type::kString:
        return Draft(SLUICE_STRING);
      case Type::kInt:
        return StartInt(schema, logical);
      case Type::kLong:
        if (EqualsIgnoreCase(logical, "timestamp-millis")) {
          return Draft::Logical(SLUICE_INT64, record::kTimestampName);
        }
        return Draft(SLUICE_INT64);
      case Type::kBytes:
      case Type::kFixed:
        return StartBytes(schema, logical);
      case Type::kEnum:
        return StartEnum(schema);
      case Type::kArray:
        return StartArray(schema);
      case Type::kMap: {
        Draft draft(SLUICE_MAP);
        SLUICE_ASSIGN_OR_RETURN(SchemaRef values, Map(*schema.items, {}));
        draft.builder.Key(SchemaRef(record::RequiredSchema(SLUICE_STRING)));
        draft.builder.Value(std::move(values));
        return draft;
      }
      case Type::kRecord:
        return StartRecord(schema);
      case Type::kUnion:
        return StartUnion(schema);
      case Type::kNull:
        break;
    }
    return DataError("Standalone null schemas are not supported by this converter");
  }

  static StatusOr<Draft> StartInt(const Schema& schema, std::string_view logical) {
    if (schema.Prop(kLogicalType) != nullptr && !logical.empty()) {
      if (EqualsIgnoreCase(logical, "date")) {
        return Draft::Logical(SLUICE_INT32, record::kDateName);
      }
      if (EqualsIgnoreCase(logical, "time-millis")) {
        return Draft::Logical(SLUICE_INT32, record::kTimeName);
      }
      return Draft(SLUICE_INT32);
    }
    const std::string_view type = schema.TextProp(kConnectType);
    if (type.empty()) return Draft(SLUICE_INT32);
    if (type == "int8") return Draft(SLUICE_INT8);
    if (type == "int16") return Draft(SLUICE_INT16);
    return DataError("Connect type annotation for Avro int field is null");
  }

  static StatusOr<Draft> StartBytes(const Schema& schema, std::string_view logical) {
    Draft draft(SLUICE_BYTES);
    if (EqualsIgnoreCase(logical, "decimal")) {
      draft = Draft::Logical(SLUICE_BYTES, record::kDecimalName);
      const Value* scale = schema.Prop("scale");
      draft.builder.Parameter("scale",
                              StrCat(scale != nullptr && scale->IsInt() ? scale->GetInt() : 0));
      if (const Value* precision = schema.Prop("precision")) {
        if (!precision->IsNumber()) {
          return DataError("precision property must be a JSON Integer.");
        }
        const int digits = precision->IsInt() ? precision->GetInt() : 0;
        if (digits != kDecimalPrecisionDefault) {
          draft.builder.Parameter(kDecimalPrecision, StrCat(digits));
        }
      }
    }
    if (schema.type == Type::kFixed) draft.builder.Parameter(kFixedSize, StrCat(schema.size));
    return draft;
  }

  StatusOr<Draft> StartEnum(const Schema& schema) const {
    Draft draft(SLUICE_STRING);
    if (options_.connect_meta_data) {
      if (schema.doc) {
        draft.builder.Parameter(options_.discard_type_doc_default ? std::string(kPlainEnumDoc)
                                                                  : StrCat(kEnumDoc, schema.name),
                                *schema.doc);
      }
      if (schema.enum_default && !options_.discard_type_doc_default) {
        draft.builder.Parameter(StrCat(kEnumDefault, schema.name), *schema.enum_default);
      }
    }
    const std::string_view key = options_.generalized_sum_types ? kGeneralEnum : kEnum;
    draft.builder.Parameter(key, schema.full_name());
    int index = 0;
    for (const std::string& symbol : schema.symbols) {
      draft.builder.Parameter(StrCat(key, ".", symbol),
                              options_.generalized_sum_types ? StrCat(index) : symbol);
      ++index;
    }
    return draft;
  }

  StatusOr<Draft> StartArray(const Schema& schema) {
    if (!IsMapEntry(*schema.items)) {
      Draft draft(SLUICE_ARRAY);
      SLUICE_ASSIGN_OR_RETURN(SchemaRef items, Map(*schema.items, {}));
      draft.builder.Value(std::move(items));
      return draft;
    }
    const Field* key = schema.items->FindField("key");
    const Field* value = schema.items->FindField("value");
    if (schema.items->fields.size() != 2 || key == nullptr || value == nullptr) {
      return DataError(
          "Found map encoded as array of key-value pairs, but array elements do not match the "
          "expected format.");
    }
    Draft draft(SLUICE_MAP);
    const Recursion<Schema>::Entered entered = recursion_.Enter(*schema.items);
    if (entered.too_deep()) return Draft(SLUICE_STRUCT);
    SLUICE_ASSIGN_OR_RETURN(SchemaRef keys, Map(*key->schema, {}));
    SLUICE_ASSIGN_OR_RETURN(SchemaRef values, Map(*value->schema, {}));
    draft.builder.Key(std::move(keys)).Value(std::move(values));
    return draft;
  }

  StatusOr<Draft> StartRecord(const Schema& schema) {
    Draft draft(SLUICE_STRUCT);
    const Recursion<Schema>::Entered entered = recursion_.Enter(schema);
    if (entered.too_deep()) return draft;  // the end of what is unrolled
    const bool docs = options_.connect_meta_data && !options_.discard_type_doc_default;
    if (docs && schema.doc) draft.builder.Parameter(kRecordDoc, *schema.doc);
    for (const Field& field : schema.fields) {
      if (docs && field.doc) draft.builder.Parameter(StrCat(kFieldDoc, field.name), *field.doc);
      SLUICE_ASSIGN_OR_RETURN(
          SchemaRef made,
          Map(*field.schema, {.field_default = ValidDefault(field, schema), .doc = DocOf(field)}));
      if (options_.connect_meta_data) made = WithFieldParameters(field, std::move(made));
      draft.builder.Field(field.name, std::move(made));
    }
    return draft;
  }

  // Only wanted where it becomes the schema's own.
  const std::string* DocOf(const Field& field) const {
    return field.doc && options_.discard_type_doc_default ? &*field.doc : nullptr;
  }

  static const Value* ValidDefault(const Field& field, const Schema& record) {
    if (field.default_value == nullptr || IsValidDefault(*field.schema, *field.default_value)) {
      return field.default_value;
    }
    LogWarn("avro", "The default of field ", record.full_name(), ".", field.name,
            " does not fit its type and is ignored");
    return nullptr;
  }

  StatusOr<Draft> StartUnion(const Schema& schema) {
    Draft draft(SLUICE_STRUCT);
    if (options_.generalized_sum_types) {
      const std::string name = StrCat(kGeneralUnionName, unions_++);
      draft.SetName(name);
      draft.builder.Parameter(kGeneralUnion, name);
    } else {
      draft.SetName(kUnion);
    }
    std::set<std::string> names;
    for (size_t i = 0; i < schema.branches.size(); ++i) {
      const Schema& branch = *schema.branches[i];
      if (branch.type == Type::kNull) {
        draft.builder.Optional();
        continue;
      }
      const std::string name = UnionField(branch, static_cast<int>(i), options_);
      if (!names.insert(name).second) {
        return DataError("Multiple union schemas map to the Connect union field name");
      }
      SLUICE_ASSIGN_OR_RETURN(SchemaRef made, Map(branch, {.optional = true}));
      draft.builder.Field(name, std::move(made));
    }
    return draft;
  }

  void SetDoc(const Schema& schema, const Place& place, Draft& draft) const {
    const std::string_view connect_doc = schema.TextProp(kConnectDoc);
    if (!options_.discard_type_doc_default) {
      if (options_.connect_meta_data && schema.Prop(kConnectDoc) != nullptr) {
        draft.builder.Doc(connect_doc);
      }
      return;
    }
    if (place.doc != nullptr) {
      draft.builder.Doc(*place.doc);
    } else if (schema.doc) {
      draft.builder.Doc(*schema.doc);
    } else if (schema.Prop(kConnectDoc) != nullptr) {
      draft.builder.Doc(connect_doc);
    }
    if (options_.connect_meta_data && schema.doc) {
      draft.builder.Parameter(kPlainRecordDoc, *schema.doc);
    }
  }

  static Status SetVersion(const Schema& schema, const Place& place, Draft& draft) {
    const Value* own = schema.Prop(kConnectVersion);
    if (own == nullptr) {
      // The registry's version is no news of a logical type, which has its own.
      if (place.version && !draft.version) draft.SetVersion(*place.version);
      return OkStatus();
    }
    if (!own->IsNumber()) {
      return DataError(StrCat("Invalid Connect version found: ", WriteJson(*own)));
    }
    const int32_t number = own->IsInt() ? own->GetInt() : -1;
    if (number < 0) return OkStatus();
    if (draft.version && *draft.version != number) {
      return DataError(StrCat("Mismatched versions: version already added to SchemaBuilder (",
                              *draft.version, ") differs from version in source schema (", number,
                              ")"));
    }
    draft.SetVersion(number);
    return OkStatus();
  }

  Status AddParameters(const Schema& schema, Draft& draft) const {
    if (const Value* parameters = schema.Prop(kConnectParameters);
        options_.connect_meta_data && parameters != nullptr) {
      if (!parameters->IsObject()) {
        return DataError(StrCat("Expected JSON object for schema parameters but found: ",
                                WriteJson(*parameters)));
      }
      for (const auto& one : parameters->GetObject()) {
        if (!one.value.IsString()) {
          return DataError(StrCat("Expected schema parameter values to be strings but found: ",
                                  WriteJson(one.value)));
        }
        draft.builder.Parameter(JsonText(one.name), JsonText(one.value));
      }
    }
    for (const auto& [key, value] : schema.props) {
      if (key.starts_with(kAvroPrefix)) draft.builder.Parameter(key, TextOf(*value));
    }
    return OkStatus();
  }

  const Value* DefaultOf(const Schema& schema, const Place& place, Draft& draft) const {
    const Value* own = schema.Prop(kConnectDefault);
    if (place.field_default == nullptr) return own;
    if (!options_.discard_type_doc_default && options_.connect_meta_data && own == nullptr) {
      draft.builder.Parameter(kFieldDefault, "true");
    }
    return place.field_default;
  }

  // After all else: the value's struct has the schema as it is without a default.
  void SetDefault(const Schema& schema, const Value& json, Draft& draft) const {
    if (json.IsNull()) return;
    abi::Arena arena(256);
    const SchemaRef bare = draft.builder.Build();
    StatusOr<sluice_value> value = DefaultValue(schema, *bare, json, options_, arena);
    if (value.ok() && !abi::IsNull(*value)) {
      if (const Status fits = record::ValidateValue(*bare, *value); !fits.ok()) value = fits;
    }
    if (!value.ok()) {
      LogWarn("avro", "A default of type ", TypeName(schema.type),
              " is ignored: ", Message(value.status()));
      return;
    }
    if (abi::IsNull(*value)) return;
    draft.builder.Default(*value);
    const SchemaRef made = draft.builder.Build();  // copies the value before the arena goes
    draft.builder = SchemaBuilder::Like(*made);
    kept_.push_back(made);
  }

  static Status SetName(const Schema& schema, Draft& draft) {
    const Value* given = schema.Prop(kConnectName);
    std::string name;
    if (given != nullptr) {
      if (!given->IsString()) {
        return DataError(StrCat("Invalid schema name: ", WriteJson(*given)));
      }
      name = JsonText(*given);
    } else if (schema.type == Type::kRecord || schema.type == Type::kEnum ||
               (schema.type == Type::kFixed && draft.name != std::string(record::kDecimalName))) {
      name = schema.full_name();
    } else {
      return OkStatus();
    }
    if (name.starts_with(kDefaultFullName)) return OkStatus();
    if (draft.name && *draft.name != name) {
      return DataError(StrCat("Mismatched names: name already added to SchemaBuilder (",
                              *draft.name, ") differs from name in source schema (", name, ")"));
    }
    draft.SetName(name);
    return OkStatus();
  }

  const AvroOptions& options_;
  Recursion<Schema> recursion_;
  std::map<std::tuple<const Schema*, int, bool>, SchemaRef> known_;
  mutable std::vector<SchemaRef> kept_;  // whose defaults builders borrow
  int unions_ = 0;
  int mapped_ = 0;
  int depth_ = 0;
};

}  // namespace

StatusOr<SchemaRef> ToConnectSchema(const Schema& schema, std::optional<int32_t> version,
                                    const AvroOptions& options) {
  if (schema.type == Type::kRecord && schema.name == "Anything" && schema.space == kNamespace) {
    SLUICE_ASSIGN_OR_RETURN(const std::string text, SchemaText(schema));
    if (text == AnythingText()) return SchemaRef();
  }
  return Mapper(options, schema).Map(schema, {.version = version});
}

}  // namespace sluice::convert::avro

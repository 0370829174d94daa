#include "runtime/convert/avro/from_connect.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/connect_names.h"
#include "runtime/convert/avro/default_json.h"
#include "runtime/record/schema.h"

namespace sluice::convert::avro {
namespace {

using record::Logical;

constexpr int kDepthMax = 500;

bool NameIs(const sluice_schema& schema, std::string_view name) {
  return schema.name.data != nullptr && EqualsIgnoreCase(abi::View(schema.name), name);
}

std::string_view ParameterOr(const sluice_schema& schema, std::string_view key,
                             std::string_view otherwise) {
  const sluice_key_value* parameter = FindParameter(schema, key);
  return parameter != nullptr ? abi::View(parameter->value) : otherwise;
}

class Mapper {
 public:
  Mapper(const AvroOptions& options, Document& out) : options_(options), out_(out) {}

  // `bare`: without a null beside it, whatever the schema says.
  StatusOr<const Schema*> Map(const sluice_schema& schema, bool bare = false) {
    if (depth_ >= kDepthMax) {
      return DataError(StrCat("A schema is nested deeper than ", kDepthMax, " for Avro"));
    }
    ++depth_;
    StatusOr<const Schema*> made = MapAny(schema, bare);
    --depth_;
    return made;
  }

 private:
  StatusOr<const Schema*> MapAny(const sluice_schema& schema, bool bare) {
    if (schema.type == SLUICE_STRUCT) return MapStruct(schema, bare);
    SLUICE_ASSIGN_OR_RETURN(Schema * base, MapBase(schema));
    SLUICE_RETURN_IF_ERROR(AddProps(schema, *base));
    return bare ? base : MaybeOptional(schema, base);
  }

  const Schema* MaybeOptional(const sluice_schema& schema, const Schema* base) {
    if (schema.optional == 0) return base;
    Schema* both = out_.New(Type::kUnion);
    const Schema* null = out_.New(Type::kNull);
    if (schema.default_value != nullptr && !abi::IsNull(*schema.default_value)) {
      both->branches = {base, null};
    } else {
      both->branches = {null, base};
    }
    return both;
  }

  StatusOr<Schema*> MapBase(const sluice_schema& schema) {
    switch (schema.type) {
      case SLUICE_BOOLEAN:
        return out_.New(Type::kBoolean);
      case SLUICE_INT8:
      case SLUICE_INT16:
      case SLUICE_INT32:
        return out_.New(Type::kInt);
      case SLUICE_INT64:
        return out_.New(Type::kLong);
      case SLUICE_FLOAT32:
        return out_.New(Type::kFloat);
      case SLUICE_FLOAT64:
        return out_.New(Type::kDouble);
      case SLUICE_STRING:
        return MapString(schema);
      case SLUICE_BYTES:
        return MapBytes(schema);
      case SLUICE_ARRAY: {
        Schema* array = out_.New(Type::kArray);
        if (schema.value_schema == nullptr) {
          array->items = &AnythingSchema();
        } else {
          SLUICE_ASSIGN_OR_RETURN(array->items, Map(*schema.value_schema));
        }
        return array;
      }
      case SLUICE_MAP:
        return MapMap(schema);
      default:
        return DataError(StrCat("Unknown schema type: ", record::TypeName(schema.type)));
    }
  }

  StatusOr<Schema*> MapString(const sluice_schema& schema) {
    const bool as_enum = IsEnum(schema) && (options_.enhanced || options_.generalized_sum_types);
    if (!as_enum) return out_.New(Type::kString);
    const std::string_view key = options_.generalized_sum_types ? kGeneralEnum : kEnum;
    const sluice_key_value* full = FindParameter(schema, key);
    if (full == nullptr) return out_.New(Type::kString);
    Schema* made = out_.New(Type::kEnum);
    SetName(*made, SplitFullName(abi::View(full->value), {}));
    const std::string prefix = StrCat(key, ".");
    for (uint32_t i = 0; i < schema.parameter_count; ++i) {
      const std::string_view name = abi::View(schema.parameters[i].key);
      if (name.starts_with(prefix)) made->symbols.emplace_back(name.substr(prefix.size()));
    }
    const std::string own = NameOrDefault(schema).name;
    const sluice_key_value* doc =
        FindParameter(schema, options_.discard_type_doc_default ? std::string(kPlainEnumDoc)
                                                                : StrCat(kEnumDoc, own));
    if (doc != nullptr) made->doc = std::string(abi::View(doc->value));
    const sluice_key_value* fallback = FindParameter(schema, StrCat(kEnumDefault, own));
    if (fallback != nullptr && !options_.discard_type_doc_default) {
      made->enum_default = std::string(abi::View(fallback->value));
    }
    return made;
  }

  StatusOr<Schema*> MapBytes(const sluice_schema& schema) {
    Schema* made = nullptr;
    if (IsFixed(schema)) {
      const auto size = FixedSize(schema);
      if (!size) {
        return DataError(StrCat("The parameter ", kFixedSize, " is no size: ",
                                abi::View(FindParameter(schema, kFixedSize)->value)));
      }
      made = out_.New(Type::kFixed);
      SetName(*made, NameOrDefault(schema));
      made->size = *size;
    } else {
      made = out_.New(Type::kBytes);
    }
    if (NameIs(schema, record::kDecimalName)) {
      SLUICE_ASSIGN_OR_RETURN(const int32_t scale, record::DecimalScale(schema));
      AddNumber(*made, "scale", scale);
      AddNumber(*made, "precision", Precision(schema));
    }
    return made;
  }

  static int64_t Precision(const sluice_schema& schema) {
    return ParseInt64(ParameterOr(schema, kDecimalPrecision, ""))
        .value_or(kDecimalPrecisionDefault);
  }

  StatusOr<Schema*> MapMap(const sluice_schema& schema) {
    if (schema.key_schema == nullptr || schema.value_schema == nullptr) {
      return DataError("A map's schema has no schema of keys or of values, which Avro needs");
    }
    if (HasTextKeys(schema, options_)) {
      Schema* map = out_.New(Type::kMap);
      SLUICE_ASSIGN_OR_RETURN(map->items, Map(*schema.value_schema));
      return map;
    }
    Schema* entry = out_.New(Type::kRecord);
    if (schema.name.data == nullptr) {
      SetName(*entry, {std::string(kNamespace), std::string(kMapEntry)});
    } else {
      SetName(*entry, NameOrDefault(schema));
      AddText(*entry, kConnectInternalType, kMapEntry);
    }
    SLUICE_RETURN_IF_ERROR(AddField(*entry, "key", *schema.key_schema, std::nullopt));
    SLUICE_RETURN_IF_ERROR(AddField(*entry, "value", *schema.value_schema, std::nullopt));
    Schema* array = out_.New(Type::kArray);
    array->items = entry;
    return array;
  }

  StatusOr<const Schema*> MapStruct(const sluice_schema& schema, bool bare) {
    if (IsUnion(schema)) return MapUnion(schema);
    SLUICE_ASSIGN_OR_RETURN(const Schema* record, MapRecord(schema));
    if (schema.optional == 0 || bare) return record;
    Schema* both = out_.New(Type::kUnion);
    both->branches = {out_.New(Type::kNull), record};
    return both;
  }

  StatusOr<const Schema*> MapUnion(const sluice_schema& schema) {
    Schema* all = out_.New(Type::kUnion);
    if (schema.optional != 0) all->branches.push_back(out_.New(Type::kNull));
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      SLUICE_ASSIGN_OR_RETURN(const Schema* branch, Map(*schema.fields[i].schema, true));
      if (branch->type == Type::kUnion) return DataError("A union directly inside a union");
      all->branches.push_back(branch);
    }
    return all;
  }

  // The same struct, whether optional or not, is one record; one inside itself is itself.
  StatusOr<const Schema*> MapRecord(const sluice_schema& schema) {
    abi::SchemaBuilder like = abi::SchemaBuilder::Like(schema);
    const sluice_fingerprint print = like.Optional(false).Build()->fingerprint;
    const auto known = records_.find({print.lo, print.hi});
    if (known != records_.end()) return known->second;
    const SplitName name = NameOrDefault(schema);
    if (schema.name.data != nullptr) {
      const auto open = open_.find(name.full());
      if (open != open_.end()) return open->second;
    }
    Schema* made = out_.New(Type::kRecord);
    SetName(*made, name);
    const sluice_key_value* doc =
        FindParameter(schema, options_.discard_type_doc_default ? kPlainRecordDoc : kRecordDoc);
    if (doc != nullptr) made->doc = std::string(abi::View(doc->value));
    if (schema.name.data != nullptr) open_.emplace(name.full(), made);
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      const std::string_view field = abi::View(schema.fields[i].name);
      std::optional<std::string> text;
      if (!options_.discard_type_doc_default) {
        const sluice_key_value* field_doc = FindParameter(schema, StrCat(kFieldDoc, field));
        if (field_doc != nullptr) text = std::string(abi::View(field_doc->value));
      }
      SLUICE_RETURN_IF_ERROR(AddField(*made, field, *schema.fields[i].schema, std::move(text)));
    }
    if (schema.name.data != nullptr) open_.erase(name.full());
    SLUICE_RETURN_IF_ERROR(AddProps(schema, *made));
    records_.emplace(std::pair(print.lo, print.hi), made);
    return made;
  }

  Status AddField(Schema& record, std::string_view name, const sluice_schema& schema,
                  std::optional<std::string> doc) {
    Field field{.name = ScrubName(name, options_)};
    if (field.name.empty()) return DataError("A field has no name, which Avro needs");
    if (record.FindField(field.name) != nullptr) {
      return DataError(
          StrCat("Two fields of ", record.full_name(), " are called ", field.name, " in Avro"));
    }
    const bool again =
        schema.name.data != nullptr && !seen_.insert(NameOrDefault(schema).full()).second;
    SLUICE_ASSIGN_OR_RETURN(field.schema, Map(schema));
    // A name alone says nothing of parameters, which may be others than those of the first use.
    if (again && options_.connect_meta_data && IsNamed(*field.schema)) {
      AddParameters(schema, field.props);
    }
    field.doc = std::move(doc);
    if (options_.discard_type_doc_default && schema.doc.data != nullptr) {
      field.doc = std::string(abi::View(schema.doc));
    }
    if (schema.default_value != nullptr && !abi::IsNull(*schema.default_value)) {
      SLUICE_ASSIGN_OR_RETURN(field.default_value, Default(schema));
      if (!IsValidDefault(*field.schema, *field.default_value)) {
        LogWarn("avro", "The default of field ", record.full_name(), ".", field.name,
                " does not fit its Avro type and is ignored");
        field.default_value = nullptr;
      }
    } else if (schema.optional != 0) {
      field.default_value = out_.NewValue();
    }
    record.fields.push_back(std::move(field));
    return OkStatus();
  }

  StatusOr<const rapidjson::Value*> Default(const sluice_schema& schema) {
    SLUICE_ASSIGN_OR_RETURN(rapidjson::Value json,
                            DefaultJson(schema, *schema.default_value, options_, out_.allocator()));
    rapidjson::Value* place = out_.NewValue();
    *place = std::move(json);
    return place;
  }

  Status AddProps(const sluice_schema& schema, Schema& made) {
    if (options_.connect_meta_data) SLUICE_RETURN_IF_ERROR(AddMetaData(schema, made));
    if (NameIs(schema, record::kDecimalName)) {
      // Avro's own decimal has a scale from 0 to its precision; others are marked all the same.
      AddText(made, kLogicalType, "decimal");
    } else if (NameIs(schema, record::kTimeName)) {
      AddText(made, kLogicalType, "time-millis");
    } else if (NameIs(schema, record::kTimestampName)) {
      AddText(made, kLogicalType, "timestamp-millis");
    } else if (NameIs(schema, record::kDateName)) {
      AddText(made, kLogicalType, "date");
    }
    for (uint32_t i = 0; i < schema.parameter_count; ++i) {
      const std::string_view key = abi::View(schema.parameters[i].key);
      if (key.starts_with(kAvroPrefix)) AddText(made, key, abi::View(schema.parameters[i].value));
    }
    return OkStatus();
  }

  Status AddMetaData(const sluice_schema& schema, Schema& made) {
    if (schema.doc.data != nullptr) AddText(made, kConnectDoc, abi::View(schema.doc));
    if (schema.has_version != 0) AddNumber(made, kConnectVersion, schema.version);
    AddParameters(schema, made.props);
    if (schema.default_value != nullptr && !abi::IsNull(*schema.default_value) &&
        (options_.discard_type_doc_default || FindParameter(schema, kFieldDefault) == nullptr)) {
      SLUICE_ASSIGN_OR_RETURN(const rapidjson::Value* json, Default(schema));
      made.props.emplace_back(kConnectDefault, json);
    }
    if (schema.name.data != nullptr) AddText(made, kConnectName, abi::View(schema.name));
    if (schema.type == SLUICE_INT8) AddText(made, kConnectType, "int8");
    if (schema.type == SLUICE_INT16) AddText(made, kConnectType, "int16");
    return OkStatus();
  }

  void AddParameters(const sluice_schema& schema, Props& props) {
    rapidjson::Value parameters(rapidjson::kObjectType);
    for (uint32_t i = 0; i < schema.parameter_count; ++i) {
      const std::string_view key = abi::View(schema.parameters[i].key);
      if (!options_.discard_type_doc_default && key == kFieldDefault) continue;
      parameters.AddMember(Text(key), Text(abi::View(schema.parameters[i].value)),
                           out_.allocator());
    }
    if (parameters.MemberCount() > 0) {
      rapidjson::Value* place = out_.NewValue();
      *place = std::move(parameters);
      props.emplace_back(kConnectParameters, place);
    }
  }

  static bool IsNamed(const Schema& schema) {
    if (schema.type == Type::kUnion) {
      return std::any_of(schema.branches.begin(), schema.branches.end(),
                         [](const Schema* branch) { return IsNamed(*branch); });
    }
    return schema.type == Type::kRecord || schema.type == Type::kEnum ||
           schema.type == Type::kFixed;
  }

  rapidjson::Value Text(std::string_view text) {
    return rapidjson::Value(text.data() == nullptr ? "" : text.data(),
                            static_cast<rapidjson::SizeType>(text.size()), out_.allocator());
  }
  void AddText(Schema& made, std::string_view key, std::string_view text) {
    if (made.Prop(key) != nullptr) return;
    rapidjson::Value* place = out_.NewValue();
    *place = Text(text);
    made.props.emplace_back(key, place);
  }
  void AddNumber(Schema& made, std::string_view key, int64_t number) {
    rapidjson::Value* place = out_.NewValue();
    place->SetInt64(number);
    made.props.emplace_back(key, place);
  }

  static void SetName(Schema& made, SplitName name) {
    made.name = std::move(name.name);
    made.space = std::move(name.space);
  }

  SplitName NameOrDefault(const sluice_schema& schema) {
    if (schema.name.data != nullptr) return SplitFullName(abi::View(schema.name), options_);
    ++unnamed_;
    return {std::string(kNamespace),
            unnamed_ > 1 ? StrCat(kDefaultName, unnamed_) : std::string(kDefaultName)};
  }

  const AvroOptions& options_;
  Document& out_;
  std::map<std::pair<uint64_t, uint64_t>, const Schema*>
      records_;                                // by the required schema's print
  std::map<std::string, const Schema*> open_;  // that are being made, by name
  std::set<std::string> seen_;                 // names of fields' schemas
  int unnamed_ = 0;
  int depth_ = 0;
};

}  // namespace

StatusOr<std::shared_ptr<const Document>> FromConnectSchema(const sluice_schema& schema,
                                                            const AvroOptions& options) {
  auto document = std::make_shared<Document>();
  SLUICE_ASSIGN_OR_RETURN(const Schema* root, Mapper(options, *document).Map(schema));
  document->SetRoot(root);
  return document;
}

}  // namespace sluice::convert::avro

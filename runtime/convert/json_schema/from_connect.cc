#include "runtime/convert/json_schema/from_connect.h"

#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/abi/views.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_schema/connect_names.h"
#include "runtime/convert/json_schema/java_map.h"
#include "runtime/convert/json_schema/value_writer.h"
#include "runtime/record/decimal.h"
#include "runtime/record/json_output.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/schema.h"

namespace sluice::convert::json_schema {
namespace {

constexpr int kDepthMax = 190;  // the library that prints it in Java gives up at 200
constexpr int kPrintedMax = 10'000;

// A number as org.json prints it and Jackson reads and prints it again.
std::string NumberText(std::string_view number) {
  std::string text(number);
  const bool exponent = text.find_first_of("eE") != std::string::npos;
  if (text.find('.') != std::string::npos && !exponent) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  if (!exponent && text.find('.') == std::string::npos) return text;
  abi::Arena arena(256);
  const auto decimal = record::ParseDecimal(text, arena);
  if (!decimal) return text;
  std::string out;
  record::AppendDecimalText(out, *decimal);
  return out;
}

// JSON that was read as text, in the order of org.json's objects.
void AppendNode(const sluice_value& node, std::string& out) {
  switch (node.kind) {
    case record::kJsonNumber:
      out += NumberText(abi::Text(node));
      return;
    case SLUICE_STRING:
      out += JsonQuote(abi::Text(node));
      return;
    case SLUICE_BOOLEAN:
      out += node.as.int64 != 0 ? "true" : "false";
      return;
    case SLUICE_ARRAY:
      out.push_back('[');
      for (uint32_t i = 0; i < node.size; ++i) {
        if (i != 0) out.push_back(',');
        AppendNode(node.as.items[i], out);
      }
      out.push_back(']');
      return;
    case SLUICE_MAP: {
      std::vector<const sluice_map_entry*> entries;
      for (uint32_t i = 0; i < node.size; ++i) entries.push_back(&node.as.entries[i]);
      entries = InJavaOrder(std::move(entries), kJavaMapCapacity,
                            [](const auto* entry) { return abi::Text(entry->key); });
      char before = '{';
      for (const sluice_map_entry* entry : entries) {
        out.push_back(before);
        before = ',';
        StrAppend(out, JsonQuote(abi::Text(entry->key)), ":");
        AppendNode(entry->value, out);
      }
      out += before == '{' ? "{}" : "}";
      return;
    }
    default:
      out += "null";
  }
}

// One JSON object, member by member.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_.push_back('{'); }
  void Name(std::string_view name) {
    if (!first_) out_.push_back(',');
    first_ = false;
    StrAppend(out_, JsonQuote(name), ":");
  }
  void Text(std::string_view name, std::string_view text) {
    Name(name);
    out_ += JsonQuote(text);
  }
  void Raw(std::string_view name, std::string_view json) {
    Name(name);
    out_ += json;
  }
  void End() { out_.push_back('}'); }

 private:
  std::string& out_;
  bool first_ = true;
};

// Keywords that are no rules, in the order of the map in which Java keeps them.
class Extras {
 public:
  void Add(std::string_view key, std::string json) { list_.emplace_back(key, std::move(json)); }
  void Write(Members& members) const {
    const auto key_of = [](const auto& one) { return std::string_view(one.first); };
    auto ordered = InJavaOrder(list_, kJavaMapCapacity, key_of);
    const size_t size = ordered.size();
    ordered = InJavaOrder(std::move(ordered), JavaCopyCapacity(size), key_of);
    for (const auto& [key, json] : ordered) members.Raw(key, json);
  }

 private:
  std::vector<std::pair<std::string_view, std::string>> list_;
};

class Printer {
 public:
  Printer(const Options& options, std::string& out) : options_(options), out_(out) {}

  struct Place {
    std::optional<uint32_t> index = {};  // in a struct, a union or an entry
    bool required = false;               // whatever the schema says
  };

  Status Print(const sluice_schema& schema, const Place& place) {
    if (depth_ >= kDepthMax || ++printed_ > kPrintedMax) {
      return DataError(
          StrCat("The schema is too large for a JSON schema: written out, it has more "
                 "than ",
                 kPrintedMax, " types, or is nested more than ", kDepthMax, " deep"));
    }
    const bool optional = schema.optional != 0 && !place.required;
    // Beside null, in a union and in a map's entry it lies one deeper.
    const int levels = optional || IsUnion(schema) || schema.type == SLUICE_MAP ? 3 : 1;
    depth_ += levels;
    const sluice_str* id = FindParameter(schema, kId);
    if (id != nullptr) ids_.insert(abi::View(*id));
    Status done;
    if (schema.type == SLUICE_STRUCT && IsUnion(schema)) {
      done = PrintUnion(schema, optional, id, place);
    } else if (optional) {
      // Beside null. A struct's place and id are told outside, others' id there alone.
      Members members(out_);
      PrintIdAndIndex(id, place.index, members);
      members.Name("oneOf");
      out_ += "[{\"type\":\"null\"},";
      done = PrintBare(schema, schema.type == SLUICE_STRUCT ? id : nullptr, {});
      out_ += "]";
      members.End();
    } else {
      done = PrintBare(schema, id, place.index);
    }
    depth_ -= levels;
    return done;
  }

 private:
  static void PrintIdAndIndex(const sluice_str* id, std::optional<uint32_t> index,
                              Members& members) {
    if (id != nullptr) members.Text("id", abi::View(*id));
    if (index) members.Raw(kConnectIndex, StrCat(*index));
  }

  Status PrintUnion(const sluice_schema& schema, bool optional, const sluice_str* id,
                    const Place& place) {
    Members members(out_);
    PrintIdAndIndex(id, place.index, members);
    members.Name("oneOf");
    out_.push_back('[');
    if (optional) out_ += "{\"type\":\"null\"}";
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      if (i != 0 || optional) out_.push_back(',');
      SLUICE_RETURN_IF_ERROR(Print(*schema.fields[i].schema, {.index = i, .required = true}));
    }
    out_.push_back(']');
    members.End();
    return OkStatus();
  }

  // What the schema is if it is not null.
  Status PrintBare(const sluice_schema& schema, const sluice_str* id,
                   std::optional<uint32_t> index) {
    Members members(out_);
    Extras extras;
    switch (schema.type) {
      case SLUICE_INT8:
      case SLUICE_INT16:
      case SLUICE_INT32:
      case SLUICE_INT64:
      case SLUICE_FLOAT32:
      case SLUICE_FLOAT64:
        members.Text("type", schema.type <= SLUICE_INT64 ? "integer" : "number");
        extras.Add(kConnectType, JsonQuote(NumberTypeName(schema.type)));
        break;
      case SLUICE_BOOLEAN:  // whose type stands behind
        SLUICE_RETURN_IF_ERROR(PrintCommon(schema, id, index, extras, members));
        members.Text("type", "boolean");
        members.End();
        return OkStatus();
      case SLUICE_STRING:
        if (!PrintEnum(schema, members)) members.Text("type", "string");
        break;
      case SLUICE_BYTES:
        members.Text("type", options_.numeric_decimals &&
                                     record::LogicalOf(&schema) == record::Logical::kDecimal
                                 ? "number"
                                 : "string");
        extras.Add(kConnectType, JsonQuote(kBytesType));
        break;
      case SLUICE_ARRAY:
        return PrintArray(schema, id, index, members);
      case SLUICE_MAP:
        return PrintMap(schema, id, index, members);
      case SLUICE_STRUCT:
        return PrintStruct(schema, id, index, members);
      default:
        return DataError(StrCat("Unsupported type ", record::TypeName(schema.type)));
    }
    SLUICE_RETURN_IF_ERROR(PrintCommon(schema, id, index, extras, members));
    members.End();
    return OkStatus();
  }

  static std::string_view NumberTypeName(sluice_kind type) {
    static constexpr std::string_view kNames[] = {"int8",  "int16",   "int32",
                                                  "int64", "float32", "float64"};
    return kNames[type - SLUICE_INT8];
  }

  // Symbols are parameters of the one kind or the other; only those of the wanted kind are told.
  bool PrintEnum(const sluice_schema& schema, Members& members) const {
    if (FindParameter(schema, kEnum) == nullptr && FindParameter(schema, kGeneralEnum) == nullptr) {
      return false;
    }
    const std::string prefix = StrCat(options_.generalized_sum_types ? kGeneralEnum : kEnum, ".");
    std::vector<std::string_view> symbols;
    for (uint32_t i = 0; i < schema.parameter_count; ++i) {
      const std::string_view key = abi::View(schema.parameters[i].key);
      if (key.starts_with(prefix)) symbols.push_back(key.substr(prefix.size()));
    }
    symbols = InJavaOrder(std::move(symbols), kJavaMapCapacity, [](std::string_view symbol) {
      return symbol == kNullSymbol ? std::string_view() : symbol;
    });
    members.Name("enum");
    out_.push_back('[');
    for (size_t i = 0; i < symbols.size(); ++i) {
      if (i != 0) out_.push_back(',');
      out_ += symbols[i] == kNullSymbol ? "null" : JsonQuote(symbols[i]);
    }
    out_.push_back(']');
    return true;
  }

  Status PrintArray(const sluice_schema& schema, const sluice_str* id,
                    std::optional<uint32_t> index, Members& members) {
    if (schema.value_schema == nullptr) {
      return DataError("An array whose items have no schema has no JSON schema");
    }
    members.Text("type", "array");
    SLUICE_RETURN_IF_ERROR(PrintCommon(schema, id, index, {}, members));
    members.Name("items");
    SLUICE_RETURN_IF_ERROR(PrintOrRefer(*schema.value_schema, {}));
    members.End();
    return OkStatus();
  }

  Status PrintMap(const sluice_schema& schema, const sluice_str* id, std::optional<uint32_t> index,
                  Members& members) {
    if (schema.key_schema == nullptr || schema.value_schema == nullptr) {
      return DataError("A map whose keys or values have no schema has no JSON schema");
    }
    Extras extras;
    extras.Add(kConnectType, JsonQuote(kMapType));
    const bool object = IsObjectMap(schema);
    members.Text("type", object ? "object" : "array");
    SLUICE_RETURN_IF_ERROR(PrintCommon(schema, id, index, extras, members));
    if (object) {
      members.Name("additionalProperties");
      SLUICE_RETURN_IF_ERROR(Print(*schema.value_schema, {}));
    } else {
      members.Name("items");
      Members entry(out_);
      entry.Text("type", "object");
      // The key is looked at first, and stands second in Java's map.
      std::string key;
      key.swap(out_);
      const Status done = Print(*schema.key_schema, {.index = 0});
      key.swap(out_);
      SLUICE_RETURN_IF_ERROR(done);
      entry.Name("properties");
      out_ += "{\"value\":";
      SLUICE_RETURN_IF_ERROR(Print(*schema.value_schema, {.index = 1}));
      StrAppend(out_, ",\"key\":", key, "}");
      entry.End();
    }
    members.End();
    return OkStatus();
  }

  Status PrintStruct(const sluice_schema& schema, const sluice_str* id,
                     std::optional<uint32_t> index, Members& members) {
    members.Text("type", "object");
    if (!options_.additional_properties) members.Raw("additionalProperties", "false");
    SLUICE_RETURN_IF_ERROR(PrintCommon(schema, id, index, {}, members));
    // Fields are looked at in their own order, which decides where a type is told and where it is
    // referred to; they are told in that of Java's map.
    std::vector<std::pair<std::string_view, std::string>> fields;
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      std::string text;
      text.swap(out_);
      const Status done = PrintOrRefer(*schema.fields[i].schema, {.index = i});
      text.swap(out_);
      SLUICE_RETURN_IF_ERROR(done);
      fields.emplace_back(abi::View(schema.fields[i].name), std::move(text));
    }
    if (!fields.empty()) {
      fields = InJavaOrder(std::move(fields), kJavaMapCapacity,
                           [](const auto& field) { return field.first; });
      members.Name("properties");
      Members properties(out_);
      for (const auto& [name, text] : fields) properties.Raw(name, text);
      properties.End();
    }
    members.End();
    return OkStatus();
  }

  // A type that has an id and was told is referred to.
  Status PrintOrRefer(const sluice_schema& schema, const Place& place) {
    const sluice_str* id = FindParameter(schema, kId);
    if (id == nullptr || !ids_.contains(abi::View(*id))) return Print(schema, place);
    Members members(out_);
    members.Text("$ref", abi::View(*id));
    members.End();
    return OkStatus();
  }

  Status PrintCommon(const sluice_schema& schema, const sluice_str* id,
                     std::optional<uint32_t> index, Extras extras, Members& members) const {
    if (schema.name.data != nullptr) members.Text("title", abi::View(schema.name));
    if (schema.doc.data != nullptr) members.Text("description", abi::View(schema.doc));
    if (schema.default_value != nullptr && !abi::IsNull(*schema.default_value)) {
      SLUICE_ASSIGN_OR_RETURN(const std::string text, DefaultText(schema));
      if (text != "null") members.Raw("default", text);
    }
    if (id != nullptr) members.Text("id", abi::View(*id));
    if (schema.has_version) extras.Add(kConnectVersion, StrCat(schema.version));
    if (std::string text = ParametersText(schema); !text.empty()) {
      extras.Add(kConnectParameters, std::move(text));
    }
    if (index) extras.Add(kConnectIndex, StrCat(*index));
    extras.Write(members);
    return OkStatus();
  }

  StatusOr<std::string> DefaultText(const sluice_schema& schema) const {
    record::JsonOutput written;
    SLUICE_RETURN_IF_ERROR(WriteValue(schema, *schema.default_value, options_, written));
    const sluice_kind kind = schema.default_value->kind;
    if ((kind == SLUICE_FLOAT32 || kind == SLUICE_FLOAT64) && written.view()[0] == '"') {
      return DataError("JSON Schema has no defaults that are no numbers or infinite");
    }
    abi::Arena arena(256);
    SLUICE_ASSIGN_OR_RETURN(
        const sluice_value node,
        record::JsonReader().Read(written.view(), record::JsonNumbers::kText, arena));
    std::string text;
    AppendNode(node, text);
    return text;
  }

  // Empty: there are none to be told.
  static std::string ParametersText(const sluice_schema& schema) {
    std::vector<const sluice_key_value*> list;
    for (uint32_t i = 0; i < schema.parameter_count; ++i) {
      if (!abi::View(schema.parameters[i].key).starts_with(kNamespace)) {
        list.push_back(&schema.parameters[i]);
      }
    }
    if (list.empty()) return {};
    const auto key_of = [](const sluice_key_value* one) { return abi::View(one->key); };
    list = InJavaOrder(std::move(list), kJavaMapCapacity, key_of);
    const size_t size = list.size();
    list = InJavaOrder(std::move(list), size, key_of);
    std::string text;
    Members members(text);
    for (const sluice_key_value* one : list) members.Text(key_of(one), abi::View(one->value));
    members.End();
    return text;
  }

  const Options& options_;
  std::string& out_;
  std::set<std::string_view> ids_;
  int printed_ = 0;
  int depth_ = 0;
};

}  // namespace

StatusOr<std::string> FromConnectSchema(const sluice_schema& schema, const Options& options) {
  std::string text;
  SLUICE_RETURN_IF_ERROR(Printer(options, text).Print(schema, {}));
  return text;
}

}  // namespace sluice::convert::json_schema

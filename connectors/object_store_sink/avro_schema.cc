#include "connectors/object_store_sink/avro_schema.h"

#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "connectors/object_store_sink/avro_default.h"
#include "connectors/sdk/errors.h"
#include "connectors/shared/json_text.h"

namespace sluice::object_store_sink {
namespace {

constexpr int kDepthMax = 500;
constexpr std::string_view kNamespace = "io.confluent.connect.avro";
constexpr std::string_view kEnumParameters[] = {"io.confluent.connect.avro.Enum",
                                                "org.apache.kafka.connect.data.Enum"};

std::string_view NameOf(const sluice_schema& schema) {
  return schema.name.data != nullptr ? abi::View(schema.name) : std::string_view();
}

const sluice_key_value* Parameter(const sluice_schema& schema, std::string_view key) {
  for (uint32_t i = 0; i < schema.parameter_count; ++i) {
    if (abi::View(schema.parameters[i].key) == key) return &schema.parameters[i];
  }
  return nullptr;
}

int32_t NumberParameter(const sluice_schema& schema, std::string_view key, int32_t otherwise) {
  const sluice_key_value* parameter = Parameter(schema, key);
  if (parameter == nullptr) return otherwise;
  const std::string_view text = abi::View(parameter->value);
  int32_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Letters, digits and _, none of the digits in front.
std::string Scrubbed(std::string_view name) {
  std::string out;
  for (char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    const bool digit = c >= '0' && c <= '9';
    if (digit && out.empty()) out.push_back('_');
    out.push_back(letter || digit ? c : '_');
  }
  return out.empty() ? "_" : out;
}

class Maker {
 public:
  explicit Maker(bool meta_data) : meta_data_(meta_data) {}

  // Appends the schema's JSON to `json`.
  std::shared_ptr<AvroNode> Make(const sluice_schema& schema, std::string& json, int depth) {
    if (depth > kDepthMax) {
      throw sdk::DataException("a schema nested deeper than ", kDepthMax, " levels");
    }
    auto node = std::make_shared<AvroNode>();
    node->schema = &schema;
    if (schema.optional == 0) {
      MakeBare(schema, *node, json, depth);
      return node;
    }
    // A field's default must fit the first branch.
    const bool value_first = schema.default_value != nullptr && !sdk::IsNull(*schema.default_value);
    node->value_branch = value_first ? 0 : 1;
    node->null_branch = 1 - node->value_branch;
    json.append(value_first ? "[" : "[\"null\",");
    MakeBare(schema, *node, json, depth);
    json.append(value_first ? ",\"null\"]" : "]");
    return node;
  }

 private:
  using Op = AvroNode::Op;

  void MakeBare(const sluice_schema& schema, AvroNode& node, std::string& json, int depth) {
    switch (schema.type) {
      case SLUICE_BOOLEAN:
        return Simple(schema, node, Op::kBoolean, "boolean", json);
      case SLUICE_INT8:
      case SLUICE_INT16:
      case SLUICE_INT32:
        return Simple(schema, node, Op::kWhole, "int", json);
      case SLUICE_INT64:
        return Simple(schema, node, Op::kWhole, "long", json);
      case SLUICE_FLOAT32:
        return Simple(schema, node, Op::kFloat, "float", json);
      case SLUICE_FLOAT64:
        return Simple(schema, node, Op::kDouble, "double", json);
      case SLUICE_STRING:
        if (MakeEnum(schema, node, json)) return;
        return Simple(schema, node, Op::kText, "string", json);
      case SLUICE_BYTES:
        return MakeBytes(schema, node, json);
      case SLUICE_ARRAY:
        return MakeArray(schema, node, json, depth);
      case SLUICE_MAP:
        return MakeMap(schema, node, json, depth);
      case SLUICE_STRUCT:
        return MakeRecord(schema, node, json, depth);
      default:
        throw sdk::DataException("a schema of a type that Avro does not have");
    }
  }

  void Simple(const sluice_schema& schema, AvroNode& node, Op op, std::string_view type,
              std::string& json) {
    node.op = op;
    const std::string props = Props(schema);
    if (props.empty()) return json.append("\"").append(type).append("\""), void();
    json.append("{\"type\":\"").append(type).append("\"").append(props).append("}");
  }

  void MakeBytes(const sluice_schema& schema, AvroNode& node, std::string& json) {
    if (NameOf(schema) != abi::kDecimalName) return Simple(schema, node, Op::kText, "bytes", json);
    node.op = Op::kDecimal;
    node.scale = NumberParameter(schema, "scale", 0);
    json.append(sdk::Cat("{\"type\":\"bytes\",\"scale\":", node.scale, ",\"precision\":",
                         NumberParameter(schema, "connect.decimal.precision", 64), Props(schema),
                         "}"));
  }

  bool MakeEnum(const sluice_schema& schema, AvroNode& node, std::string& json) {
    for (std::string_view key : kEnumParameters) {
      const sluice_key_value* name = Parameter(schema, key);
      if (name == nullptr) continue;
      const std::string prefix = sdk::Cat(key, ".");
      for (uint32_t i = 0; i < schema.parameter_count; ++i) {
        const std::string_view parameter = abi::View(schema.parameters[i].key);
        if (!parameter.starts_with(prefix)) continue;
        const std::string_view symbol = parameter.substr(prefix.size());
        if (Scrubbed(symbol) != symbol) return false;
        node.symbols.emplace_back(symbol);
      }
      if (node.symbols.empty()) return false;
      node.op = Op::kEnum;
      const sluice_fingerprint print = BareFingerprint(schema);
      const auto known = named_.find({print.lo, print.hi});
      if (known != named_.end()) return shared::AppendJsonString(json, known->second), true;
      const std::string_view wanted = abi::View(name->value);
      std::string full;
      json.append("{\"type\":\"enum\",");
      json.append(NewName(wanted.empty() ? "ConnectEnum" : wanted, &full));
      named_.emplace(std::pair(print.lo, print.hi), full);
      json.append(",\"symbols\":[");
      for (size_t i = 0; i < node.symbols.size(); ++i) {
        json.append(i > 0 ? ",\"" : "\"").append(node.symbols[i]).append("\"");
      }
      json.append("]").append(Props(schema)).append("}");
      return true;
    }
    return false;
  }

  void MakeArray(const sluice_schema& schema, AvroNode& node, std::string& json, int depth) {
    if (schema.value_schema == nullptr) {
      throw sdk::DataException("an array's schema has no schema of its elements");
    }
    node.op = Op::kArray;
    json.append("{\"type\":\"array\",\"items\":");
    node.inner.push_back(Make(*schema.value_schema, json, depth + 1));
    json.append(Props(schema)).append("}");
  }

  void MakeMap(const sluice_schema& schema, AvroNode& node, std::string& json, int depth) {
    if (schema.key_schema == nullptr || schema.value_schema == nullptr) {
      throw sdk::DataException("a map's schema has no schema of its keys or of its values");
    }
    std::string keys;
    auto key = Make(*schema.key_schema, keys, depth + 1);
    if (schema.key_schema->type == SLUICE_STRING && schema.key_schema->optional == 0) {
      node.op = Op::kMap;
      json.append("{\"type\":\"map\",\"values\":");
      node.inner = {key, Make(*schema.value_schema, json, depth + 1)};
      json.append(Props(schema)).append("}");
      return;
    }
    node.op = Op::kEntries;
    json.append("{\"type\":\"array\",\"items\":{\"type\":\"record\",");
    json.append(NewName(NameOf(schema).empty() ? sdk::Cat(kNamespace, ".MapEntry")
                                               : std::string(NameOf(schema))));
    json.append(",\"connect.internal.type\":\"MapEntry\",\"fields\":[{\"name\":\"key\",\"type\":");
    json.append(keys).append("},{\"name\":\"value\",\"type\":");
    node.inner = {key, Make(*schema.value_schema, json, depth + 1)};
    json.append("}]}").append(Props(schema)).append("}");
  }

  // A struct that was met before is only named; its plan is made again, which costs little.
  void MakeRecord(const sluice_schema& schema, AvroNode& node, std::string& json, int depth) {
    node.op = Op::kRecord;
    const sluice_fingerprint print = BareFingerprint(schema);
    const auto known = named_.find({print.lo, print.hi});
    std::string full, head;
    if (known == named_.end()) {
      const std::string_view name = NameOf(schema);
      head = NewName(name.empty() ? sdk::Cat(kNamespace, ".ConnectDefault") : std::string(name),
                     &full);
    }
    std::string fields;
    std::set<std::string> names;
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      const sluice_schema& field = *schema.fields[i].schema;
      const std::string name = Scrubbed(abi::View(schema.fields[i].name));
      if (!names.insert(name).second) {
        throw sdk::DataException("two fields of a struct are called ", name, " in Avro");
      }
      fields.append(i > 0 ? ",{\"name\":\"" : "{\"name\":\"").append(name).append("\",\"type\":");
      node.inner.push_back(Make(field, fields, depth + 1));
      if (field.default_value != nullptr && !sdk::IsNull(*field.default_value)) {
        fields.append(",\"default\":");
        AppendAvroDefault(fields, field, *field.default_value);
      } else if (field.optional != 0) {
        fields.append(",\"default\":null");
      }
      fields.push_back('}');
    }
    if (known != named_.end()) return shared::AppendJsonString(json, known->second);
    json.append("{\"type\":\"record\",").append(head);
    json.append(",\"fields\":[").append(fields).append("]").append(Props(schema)).append("}");
    named_.emplace(std::pair(print.lo, print.hi), full);
  }

  // The same for what differs in being optional, or in its default.
  static sluice_fingerprint BareFingerprint(const sluice_schema& schema) {
    return abi::SchemaBuilder::Like(schema).Optional(false).NoDefault().Build()->fingerprint;
  }

  // "name":...,"namespace":..., of which none was used before.
  std::string NewName(std::string_view wanted, std::string* full = nullptr) {
    const size_t dot = wanted.rfind('.');
    std::string space;
    if (dot != std::string_view::npos) {
      for (std::string_view rest = wanted.substr(0, dot);;) {
        const size_t end = rest.find('.');
        space.append(space.empty() ? "" : ".").append(Scrubbed(rest.substr(0, end)));
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
      }
    }
    const std::string name =
        Scrubbed(dot == std::string_view::npos ? wanted : wanted.substr(dot + 1));
    std::string numbered = name;
    for (int i = 2; !names_.insert(sdk::Cat(space, ".", numbered)).second; ++i) {
      numbered = sdk::Cat(name, i);
    }
    if (full != nullptr) *full = space.empty() ? numbered : sdk::Cat(space, ".", numbered);
    // Without a namespace of its own a type inside another would be in that one's.
    return sdk::Cat("\"name\":\"", numbered, "\",\"namespace\":\"", space, "\"");
  }

  // ,"key":value for each.
  std::string Props(const sluice_schema& schema) const {
    std::string out;
    const auto text = [&](std::string_view key, std::string_view value) {
      out.append(",\"").append(key).append("\":");
      shared::AppendJsonString(out, value);
    };
    if (meta_data_) {
      if (schema.doc.data != nullptr) text("connect.doc", abi::View(schema.doc));
      if (schema.has_version != 0) out += sdk::Cat(",\"connect.version\":", schema.version);
      if (schema.parameter_count > 0) {
        out.append(",\"connect.parameters\":{");
        for (uint32_t i = 0; i < schema.parameter_count; ++i) {
          if (i > 0) out.push_back(',');
          shared::AppendJsonString(out, abi::View(schema.parameters[i].key));
          out.push_back(':');
          shared::AppendJsonString(out, abi::View(schema.parameters[i].value));
        }
        out.push_back('}');
      }
      if (schema.default_value != nullptr && !sdk::IsNull(*schema.default_value)) {
        out.append(",\"connect.default\":");
        AppendAvroDefault(out, schema, *schema.default_value);
      }
      if (!NameOf(schema).empty()) text("connect.name", NameOf(schema));
      if (schema.type == SLUICE_INT8) text("connect.type", "int8");
      if (schema.type == SLUICE_INT16) text("connect.type", "int16");
    }
    const std::string_view name = NameOf(schema);
    if (name == abi::kDecimalName) text("logicalType", "decimal");
    if (name == abi::kDateName) text("logicalType", "date");
    if (name == abi::kTimeName) text("logicalType", "time-millis");
    if (name == abi::kTimestampName) text("logicalType", "timestamp-millis");
    return out;
  }

  const bool meta_data_;
  std::set<std::string> names_;
  std::map<std::pair<uint64_t, uint64_t>, std::string> named_;  // records and enums
};

}  // namespace

AvroSchema MakeAvroSchema(const sluice_schema& schema, bool meta_data) {
  AvroSchema out;
  out.connect = sdk::Schema(&schema);
  out.root = Maker(meta_data).Make(schema, out.json, 0);
  return out;
}

}  // namespace sluice::object_store_sink

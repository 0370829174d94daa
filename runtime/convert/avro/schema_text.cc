// Schemas as JSON.
#include <map>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/convert/avro/schema.h"

namespace sluice::convert::avro {
namespace {

class TextWriter {
 public:
  explicit TextWriter(std::map<std::string, const Schema*>* known = nullptr) {
    if (known != nullptr) names_ = *known;
  }

  Status Write(const Schema& schema) {
    if (++depth_ > kDepthMax) return DataError("The Avro schema is nested too deep to be written");
    const Status written = WriteAny(schema);
    --depth_;
    return written;
  }
  std::string Take() { return json_.Take(); }

 private:
  Status WriteAny(const Schema& schema) {
    switch (schema.type) {
      case Type::kRecord:
      case Type::kEnum:
      case Type::kFixed:
        return WriteNamed(schema);
      case Type::kUnion:
        json_.StartArray();
        for (const Schema* branch : schema.branches) SLUICE_RETURN_IF_ERROR(Write(*branch));
        json_.EndArray();
        return OkStatus();
      case Type::kArray:
      case Type::kMap:
        json_.StartObject().Key("type").String(TypeName(schema.type));
        json_.Key(schema.type == Type::kMap ? "values" : "items");
        SLUICE_RETURN_IF_ERROR(Write(*schema.items));
        WriteProps(schema.props);
        json_.EndObject();
        return OkStatus();
      default:
        if (schema.props.empty()) {
          json_.String(TypeName(schema.type));
          return OkStatus();
        }
        json_.StartObject().Key("type").String(TypeName(schema.type));
        WriteProps(schema.props);
        json_.EndObject();
        return OkStatus();
    }
  }

  void WriteProps(const Props& props) {
    for (const auto& [key, value] : props) json_.Key(key).Value(*value);
  }

  void WriteTexts(std::string_view key, const std::vector<std::string>& texts) {
    json_.Key(key).StartArray();
    for (const std::string& one : texts) json_.String(one);
    json_.EndArray();
  }

  Status WriteNamed(const Schema& schema) {
    const std::string full = schema.full_name();
    const auto [known, fresh] = names_.emplace(full, &schema);
    if (!fresh) {
      if (known->second != &schema && !Fits(*known->second, schema)) {
        return DataError(
            StrCat("Can't redefine: ", full,
                   ": two different schemas have this name. Give one of them another"));
      }
      json_.String(schema.space.empty() || schema.space == space_ ? schema.name : full);
      return OkStatus();
    }
    json_.StartObject().Key("type").String(TypeName(schema.type));
    json_.Key("name").String(schema.name);
    if (schema.space != space_) json_.Key("namespace").String(schema.space);
    const std::string around = std::exchange(space_, schema.space);
    if (schema.doc) json_.Key("doc").String(*schema.doc);
    SLUICE_RETURN_IF_ERROR(WriteParts(schema));
    WriteProps(schema.props);
    if (!schema.aliases.empty()) WriteAliases(schema);
    json_.EndObject();
    space_ = around;
    return OkStatus();
  }

  Status WriteParts(const Schema& schema) {
    if (schema.type == Type::kFixed) {
      json_.Key("size").Int(schema.size);
    } else if (schema.type == Type::kEnum) {
      WriteTexts("symbols", schema.symbols);
      if (schema.enum_default) json_.Key("default").String(*schema.enum_default);
    } else {
      json_.Key("fields").StartArray();
      for (const Field& field : schema.fields) {
        json_.StartObject().Key("name").String(field.name).Key("type");
        SLUICE_RETURN_IF_ERROR(Write(*field.schema));
        if (field.doc) json_.Key("doc").String(*field.doc);
        if (field.default_value != nullptr) json_.Key("default").Value(*field.default_value);
        if (!field.order.empty()) json_.Key("order").String(field.order);
        if (!field.aliases.empty()) WriteTexts("aliases", field.aliases);
        WriteProps(field.props);
        json_.EndObject();
      }
      json_.EndArray();
    }
    return OkStatus();
  }

  void WriteAliases(const Schema& schema) {
    const std::string prefix = schema.space + ".";
    std::vector<std::string> aliases;
    for (const std::string& alias : schema.aliases) {
      const bool here = !schema.space.empty() && alias.starts_with(prefix) &&
                        alias.find('.', prefix.size()) == std::string::npos;
      aliases.push_back(here ? alias.substr(prefix.size()) : alias);
    }
    WriteTexts("aliases", aliases);
  }

  // Whether a name can stand for both. What it says beside the binary form is that of its first
  // use.
  bool Fits(const Schema& a, const Schema& b) {
    if (a.type == b.type && a.type == Type::kEnum) return a.symbols == b.symbols;
    if (a.type == b.type && a.type == Type::kFixed) return a.size == b.size;
    return SameText(a, b);
  }

  // Names that are open count as known, so that recursive types end.
  bool SameText(const Schema& a, const Schema& b) {
    std::map<std::string, const Schema*> known = names_;
    known.erase(a.full_name());
    TextWriter one(&known), other(&known);
    return comparing_++ < kCompareMax && one.Write(a).ok() && other.Write(b).ok() &&
           one.Take() == other.Take();
  }

  static constexpr int kCompareMax = 1000;
  static constexpr int kDepthMax = 1000;

  JsonWriter json_;
  std::string space_;
  std::map<std::string, const Schema*> names_;
  int comparing_ = 0;
  int depth_ = 0;
};

}  // namespace

StatusOr<std::string> SchemaText(const Schema& schema) {
  TextWriter writer;
  SLUICE_RETURN_IF_ERROR(writer.Write(schema));
  return writer.Take();
}

}  // namespace sluice::convert::avro

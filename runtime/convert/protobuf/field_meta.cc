#include "runtime/convert/protobuf/field_meta.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/unknown_field_set.h>

#include "runtime/base/text.h"

namespace sluice::convert::protobuf {
namespace {

namespace pb = google::protobuf;
using pb::io::Tokenizer;

constexpr int kDepthMax = 32;
constexpr int kExtension = 1088;  // the option's number, in descriptors where it was interpreted

class NoErrors : public pb::io::ErrorCollector {
 public:
  void AddError(int, int, const std::string&) override {}
};

// `params: [{key: "a", value: "b"}, ...]` in the text form of messages; any other members are
// passed over.
class MetaText {
 public:
  explicit MetaText(std::string_view text)
      : bytes_(text.data(), static_cast<int>(text.size())), tokens_(&bytes_, &errors_) {
    tokens_.Next();
  }

  Field::Params Read() {
    (void)Members(0, nullptr);
    return std::move(params_);
  }

 private:
  using Param = std::pair<std::string, std::string>;

  bool Is(std::string_view symbol) { return tokens_.current().text == symbol; }
  bool AtEnd() { return tokens_.current().type == Tokenizer::TYPE_END; }
  bool Take(std::string_view symbol) {
    if (!Is(symbol)) return false;
    tokens_.Next();
    return true;
  }

  // Up to a } or the end. `param`: of the message that is one.
  bool Members(int depth, Param* param) {
    if (depth > kDepthMax) return false;
    while (!AtEnd() && !Is("}")) {
      if (Take(",") || Take(";")) continue;
      if (tokens_.current().type != Tokenizer::TYPE_IDENTIFIER) return false;
      const std::string name = tokens_.current().text;
      tokens_.Next();
      (void)Take(":");
      if (!Value(name, depth, param)) return false;
    }
    return true;
  }

  bool Value(const std::string& name, int depth, Param* param) {
    if (depth > kDepthMax) return false;
    if (Take("[")) {
      while (!Is("]")) {
        if (AtEnd() || !Value(name, depth + 1, param)) return false;
        (void)Take(",");
      }
      return Take("]");
    }
    if (Take("{")) {
      const bool is_param = depth <= 1 && name == "params";
      Param inner;
      if (!Members(depth + 1, is_param ? &inner : nullptr)) return false;
      if (is_param) params_.push_back(std::move(inner));
      return Take("}");
    }
    if (tokens_.current().type == Tokenizer::TYPE_STRING) {
      std::string text;
      while (tokens_.current().type == Tokenizer::TYPE_STRING) {
        Tokenizer::ParseStringAppend(tokens_.current().text, &text);
        tokens_.Next();
      }
      if (param != nullptr && name == "key") param->first = text;
      if (param != nullptr && name == "value") param->second = text;
      return true;
    }
    (void)Take("-");
    if (AtEnd()) return false;
    tokens_.Next();
    return true;
  }

  pb::io::ArrayInputStream bytes_;
  NoErrors errors_;
  Tokenizer tokens_;
  Field::Params params_;
};

void Append(Field::Params& params, Field::Params more) {
  for (auto& param : more) params.push_back(std::move(param));
}

// A Meta message in binary form.
Field::Params OfBinary(const pb::UnknownField& field) {
  Field::Params params;
  pb::UnknownFieldSet meta;
  if (!meta.ParseFromString(field.length_delimited())) return params;
  for (int i = 0; i < meta.field_count(); ++i) {
    const pb::UnknownField& entry = meta.field(i);
    if (entry.number() != 2 || entry.type() != pb::UnknownField::TYPE_LENGTH_DELIMITED) continue;
    pb::UnknownFieldSet parts;
    if (!parts.ParseFromString(entry.length_delimited())) continue;
    std::pair<std::string, std::string> param;
    for (int j = 0; j < parts.field_count(); ++j) {
      const pb::UnknownField& part = parts.field(j);
      if (part.type() != pb::UnknownField::TYPE_LENGTH_DELIMITED) continue;
      if (part.number() == 1) param.first = part.length_delimited();
      if (part.number() == 2) param.second = part.length_delimited();
    }
    params.push_back(std::move(param));
  }
  return params;
}

}  // namespace

Field::Params ParamsOf(const pb::FieldOptions& options) {
  Field::Params params;
  for (const pb::UninterpretedOption& option : options.uninterpreted_option()) {
    if (option.name_size() == 0 || !option.name(0).is_extension()) continue;
    std::string_view name = option.name(0).name_part();
    if (name.starts_with('.')) name.remove_prefix(1);
    if (name != "confluent.field_meta") continue;
    if (option.name_size() == 1) {
      Append(params, MetaText(option.aggregate_value()).Read());
    } else if (option.name_size() == 2 && option.name(1).name_part() == "params") {
      Append(params, MetaText(StrCat("params {", option.aggregate_value(), "}")).Read());
    }
  }
  const pb::UnknownFieldSet& unknown = options.GetReflection()->GetUnknownFields(options);
  for (int i = 0; i < unknown.field_count(); ++i) {
    const pb::UnknownField& field = unknown.field(i);
    if (field.number() == kExtension && field.type() == pb::UnknownField::TYPE_LENGTH_DELIMITED) {
      Append(params, OfBinary(field));
    }
  }
  return params;
}

}  // namespace sluice::convert::protobuf

// Aiven's Hash: a text, or one field of a struct, becomes its digest in hexadecimal.
#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/key_and_value.h"

namespace sluice::transform {
namespace {

using config::ConfigType;
using config::Importance;

constexpr std::string_view kName = "io.aiven.kafka.connect.transforms.Hash";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey function = RequiredKey("function", ConfigType::kString, Importance::kHigh,
                                             "The hash function: md5, sha1 or sha256.");
    function.validator = config::Validator::OneOf({"md5", "sha1", "sha256"});
    return new config::ConfigDef(
        {OptionalKey("field.name", ConfigType::kString, std::nullopt, Importance::kHigh,
                     "Name of the field that is hashed. Null or empty: the whole key or value, "
                     "which is to be a string."),
         OptionalKey("skip.missing.or.null", ConfigType::kBoolean, "false", Importance::kLow,
                     "Whether a record without it passes as it is."),
         function});
  }();
  return *definition;
}

const char* FunctionOf(std::string_view name) {
  if (name == "md5") return "MD5";
  return name == "sha1" ? "SHA1" : "SHA256";
}

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MD* function) const { EVP_MD_free(function); }
};

class Hash : public FieldTransform {
 public:
  Hash(Side side, const config::ParsedConfig& parsed)
      : FieldTransform(kName, side),
        place_(PlaceName(side)),
        field_(parsed.Text("field.name")),
        skip_(parsed.Bool("skip.missing.or.null")),
        name_(FunctionOf(parsed.Text("function"))),
        function_(EVP_MD_fetch(nullptr, name_, nullptr)),
        context_(EVP_MD_CTX_new()) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    if (schema(record) == nullptr) {
      return RecordError(StrCat(place_, " schema can't be null"), record);
    }
    return field_.empty() ? HashWhole(record, memory) : HashField(record, memory);
  }

 private:
  StatusOr<bool> Missing(std::string_view text, const sluice_record& record) const {
    if (skip_) return true;
    return RecordError(text, record);
  }

  StatusOr<bool> HashWhole(sluice_record& record, BatchMemory& memory) {
    if (schema(record)->type != SLUICE_STRING) {
      return RecordError(
          StrCat(place_, " schema type must be STRING if field name is not specified"), record);
    }
    sluice_value& whole = value(record);
    if (whole.kind == SLUICE_NULL) return Missing(StrCat(place_, " can't be null"), record);
    SLUICE_ASSIGN_OR_RETURN(whole, Digest(abi::Text(whole), memory));
    return true;
  }

  StatusOr<bool> HashField(sluice_record& record, BatchMemory& memory) {
    if (schema(record)->type != SLUICE_STRUCT) {
      return RecordError(StrCat(place_, " schema type must be STRUCT if field name is specified"),
                         record);
    }
    if (value(record).kind == SLUICE_NULL) {
      return RecordError(StrCat(place_, " can't be null if field name is specified"), record);
    }
    SLUICE_RETURN_IF_ERROR(RequireStruct(value(record), "hashing"));
    const sluice_struct& from = *value(record).as.structure;
    const int index = abi::FieldIndex(*from.schema, field_);
    if (index < 0) {
      return Missing(StrCat(field_, " in ", place_, " schema can't be missing"), record);
    }
    const auto at = static_cast<uint32_t>(index);
    if (from.schema->fields[at].schema->type != SLUICE_STRING) {
      return RecordError(StrCat(field_, " schema type in ", place_, " must be STRING"), record);
    }
    const sluice_value& text = from.values[at];  // without its default, as Struct.getString
    if (text.kind == SLUICE_NULL) {
      return Missing(StrCat(field_, " in ", place_, " can't be null"), record);
    }
    auto* values = memory.arena().NewArray<sluice_value>(from.schema->field_count);
    std::copy(from.values, from.values + from.schema->field_count, values);
    SLUICE_ASSIGN_OR_RETURN(values[at], Digest(abi::Text(text), memory));
    value(record) = memory.arena().NewStruct(from.schema, values);
    return true;
  }

  StatusOr<sluice_value> Digest(std::string_view text, BatchMemory& memory) const {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (function_ == nullptr || EVP_DigestInit_ex(context_.get(), function_.get(), nullptr) != 1 ||
        EVP_DigestUpdate(context_.get(), text.data(), text.size()) != 1 ||
        EVP_DigestFinal_ex(context_.get(), digest, &size) != 1) {
      return ConnectError(
          StrCat(class_name(), ": this machine's OpenSSL lacks the hash function ", name_));
    }
    static constexpr char kDigits[] = "0123456789abcdef";
    char* hex = memory.arena().NewArray<char>(size_t{size} * 2);
    for (unsigned i = 0; i < size; ++i) {
      hex[2 * i] = kDigits[digest[i] >> 4];
      hex[2 * i + 1] = kDigits[digest[i] & 15];
    }
    return abi::String({hex, size_t{size} * 2});
  }

  const std::string_view place_;
  const std::string field_;
  const bool skip_;
  const char* const name_;
  const std::unique_ptr<EVP_MD, Free> function_;  // looked up once, which takes a microsecond
  const std::unique_ptr<EVP_MD_CTX, Free> context_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  return std::make_unique<Hash>(side, parsed);
}

}  // namespace

void AddHash(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform

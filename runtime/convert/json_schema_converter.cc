#include "runtime/convert/json_schema_converter.h"

#include <utility>

#include "runtime/base/text.h"
#include "runtime/convert/registry_converter.h"
#include "runtime/convert/registry_settings.h"

namespace sluice::convert {
namespace {

using config::ConfigType;
using config::Importance;

void AddSwitches(config::ConfigDef& def) {
  struct Switch {
    const char* name;
    const char* fallback;
    const char* doc;
  };
  for (const Switch& one : {
           Switch{"object.additional.properties", "true",
                  "Whether schemas that are made allow properties that they do not name."},
           Switch{"use.optional.for.nonrequired", "false",
                  "Whether properties that are not required become optional fields."},
           Switch{"ignore.modern.dialects", "false",
                  "Whether schemas of later dialects than draft 7 are read as draft 7."},
           Switch{"flatten.singleton.unions", "true",
                  "Whether a oneOf, anyOf or allOf of one part is read as that part."},
           Switch{"generalized.sum.type.support", "false",
                  "Whether enums and unions are marked as in Confluent's other formats."},
           Switch{"ignore.default.for.nullables", "false",
                  "Whether null stays null where the schema has a default."},
           Switch{"json.fail.invalid.schema", "false",
                  "Whether records that are not what their schema says are refused."},
       }) {
    def.Add({.name = one.name,
             .type = ConfigType::kBoolean,
             .default_value = one.fallback,
             .documentation = one.doc});
  }
}

// What Confluent's serializers have for objects of Java classes, of which a converter sees none.
void AddObjectKeys(config::ConfigDef& def) {
  struct Key {
    const char* name;
    ConfigType type;
    const char* fallback;
  };
  for (const Key& one : {
           Key{"json.schema.spec.version", ConfigType::kString, "draft_7"},
           Key{"json.oneof.for.nullables", ConfigType::kBoolean, "true"},
           Key{"json.default.property.inclusion", ConfigType::kString, nullptr},
           Key{"json.fail.unknown.properties", ConfigType::kBoolean, "true"},
           Key{"json.write.dates.iso8601", ConfigType::kBoolean, "false"},
           Key{"json.envelope.detection", ConfigType::kBoolean, "true"},
           Key{"json.schema.scan.packages", ConfigType::kList, ""},
           Key{"json.validate.before.domain.rules", ConfigType::kBoolean, "false"},
           Key{"json.key.type", ConfigType::kString, "java.lang.Object"},
           Key{"json.value.type", ConfigType::kString, "java.lang.Object"},
           Key{"type.property", ConfigType::kString, "javaType"},
       }) {
    config::ConfigKey key{.name = one.name,
                          .type = one.type,
                          .importance = Importance::kLow,
                          .documentation = "Of objects of Java classes: nothing here."};
    if (one.fallback != nullptr) key.default_value = one.fallback;
    def.Add(std::move(key));
  }
}

config::ConfigDef MakeConfig() {
  config::ConfigDef def = RegistryConverterConfig();
  AddSwitches(def);
  def.Add({.name = "decimal.format",
           .type = ConfigType::kString,
           .default_value = "BASE64",
           .validator = config::Validator::OneOfIgnoreCase({"BASE64", "NUMERIC"}),
           .importance = Importance::kLow,
           .documentation = "How decimals are written: BASE64 or NUMERIC."});
  AddObjectKeys(def);
  return def;
}

// Settings of the original that would change what is written or read.
Status RefuseUnknownWays(const config::ConfigMap& settings) {
  struct Refused {
    const char* key;
    const char* why;
  };
  for (const Refused& one : {
           Refused{"json.indent.output", "JSON is written without blanks"},
           Refused{"preserve.additional.properties",
                   "properties that the schema does not name are dropped"},
       }) {
    if (EqualsIgnoreCase(settings.Get(one.key), "true")) {
      return ConfigError(
          StrCat("Invalid value true for configuration ", one.key, ": here ", one.why));
    }
  }
  const std::string rules(settings.Get("validation.rules.execution"));
  if (!rules.empty() && !EqualsIgnoreCase(rules, "DISABLED")) {
    return ConfigError(StrCat("Invalid value ", rules,
                              " for configuration validation.rules.execution: here rules are not "
                              "executed; use transforms"));
  }
  return OkStatus();
}

struct Parsed {
  RegistrySettings registry;
  json_schema::Options format;
};

StatusOr<Parsed> Parse(const config::ConfigMap& given) {
  const config::ConfigMap settings = WithoutClientPrefix(given);
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig config,
                          JsonSchemaConverterConfig().Parse(settings));
  SLUICE_RETURN_IF_ERROR(RefuseUnknownWays(settings));
  Parsed parsed;
  SLUICE_ASSIGN_OR_RETURN(parsed.registry, ParseRegistrySettings(config, settings));
  parsed.format.additional_properties = config.Bool("object.additional.properties");
  parsed.format.optional_for_nonrequired = config.Bool("use.optional.for.nonrequired");
  parsed.format.ignore_modern_dialects = config.Bool("ignore.modern.dialects");
  parsed.format.flatten_singleton_unions = config.Bool("flatten.singleton.unions");
  parsed.format.generalized_sum_types = config.Bool("generalized.sum.type.support");
  parsed.format.ignore_default_for_nullables = config.Bool("ignore.default.for.nullables");
  parsed.format.validate = config.Bool("json.fail.invalid.schema");
  parsed.format.numeric_decimals = EqualsIgnoreCase(config.Text("decimal.format"), "NUMERIC");
  return parsed;
}

}  // namespace

const config::ConfigDef& JsonSchemaConverterConfig() {
  static const auto* const def = new config::ConfigDef(MakeConfig());
  return *def;
}

StatusOr<std::unique_ptr<Converter>> MakeJsonSchemaConverter(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(Parsed parsed, Parse(settings));
  SLUICE_ASSIGN_OR_RETURN(std::shared_ptr<schema_registry::Client> client,
                          schema_registry::Client::Shared(parsed.registry.client));
  return NewRegistryConverter(std::move(parsed.registry), NewJsonSchemaFormat(parsed.format),
                              std::move(client));
}

StatusOr<std::unique_ptr<Converter>> MakeJsonSchemaConverter(
    const config::ConfigMap& settings, std::shared_ptr<schema_registry::Client> client) {
  SLUICE_ASSIGN_OR_RETURN(Parsed parsed, Parse(settings));
  return NewRegistryConverter(std::move(parsed.registry), NewJsonSchemaFormat(parsed.format),
                              std::move(client));
}

}  // namespace sluice::convert

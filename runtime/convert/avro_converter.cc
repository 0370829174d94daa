#include "runtime/convert/avro_converter.h"

#include <utility>

#include "runtime/base/text.h"
#include "runtime/convert/registry_converter.h"
#include "runtime/convert/registry_settings.h"

namespace sluice::convert {
namespace {

config::ConfigDef MakeConfig() {
  config::ConfigDef def = RegistryConverterConfig();
  struct Switch {
    const char* name;
    const char* fallback;
    const char* doc;
  };
  for (const Switch& one : {
           Switch{"enhanced.avro.schema.support", "false",
                  "Whether enums stay enums, and union branches are named in full."},
           Switch{"connect.meta.data", "true",
                  "Whether Avro schemas carry what only Connect knows (connect.name and others)."},
           Switch{"scrub.invalid.names", "false",
                  "Whether characters that Avro does not allow in names are replaced."},
           Switch{"discard.type.doc.default", "false",
                  "Whether only the documentation and defaults of fields are kept."},
           Switch{"allow.optional.map.keys", "false",
                  "Whether a map whose keys are optional strings is an Avro map."},
           Switch{"flatten.singleton.unions", "true",
                  "Whether a union of one branch is read as that branch."},
           Switch{"generalized.sum.type.support", "false",
                  "Whether enums and unions are marked as in Confluent's other formats."},
           Switch{"ignore.default.for.nullables", "false",
                  "Whether null stays null where the schema has a default."},
       }) {
    def.Add({.name = one.name,
             .type = config::ConfigType::kBoolean,
             .default_value = one.fallback,
             .documentation = one.doc});
  }
  return def;
}

struct Parsed {
  RegistrySettings registry;
  avro::AvroOptions avro;
};

StatusOr<Parsed> Parse(const config::ConfigMap& given) {
  const config::ConfigMap settings = WithoutClientPrefix(given);
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig config, AvroConverterConfig().Parse(settings));
  Parsed parsed;
  SLUICE_ASSIGN_OR_RETURN(parsed.registry, ParseRegistrySettings(config, settings));
  parsed.avro.enhanced = config.Bool("enhanced.avro.schema.support");
  parsed.avro.connect_meta_data = config.Bool("connect.meta.data");
  parsed.avro.scrub_invalid_names = config.Bool("scrub.invalid.names");
  parsed.avro.discard_type_doc_default = config.Bool("discard.type.doc.default");
  parsed.avro.allow_optional_map_keys = config.Bool("allow.optional.map.keys");
  parsed.avro.flatten_singleton_unions = config.Bool("flatten.singleton.unions");
  parsed.avro.generalized_sum_types = config.Bool("generalized.sum.type.support");
  parsed.avro.ignore_default_for_nullables = config.Bool("ignore.default.for.nullables");
  return parsed;
}

}  // namespace

const config::ConfigDef& AvroConverterConfig() {
  static const auto* const def = new config::ConfigDef(MakeConfig());
  return *def;
}

StatusOr<std::unique_ptr<Converter>> MakeAvroConverter(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(Parsed parsed, Parse(settings));
  SLUICE_ASSIGN_OR_RETURN(std::shared_ptr<schema_registry::Client> client,
                          schema_registry::Client::Shared(parsed.registry.client));
  return NewRegistryConverter(std::move(parsed.registry), NewAvroFormat(parsed.avro),
                              std::move(client));
}

StatusOr<std::unique_ptr<Converter>> MakeAvroConverter(
    const config::ConfigMap& settings, std::shared_ptr<schema_registry::Client> client) {
  SLUICE_ASSIGN_OR_RETURN(Parsed parsed, Parse(settings));
  return NewRegistryConverter(std::move(parsed.registry), NewAvroFormat(parsed.avro),
                              std::move(client));
}

}  // namespace sluice::convert

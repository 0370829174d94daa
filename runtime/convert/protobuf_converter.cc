#include "runtime/convert/protobuf_converter.h"

#include <utility>

#include "runtime/base/text.h"
#include "runtime/convert/registry_converter.h"
#include "runtime/convert/registry_settings.h"

namespace sluice::convert {
namespace {

using protobuf::ProtobufOptions;

constexpr char kReferenceStrategy[] =
    "io.confluent.kafka.serializers.subject.DefaultReferenceSubjectNameStrategy";

struct Switch {
  const char* name;
  bool ProtobufOptions::*option;  // also says its default
  const char* doc;
};

constexpr Switch kSwitches[] = {
    {"enhanced.protobuf.schema.support", &ProtobufOptions::enhanced,
     "Whether names keep their package."},
    {"scrub.invalid.names", &ProtobufOptions::scrub_invalid_names,
     "Whether characters that Protobuf does not allow in names are replaced."},
    {"int.for.enums", &ProtobufOptions::int_for_enums, "Whether enums are read as numbers."},
    {"optional.for.nullables", &ProtobufOptions::optional_for_nullables,
     "Whether optional fields are written with the label optional, and only those are optional."},
    {"optional.for.proto2", &ProtobufOptions::optional_for_proto2,
     "Whether an optional field of proto2 that is not set is null, and not its default."},
    {"wrapper.for.nullables", &ProtobufOptions::wrapper_for_nullables,
     "Whether optional scalars are messages like google.protobuf.Int32Value."},
    {"wrapper.for.raw.primitives", &ProtobufOptions::wrapper_for_raw_primitives,
     "Whether a google.protobuf.Int32Value or the like as a record is read as what is in it."},
    {"generate.struct.for.nulls", &ProtobufOptions::struct_for_nulls,
     "Whether a message that is not set is read as one of defaults, and not as null."},
    {"generate.index.for.unions", &ProtobufOptions::index_for_unions,
     "Whether the field of a oneof has its index behind its name."},
    {"flatten.unions", &ProtobufOptions::flatten_unions,
     "Whether the members of a oneof are fields of the struct, and not of one of their own."},
    {"generalized.sum.type.support", &ProtobufOptions::generalized_sum_types,
     "Whether enums and unions are marked as in Confluent's other formats."},
    {"ignore.default.for.nullables", &ProtobufOptions::ignore_default_for_nullables,
     "Whether null stays null where the schema has a default."},
};

config::ConfigDef MakeConfig() {
  config::ConfigDef def = RegistryConverterConfig();
  const ProtobufOptions defaults;
  for (const Switch& one : kSwitches) {
    def.Add({.name = one.name,
             .type = config::ConfigType::kBoolean,
             .default_value = defaults.*one.option ? "true" : "false",
             .documentation = one.doc});
  }
  // What a Connect schema becomes imports files that every registry knows, and no other: there is
  // nothing that these two could change.
  def.Add({.name = "reference.lookup.only",
           .type = config::ConfigType::kBoolean,
           .default_value = "false",
           .documentation = "Whether imports are only looked up and never registered. No schema "
                            "that is written here needs one."});
  def.Add({.name = "reference.subject.name.strategy",
           .type = config::ConfigType::kString,
           .default_value = kReferenceStrategy,
           .importance = config::Importance::kLow,
           .documentation = "How the subject of an import is named. No schema that is written here "
                            "needs one."});
  def.Add({.name = "skip.known.types",
           .type = config::ConfigType::kBoolean,
           .default_value = "true",
           .importance = config::Importance::kLow,
           .documentation = "Whether imports that every registry knows are not registered: they "
                            "never are."});
  return def;
}

struct Parsed {
  RegistrySettings registry;
  ProtobufOptions protobuf;
};

StatusOr<Parsed> Parse(const config::ConfigMap& given) {
  const config::ConfigMap settings = WithoutClientPrefix(given);
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig config,
                          ProtobufConverterConfig().Parse(settings));
  Parsed parsed;
  SLUICE_ASSIGN_OR_RETURN(parsed.registry, ParseRegistrySettings(config, settings));
  for (const Switch& one : kSwitches) parsed.protobuf.*one.option = config.Bool(one.name);
  if (!config.Bool("skip.known.types")) {
    return ConfigError(
        "Invalid value false for configuration skip.known.types: it is not supported here; "
        "files that every registry knows need not be registered");
  }
  return parsed;
}

}  // namespace

const config::ConfigDef& ProtobufConverterConfig() {
  static const auto* const def = new config::ConfigDef(MakeConfig());
  return *def;
}

StatusOr<std::unique_ptr<Converter>> MakeProtobufConverter(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(Parsed parsed, Parse(settings));
  SLUICE_ASSIGN_OR_RETURN(std::shared_ptr<schema_registry::Client> client,
                          schema_registry::Client::Shared(parsed.registry.client));
  return NewRegistryConverter(std::move(parsed.registry), NewProtobufFormat(parsed.protobuf),
                              std::move(client));
}

StatusOr<std::unique_ptr<Converter>> MakeProtobufConverter(
    const config::ConfigMap& settings, std::shared_ptr<schema_registry::Client> client) {
  SLUICE_ASSIGN_OR_RETURN(Parsed parsed, Parse(settings));
  return NewRegistryConverter(std::move(parsed.registry), NewProtobufFormat(parsed.protobuf),
                              std::move(client));
}

}  // namespace sluice::convert

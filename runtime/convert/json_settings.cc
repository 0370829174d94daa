#include "runtime/convert/json_settings.h"

#include "runtime/base/text.h"
#include "runtime/convert/converter_config.h"

namespace sluice::convert {
namespace {

using config::ConfigType;
using config::Importance;
using config::Width;

config::ConfigDef MakeConfig() {
  config::ConfigDef def = BaseConverterConfig();
  def.Add({.name = "schemas.enable",
           .type = ConfigType::kBoolean,
           .default_value = "true",
           .importance = Importance::kHigh,
           .documentation = "Whether each message carries its schema, as {\"schema\":..,"
                            "\"payload\":..}.",
           .group = "Schemas",
           .order_in_group = 0,
           .width = Width::kMedium,
           .display_name = "Enable Schemas"});
  def.Add({.name = "schemas.cache.size",
           .type = ConfigType::kInt,
           .default_value = "1000",
           .importance = Importance::kHigh,
           .documentation = "How many schemas are remembered, in each direction.",
           .group = "Schemas",
           .order_in_group = 1,
           .width = Width::kMedium,
           .display_name = "Schema Cache Size"});
  def.Add({.name = "schema.content",
           .type = ConfigType::kString,
           .importance = Importance::kHigh,
           .documentation = "The schema of all messages that are read, as JSON; each message is "
                            "then the bare payload. Counts only with schemas.enable=true.",
           .group = "Schemas",
           .order_in_group = 2,
           .width = Width::kMedium,
           .display_name = "Schema Content"});
  def.Add({.name = "decimal.format",
           .type = ConfigType::kString,
           .default_value = "BASE64",
           .validator = config::Validator::OneOfIgnoreCase({"NUMERIC", "BASE64"}),
           .importance = Importance::kLow,
           .documentation = "How decimals are written: BASE64, the bytes of the unscaled number, "
                            "or NUMERIC, a JSON number. Both are always read.",
           .group = "Serialization",
           .order_in_group = 0,
           .width = Width::kMedium,
           .display_name = "Decimal Format"});
  def.Add({.name = "replace.null.with.default",
           .type = ConfigType::kBoolean,
           .default_value = "true",
           .importance = Importance::kLow,
           .documentation = "Whether a null field whose schema has a default reads, and is "
                            "written, as the default.",
           .group = "Serialization",
           .order_in_group = 1,
           .width = Width::kMedium,
           .display_name = "Replace null with default"});
  return def;
}

}  // namespace

const config::ConfigDef& JsonConverterConfig() {
  static const auto* const def = new config::ConfigDef(MakeConfig());
  return *def;
}

StatusOr<JsonSettings> ParseJsonSettings(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig config, JsonConverterConfig().Parse(settings));
  JsonSettings parsed;
  parsed.schemas_enable = config.Bool("schemas.enable");
  const int64_t size = config.Int("schemas.cache.size");
  parsed.schemas_cache_size = size < 0 ? 0 : static_cast<size_t>(size);
  parsed.schema_content = config.Text("schema.content");
  parsed.numeric_decimals = EqualsIgnoreCase(config.Text("decimal.format"), "NUMERIC");
  parsed.replace_null_with_default = config.Bool("replace.null.with.default");
  return parsed;
}

}  // namespace sluice::convert

#include "runtime/convert/converter_config.h"

namespace sluice::convert {

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kKey:
      return "key";
    case Role::kValue:
      return "value";
    case Role::kHeader:
      break;
  }
  return "header";
}

config::ConfigDef BaseConverterConfig() {
  return config::ConfigDef({{
      .name = "converter.type",
      .type = config::ConfigType::kString,
      .required = true,
      .validator = config::Validator::OneOf({"key", "value", "header"}),
      .importance = config::Importance::kLow,
      .documentation = "What the converter is used for; set by the worker.",
  }});
}

const config::ConfigDef& PlainConverterConfig() {
  static const auto* const def = new config::ConfigDef(BaseConverterConfig());
  return *def;
}

config::ConfigMap WithRole(const config::ConfigMap& settings, Role role) {
  config::ConfigMap complete = settings;
  complete.Set("converter.type", RoleName(role));
  return complete;
}

}  // namespace sluice::convert

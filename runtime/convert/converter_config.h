// What every converter's configuration has: converter.type, set by whoever makes the converter. Any
// thread.
#ifndef SLUICE_RUNTIME_CONVERT_CONVERTER_CONFIG_H_
#define SLUICE_RUNTIME_CONVERT_CONVERTER_CONFIG_H_

#include <string_view>

#include "runtime/config/config_def.h"
#include "runtime/convert/converter.h"

namespace sluice::convert {

std::string_view RoleName(Role role);  // key, value, header

// converter.type alone: the whole configuration of the converters of bytes, booleans and numbers.
config::ConfigDef BaseConverterConfig();
const config::ConfigDef& PlainConverterConfig();

// `settings` with converter.type as Connect sets it.
config::ConfigMap WithRole(const config::ConfigMap& settings, Role role);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_CONVERTER_CONFIG_H_

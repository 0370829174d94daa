// StringConverter and SimpleHeaderConverter: text. Made by converter.cc's table. One thread.
#ifndef SLUICE_RUNTIME_CONVERT_STRING_CONVERTER_H_
#define SLUICE_RUNTIME_CONVERT_STRING_CONVERTER_H_

#include <memory>

#include "runtime/config/config_def.h"
#include "runtime/convert/converter.h"

namespace sluice::convert {

const config::ConfigDef& StringConverterConfig();
// Error: the configuration's, or a character set that is not known (Java finds that out at the
// first record).
StatusOr<std::unique_ptr<Converter>> MakeStringConverter(const config::ConfigMap& settings);

std::unique_ptr<HeaderConverter> MakeSimpleHeaderConverter();

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_STRING_CONVERTER_H_

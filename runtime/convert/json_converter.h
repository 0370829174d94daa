// JsonConverter: JSON with or without the schema envelope. Made by converter.cc's table. One
// thread; schemas are cached per instance: as text by fingerprint on the way out, by their very
// bytes on the way in.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_CONVERTER_H_
#define SLUICE_RUNTIME_CONVERT_JSON_CONVERTER_H_

#include <memory>

#include "runtime/convert/converter.h"
#include "runtime/convert/json_settings.h"

namespace sluice::convert {

// Error: the configuration's, or that of a schema.content that is no schema.
StatusOr<std::unique_ptr<Converter>> MakeJsonConverter(const config::ConfigMap& settings);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_JSON_CONVERTER_H_

// io.confluent.connect.json.JsonSchemaConverter: its settings, and JSON Schema as a format of a
// registry. Made by converter.cc's table.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_CONVERTER_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_CONVERTER_H_

#include <memory>

#include "runtime/convert/converter.h"
#include "runtime/convert/json_schema/options.h"
#include "runtime/convert/registry_format.h"
#include "runtime/schema_registry/client.h"

namespace sluice::convert {

const config::ConfigDef& JsonSchemaConverterConfig();
StatusOr<std::unique_ptr<Converter>> MakeJsonSchemaConverter(const config::ConfigMap& settings);
// With a registry of one's own, for tests.
StatusOr<std::unique_ptr<Converter>> MakeJsonSchemaConverter(
    const config::ConfigMap& settings, std::shared_ptr<schema_registry::Client> client);

std::unique_ptr<RegistryFormat> NewJsonSchemaFormat(json_schema::Options options);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_CONVERTER_H_

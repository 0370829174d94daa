// A converter of records that carry the id of their schema in a registry: a byte 0, the id in 4
// bytes, and the format's own bytes; read are GUIDs, too (a byte 1 and 16), and ids in headers. One
// per task and role, on its thread; the registry's client is shared. A record whose schema was seen
// before costs no look-up by text and no allocation.
#ifndef SLUICE_RUNTIME_CONVERT_REGISTRY_CONVERTER_H_
#define SLUICE_RUNTIME_CONVERT_REGISTRY_CONVERTER_H_

#include <memory>

#include "runtime/convert/converter.h"
#include "runtime/convert/registry_format.h"
#include "runtime/convert/registry_settings.h"
#include "runtime/schema_registry/client.h"

namespace sluice::convert {

std::unique_ptr<Converter> NewRegistryConverter(RegistrySettings settings,
                                                std::unique_ptr<RegistryFormat> format,
                                                std::shared_ptr<schema_registry::Client> client);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_REGISTRY_CONVERTER_H_

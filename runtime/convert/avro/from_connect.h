// Avro schemas out of Connect schemas, as Confluent's AvroData maps them, to the order of members:
// the same Connect schema must have the same id in a registry, whoever registers it. Pure
// functions, any thread.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_FROM_CONNECT_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_FROM_CONNECT_H_

#include <memory>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/convert/avro/options.h"
#include "runtime/convert/avro/schema.h"

namespace sluice::convert::avro {

// DataException: a schema that Avro cannot have.
StatusOr<std::shared_ptr<const Document>> FromConnectSchema(const sluice_schema& schema,
                                                            const AvroOptions& options);

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_FROM_CONNECT_H_

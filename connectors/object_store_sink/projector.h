// A record of one version of a schema in the form of another, as Kafka Connect's SchemaProjector
// does it: by fields' names, with defaults for what is missing, and numbers widened. Pure
// functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_PROJECTOR_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_PROJECTOR_H_

#include <string>

#include "connectors/sdk/record.h"
#include "connectors/sdk/value.h"

namespace sluice::object_store_sink {

// Why values of `from` have no form in `to`; "" if they have.
std::string WhyNotProjectable(const sluice_schema& from, const sluice_schema& to);

// Texts are borrowed of `value`. Throws DataException where a null meets a target that takes none.
sdk::Value Project(abi::Arena& arena, const sluice_schema& from, const sdk::Value& value,
                   const sluice_schema& to);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_PROJECTOR_H_

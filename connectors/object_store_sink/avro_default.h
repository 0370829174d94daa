// A default as Avro's schemas keep it: JSON in which bytes are text of a character each. Pure
// functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_AVRO_DEFAULT_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_AVRO_DEFAULT_H_

#include <string>

#include "connectors/sdk/value.h"

namespace sluice::object_store_sink {

void AppendAvroDefault(std::string& json, const sluice_schema& schema, const sdk::Value& value);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_AVRO_DEFAULT_H_

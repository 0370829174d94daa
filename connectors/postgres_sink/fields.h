// What of a record goes to which column: pk.mode, pk.fields and fields.whitelist, applied to the
// schemas of a key and a value. Pure functions, any thread. What cannot work for any record of
// these schemas throws UnfitSchema.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_FIELDS_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_FIELDS_H_

#include <string>
#include <vector>

#include "connectors/postgres_sink/sink_config.h"
#include "connectors/sdk/errors.h"
#include "connectors/sdk/sink.h"

namespace sluice::postgres::sink {

// Records of these schemas have no place in a table as it is configured. Where others of the topic
// have one it is these records' fault, else the configuration's.
class UnfitSchema : public sdk::ConnectException {
 public:
  using ConnectException::ConnectException;
};

struct Source {
  enum Kind : uint8_t {
    kTopic,
    kPartition,
    kOffset,
    kKey,
    kKeyField,
    kValue,
    kValueField
  } kind = kValue;
  uint32_t index = 0;                      // of the field
  const sluice_value* fallback = nullptr;  // for null; nullptr: null stays
};

struct Field {
  std::string name;
  sdk::Schema schema;
  Source source;
  bool key = false;  // of the primary key
  Unit unit = Unit::kMillis;
  bool optional() const { return schema->optional != 0; }
  bool has_default() const { return schema->default_value != nullptr; }
};

// In the order of a new table's columns: Kafka's coordinates, the value's fields, the key's other
// fields by name. `value` may be nullptr for a null value, which is a delete: then only the key is
// there.
std::vector<Field> MakeFields(const SinkConfig& config, const sluice_schema* key,
                              const sluice_schema* value);

// Why a record cannot be written whatever the table is, or "": a null value without deletes, a key
// that is missing.
std::string WhyUnfit(const SinkConfig& config, const sluice_record& record);

// The value of a source. Borrowed; `scratch` is for Kafka's coordinates.
const sluice_value& Get(const Source& source, const sluice_record& record, sluice_value& scratch);

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_FIELDS_H_

// Keys and headers as values of files of their own. A format that takes structs only gets them
// wrapped: {"key": ...}, {"headers": [...]}. One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_SIDE_VALUES_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_SIDE_VALUES_H_

#include "connectors/sdk/record.h"
#include "connectors/sdk/value.h"

namespace sluice::object_store_sink {

struct SideValue {
  const sluice_schema* schema = nullptr;
  sdk::Value value = {};
};

class SideValues {
 public:
  // Throws DataException: a record without a key, or without headers, when these are stored.
  SideValue Key(abi::Arena& arena, const sluice_record& record, bool wrap);
  // A list of {"key": text, "value": text or null}; values that are no text as JSON.
  SideValue Headers(abi::Arena& arena, const sluice_record& record, bool wrap) const;
  // The schema that Key would answer; what it points at lives until another is asked for.
  const sluice_schema* KeySchema(const sluice_record& record, bool wrap);

 private:
  sdk::Schema key_, wrapped_key_;  // of the last record that was wrapped
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_SIDE_VALUES_H_

// A source record as JSON, for a dead letter: there are no original bytes, and a converter may just
// have refused it, so it is written as far as it can be, and never fails. Pure; any thread.
//
//   {"topic":"t","kafkaPartition":null,"timestamp":null,"sourcePartition":{..},"sourceOffset":{..},
//    "keySchema":null,"key":null,"valueSchema":{"type":"string","optional":false},"value":"..",
//    "headers":[{"key":"h","schema":{..},"value":".."}]}
//
// Members are those of SourceRecord, values and schemas as JsonConverter writes them, so that
// {"schema":valueSchema,"payload":value} can be read by it again. A value that does not fit its
// schema, or has none, is written by what it is: decimals as text, structs as objects.
#ifndef SLUICE_RUNTIME_CONVERT_RECORD_JSON_H_
#define SLUICE_RUNTIME_CONVERT_RECORD_JSON_H_

#include <cstddef>
#include <string>

#include "runtime/abi/sluice_plugin.h"

namespace sluice::convert {

// With `short_form` texts are cut at 1 KiB, lists at 100 items, schemas that are long are left out,
// and `"truncated":true` stands at the end if anything was lost.
void AppendSourceRecordJson(const sluice_record& record, bool short_form, std::string& out);

// A source partition or offset: an object; null if there is none. Cut as above.
void AppendSourceMapJson(const sluice_value* map, std::string& out);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_RECORD_JSON_H_

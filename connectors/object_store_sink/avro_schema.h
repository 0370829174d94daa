// A Connect schema in Avro: its JSON, as Confluent's converter makes it (logical types, and
// connect.* properties from which the Connect schema can be made again), and the plan by which
// values are written. Immutable once made; any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_AVRO_SCHEMA_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_AVRO_SCHEMA_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/sdk/value.h"

namespace sluice::object_store_sink {

struct AvroNode {
  enum class Op : uint8_t {
    kBoolean,
    kWhole,  // int and long
    kFloat,
    kDouble,
    kText,  // string and bytes
    kDecimal,
    kEnum,
    kArray,
    kMap,
    kEntries,  // a map whose keys are no strings: an array of records
    kRecord
  };
  Op op = Op::kBoolean;
  int null_branch = -1;  // of the union with null; -1: there is none
  int value_branch = -1;
  const sluice_schema* schema = nullptr;
  std::vector<std::shared_ptr<const AvroNode>> inner = {};  // items; key and value; fields
  std::vector<std::string> symbols = {};                    // of an enum
  int32_t scale = 0;                                        // of a decimal
};

struct AvroSchema {
  std::string json;
  std::shared_ptr<const AvroNode> root;
  sdk::Schema connect;  // keeps what the nodes point at
};

// `meta_data`: with connect.* properties. Throws DataException if Avro has no form of it.
AvroSchema MakeAvroSchema(const sluice_schema& schema, bool meta_data);

// Appends a value's binary form. Throws DataException if it does not fit the schema; then what was
// appended is of no use.
void AppendAvro(std::string& out, const AvroNode& node, const sdk::Value& value, int depth = 0);
void AppendAvroLong(std::string& out, int64_t number);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_AVRO_SCHEMA_H_

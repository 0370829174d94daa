// What a Writer does, node by node. Made by write_plan.cc, run by writer.cc.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_WRITE_PLAN_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_WRITE_PLAN_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "runtime/abi/schema.h"
#include "runtime/convert/avro/options.h"
#include "runtime/convert/avro/schema.h"

namespace sluice::convert::avro {

enum class WriteOp : uint8_t {
  kBoolean,
  kInteger,  // int and long
  kFloat,
  kDouble,
  kText,  // string and bytes
  kFixed,
  kDecimal,
  kDecimalFixed,
  kDate,  // DATE, TIME, TIMESTAMP by `logical`
  kEnum,
  kArray,
  kMap,
  kEntries,  // a map as an array of records
  kRecord,
  kUnion,  // a struct of which one field is set
  kAnything,
  kTooDeep,  // where a recursive type's unrolling ends
};

struct WriteNode {
  struct Slot {
    const WriteNode* node = nullptr;         // null: `bytes` are written
    uint32_t field = 0;                      // of the struct
    const sluice_value* fallback = nullptr;  // instead of null
    std::string bytes = {};
  };

  WriteOp op = WriteOp::kAnything;
  sluice_kind kind = SLUICE_NULL;  // that the value must have
  bool optional = false;
  int32_t null_branch = -1;   // of the union around it; -1: null cannot be written
  int32_t value_branch = -1;  // -1: there is no union around it
  const sluice_schema* connect = nullptr;
  int32_t scale = 0;
  uint32_t size = 0;
  const WriteNode* key = nullptr;
  const WriteNode* item = nullptr;
  std::vector<Slot> slots;                                 // record, union
  absl::flat_hash_map<std::string_view, int64_t> symbols;  // of enum_symbols
  std::vector<std::string> enum_symbols;
};

struct WritePlan {
  const WriteNode* root = nullptr;
  bool raw = false;  // bytes at the root have no length in front of them
  abi::SchemaRef schema;
  AvroOptions options;
  std::deque<WriteNode> nodes;
};

StatusOr<std::unique_ptr<WritePlan>> MakeWritePlan(const sluice_schema* connect, const Schema& avro,
                                                   const AvroOptions& options);

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_WRITE_PLAN_H_

// What a Reader does, node by node. Made by read_plan.cc, run by reader.cc.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_READ_PLAN_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_READ_PLAN_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/convert/avro/options.h"
#include "runtime/convert/avro/schema.h"

namespace sluice::convert::avro {

enum class ReadOp : uint8_t {
  kNull,
  kBoolean,
  kInt,  // to `kind`, which may be a float by promotion
  kLong,
  kFloat,
  kDouble,
  kString,
  kBytes,
  kFixed,
  kDecimal,  // of bytes, or of a fixed if `size` is not 0
  kEnum,
  kArray,
  kMap,
  kEntries,  // an array of records, as a map
  kRecord,
  kUnion,  // the writer's: `children` by branch
  kWrap,   // one field of the struct that stands for the reader's union
  kAnything,
  kFail,  // with `text`
};

struct ReadNode {
  ReadOp op = ReadOp::kNull;
  sluice_kind kind = SLUICE_NULL;
  bool time_of_day = false;                // to be checked
  const sluice_schema* connect = nullptr;  // of a struct, while the reader has the root
  uint32_t size = 0;
  uint32_t min_bytes = 0;  // that a value takes at least
  int32_t scale = 0;
  uint32_t field = 0;                     // of a wrap
  std::vector<const ReadNode*> children;  // branches; fields; key and value; the item
  std::vector<int32_t> slots;             // record: where each field goes; -1: it is skipped
  std::vector<const Schema*> skipped;     // record: by field
  std::vector<std::pair<uint32_t, sluice_value>> defaults;  // fields that the writer has not
  std::vector<std::string> symbols;  // what each of the writer's becomes; empty: none
  std::string text = {};
};

struct ReadPlan {
  const ReadNode* root = nullptr;
  bool raw = false;  // bytes at the root have no length in front of them
  std::deque<ReadNode> nodes;
  abi::Arena defaults{512};
};

StatusOr<std::unique_ptr<ReadPlan>> MakeReadPlan(const Schema& writer, const Schema& reader,
                                                 const sluice_schema* connect,
                                                 const AvroOptions& options);
// How many bytes a value takes at least.
uint32_t MinBytes(const Schema& schema);

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_READ_PLAN_H_

// What a Reader does, message by message and field by field. Made by read_plan.cc, run by
// reader.cc.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_READ_PLAN_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_READ_PLAN_H_

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/convert/protobuf/options.h"
#include "runtime/convert/protobuf/schema.h"
#include "runtime/convert/protobuf/wire.h"

namespace sluice::convert::protobuf {

enum class ReadOp : uint8_t {
  kScalar,  // of `type`, to `kind`
  kString,
  kBytes,
  kEnumText,  // an enum's name
  kStruct,
  kMap,
  kWrapper,  // the scalar in a message of one
  kDecimal,
  kDate,
  kTime,
  kTimestamp,
};

struct MessagePlan;

// A field's values, and where they go.
struct ReadNode {
  ReadOp op = ReadOp::kScalar;
  Type type = Type::kInt32;
  sluice_kind kind = SLUICE_NULL;
  Wire wire = Wire::kVarint;
  bool repeated = false;  // lists and maps
  bool packable = false;
  bool closed = false;       // unknown numbers of an enum count as no value
  bool strict_utf8 = false;  // as proto3 has it; else malformed parts are replaced
  bool null_if_missing = false;
  bool refuses_null = false;  // and is required all the same
  bool required = false;
  uint32_t slot = 0;      // in the struct, or in the union
  int32_t in_union = -1;  // of MessagePlan::unions
  const Field* field = nullptr;
  const sluice_schema* connect = nullptr;  // kStruct
  const MessagePlan* message = nullptr;    // kStruct; kMap: of an entry
  const ReadNode* inner = nullptr;         // kWrapper
  sluice_value fallback{};                 // of scalars
  // kEnumText: by number; the names live as long as the schema.
  std::vector<std::pair<int32_t, std::string_view>> symbols = {};
};

struct MessagePlan {
  struct Union {
    uint32_t slot = 0;
    const sluice_schema* connect = nullptr;
  };

  const Message* message = nullptr;
  uint32_t values = 0;    // of the struct
  bool too_deep = false;  // where a recursive message's unrolling ends
  std::vector<ReadNode> nodes = {};
  std::vector<Union> unions = {};
  std::vector<int16_t> small = {};                      // the node of a number, -1: none
  std::vector<std::pair<int32_t, int32_t>> large = {};  // number and node, sorted

  int32_t NodeOf(int32_t number) const;
};

struct ReadPlan {
  const MessagePlan* root = nullptr;
  bool raw = false;  // the root's only node is the value
  std::deque<MessagePlan> messages;
  std::deque<ReadNode> inner;
  abi::Arena defaults{512};
};

// `connect`: of ToConnectSchema(message). The plan points into both.
StatusOr<std::unique_ptr<ReadPlan>> MakeReadPlan(const Message& message,
                                                 const sluice_schema& connect,
                                                 const ProtobufOptions& options);

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_READ_PLAN_H_

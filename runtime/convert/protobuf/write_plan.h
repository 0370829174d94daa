// What a Writer does, message by message and field by field. Made by write_plan.cc, run by
// writer.cc.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_WRITE_PLAN_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_WRITE_PLAN_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "runtime/abi/schema.h"
#include "runtime/convert/protobuf/options.h"
#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {

enum class WriteOp : uint8_t {
  kScalar,  // of `type`
  kText,    // strings and bytes
  kEnumText,
  kStruct,
  kDecimal,
  kDate,
  kTime,
  kTimestamp,
};

struct WriteMessage;

// One value, without its tag.
struct WriteNode {
  WriteOp op = WriteOp::kScalar;
  Type type = Type::kInt32;
  bool wrapped = false;  // in a message of one scalar
  const sluice_schema* connect = nullptr;
  const WriteMessage* message = nullptr;                        // kStruct
  absl::flat_hash_map<std::string_view, int32_t> symbols = {};  // kEnumText
};

struct WriteField {
  enum class Shape : uint8_t { kOne, kList, kPacked, kMap };

  Shape shape = Shape::kOne;
  int32_t number = 0;
  bool skips_zero = false;                 // a value that is the default is not written
  int64_t zero = 0;                        // the default of an enum
  uint32_t field = 0;                      // of the struct
  int32_t in_union = -1;                   // of WriteMessage::unions
  uint32_t member = 0;                     // of the union's struct
  std::string name = {};                   // for messages
  std::string tag = {};                    // encoded
  const sluice_value* fallback = nullptr;  // instead of null
  const WriteMessage* entry = nullptr;     // of a map: key and value
  WriteNode node = {};
};

struct WriteMessage {
  struct Union {
    uint32_t field = 0;
    const sluice_schema* connect = nullptr;
    std::vector<const sluice_value*> fallbacks = {};  // of its members
  };

  const sluice_schema* connect = nullptr;
  std::vector<WriteField> fields = {};  // by number
  std::vector<Union> unions = {};
};

struct WritePlan {
  const WriteMessage* root = nullptr;  // null: `scalar` is
  WriteField scalar;                   // of a wrapper at the root
  abi::SchemaRef schema;
  std::deque<WriteMessage> messages;
  std::deque<std::string> names;  // of enums, that symbols point to
};

// As Writer::Make has them.
StatusOr<std::unique_ptr<WritePlan>> MakeWritePlan(const sluice_schema& connect, const Message& own,
                                                   const Message& target,
                                                   const ProtobufOptions& options);

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_WRITE_PLAN_H_

// How values of each type stand on the wire. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_WIRE_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_WIRE_H_

#include <cstdint>

#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {

// The lower three bits of a tag.
enum class Wire : uint8_t { kVarint = 0, k64 = 1, kBytes = 2, kGroup = 3, kEndGroup = 4, k32 = 5 };

// Of one value; the repeated of all but kBytes may also be packed into one kBytes.
inline Wire WireOf(Type type) {
  switch (type) {
    case Type::kDouble:
    case Type::kFixed64:
    case Type::kSfixed64:
      return Wire::k64;
    case Type::kFloat:
    case Type::kFixed32:
    case Type::kSfixed32:
      return Wire::k32;
    case Type::kString:
    case Type::kBytes:
    case Type::kMessage:
      return Wire::kBytes;
    default:
      return Wire::kVarint;
  }
}

inline int64_t Unzigzag(uint64_t bits) {
  return static_cast<int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
}

// A whole number, of what was read as a varint or as fixed.
inline int64_t NumberOf(Type type, uint64_t bits) {
  switch (type) {
    case Type::kBool:
      return bits != 0 ? 1 : 0;
    case Type::kInt32:
    case Type::kSfixed32:
    case Type::kEnum:
      return static_cast<int32_t>(bits);
    case Type::kUint32:
    case Type::kFixed32:
      return static_cast<uint32_t>(bits);
    case Type::kSint32:
      return static_cast<int32_t>(Unzigzag(static_cast<uint32_t>(bits)));
    case Type::kSint64:
      return Unzigzag(bits);
    default:
      return static_cast<int64_t>(bits);
  }
}

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_WIRE_H_

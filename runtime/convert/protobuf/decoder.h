// Protobuf's wire format, with every length checked against what is there. One thread; points into
// the bytes that it is given.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_DECODER_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_DECODER_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "runtime/convert/protobuf/wire.h"

namespace sluice::convert::protobuf {

// What is wrong with bytes, in the words of Java's library.
inline constexpr const char* kTruncated =
    "the input ended unexpectedly in the middle of a field: it has been truncated, or an embedded "
    "message misreported its own length";
inline constexpr const char* kMalformedVarint = "a malformed varint";
inline constexpr const char* kInvalidTag = "an invalid tag (zero)";
inline constexpr const char* kInvalidWireType = "a tag with an invalid wire type";
inline constexpr const char* kInvalidEndGroup = "an end-group tag that matches no group";
inline constexpr const char* kTooDeep =
    "too many levels of nesting: there are 100 at most, it may be malicious";
inline constexpr const char* kInvalidUtf8 = "a string with invalid UTF-8";

// Each call answers false if the bytes end too early or make no sense; what() says so then.
class Decoder {
 public:
  static constexpr int kDepthMax = 100;

  explicit Decoder(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool done() const { return at_ == end_; }
  const char* at() const { return at_; }
  const char* what() const { return what_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }

  // At most 10 bytes; what is beyond 64 bits is lost, as in Java.
  bool Varint(uint64_t& number) {
    if (at_ < end_ && static_cast<signed char>(*at_) >= 0) [[likely]] {
      number = static_cast<uint8_t>(*at_++);
      return true;
    }
    uint64_t bits = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at_ == end_) return Fail(kTruncated);
      const auto byte = static_cast<uint8_t>(*at_++);
      bits |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) {
        number = bits;
        return true;
      }
    }
    return Fail(kMalformedVarint);
  }
  bool Tag(int32_t& number, Wire& wire) {
    uint64_t bits = 0;
    if (!Varint(bits)) return false;
    const auto tag = static_cast<uint32_t>(bits);  // what is beyond is lost, as in Java
    if (tag < 8) return Fail(kInvalidTag);
    number = static_cast<int32_t>(tag >> 3);
    wire = static_cast<Wire>(tag & 7);
    return (tag & 7) <= 5 || Fail(kInvalidWireType);
  }
  bool Fixed32(uint64_t& number) {
    uint32_t bits = 0;
    if (!Fixed(bits)) return false;
    number = bits;
    return true;
  }
  bool Fixed64(uint64_t& number) { return Fixed(number); }
  bool Bytes(std::string_view& bytes) {
    uint64_t size = 0;
    if (!Varint(size)) return false;
    if (size > left()) return Fail(kTruncated);
    bytes = {at_, static_cast<size_t>(size)};
    at_ += size;
    return true;
  }
  // A field that nobody wants, after its tag.
  bool Skip(int32_t number, Wire wire) {
    if (wire == Wire::kEndGroup) return Fail(kInvalidEndGroup);
    if (wire != Wire::kGroup) return SkipPlain(wire);
    int32_t groups[kDepthMax];
    int depth = 0;
    groups[depth++] = number;
    while (depth > 0) {
      if (done()) return Fail(kTruncated);
      if (!Tag(number, wire)) return false;
      if (wire == Wire::kEndGroup) {
        if (groups[--depth] != number) return Fail(kInvalidEndGroup);
      } else if (wire == Wire::kGroup) {
        if (depth == kDepthMax) return Fail(kTooDeep);
        groups[depth++] = number;
      } else if (!SkipPlain(wire)) {
        return false;
      }
    }
    return true;
  }

 private:
  bool Fail(const char* what) {
    what_ = what;
    return false;
  }
  template <typename Number>
  bool Fixed(Number& number) {
    static_assert(std::endian::native == std::endian::little);
    if (left() < sizeof number) return Fail(kTruncated);
    std::memcpy(&number, at_, sizeof number);
    at_ += sizeof number;
    return true;
  }
  bool SkipPlain(Wire wire) {
    uint64_t number = 0;
    std::string_view bytes;
    switch (wire) {
      case Wire::kVarint:
        return Varint(number);
      case Wire::k64:
        return Fixed64(number);
      case Wire::k32:
        return Fixed32(number);
      default:
        return Bytes(bytes);
    }
  }

  const char* at_;
  const char* end_;
  const char* what_ = "";
};

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_DECODER_H_

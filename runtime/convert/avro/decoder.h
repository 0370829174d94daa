// Avro's binary primitives, with every length checked against what is there. One thread; points
// into the bytes that it is given.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_DECODER_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_DECODER_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::convert::avro {

// Each call answers false if the bytes end too early or make no sense, and may then have used some.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes)
      : begin_(bytes.data()), at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  size_t left() const { return static_cast<size_t>(end_ - at_); }
  size_t used() const { return static_cast<size_t>(at_ - begin_); }

  // An int or a long; at most 10 bytes, of which the last has one bit of use.
  bool Long(int64_t& number) {
    uint64_t bits = 0;
    for (int shift = 0; shift < 70 && at_ < end_; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at_++);
      bits |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (shift == 63 && byte > 1) return false;
        number = static_cast<int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
        return true;
      }
    }
    return false;
  }
  bool Int(int64_t& number) { return Long(number) && number >= INT32_MIN && number <= INT32_MAX; }
  bool Boolean(bool& truth) {
    if (at_ == end_) return false;
    const auto byte = static_cast<uint8_t>(*at_++);
    truth = byte == 1;
    return byte <= 1;
  }
  template <typename Number>
  bool Float(Number& number) {
    static_assert(std::endian::native == std::endian::little);
    if (left() < sizeof number) return false;
    std::memcpy(&number, at_, sizeof number);
    at_ += sizeof number;
    return true;
  }
  bool Raw(size_t size, std::string_view& bytes) {
    if (size > left()) return false;
    bytes = {at_, size};
    at_ += size;
    return true;
  }
  // A string or bytes: a length, and as many.
  bool Bytes(std::string_view& bytes) {
    int64_t size = 0;
    return Long(size) && size >= 0 && size <= INT32_MAX && Raw(static_cast<size_t>(size), bytes);
  }
  // The head of a block of an array or map; 0: the end of all. A negative count has the block's
  // size in bytes behind it.
  bool Block(int64_t& count, int64_t& bytes) {
    bytes = -1;
    if (!Long(count)) return false;
    if (count >= 0) return true;
    if (count == INT64_MIN) return false;
    count = -count;
    return Long(bytes) && bytes >= 0;
  }
  // Whether a block of `count` elements, of `min_bytes` each at least, can be in what is left.
  // `total` counts those of all blocks: elements without bytes have no other bound.
  bool CanHold(int64_t count, uint64_t min_bytes, int64_t& total) const {
    if (min_bytes > 0) return static_cast<uint64_t>(count) <= left() / min_bytes;
    if (count > kEmptyItemsMax) return false;
    total += count;
    return total <= kEmptyItemsMax;
  }

 private:
  static constexpr int64_t kEmptyItemsMax = 100'000;

  const char* begin_;
  const char* at_;
  const char* end_;
};

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_DECODER_H_

// Bytes that are put one behind the other, in memory that is used again for the next record. One
// thread; the bytes live until Clear.
#ifndef SLUICE_RUNTIME_CONVERT_BYTE_OUTPUT_H_
#define SLUICE_RUNTIME_CONVERT_BYTE_OUTPUT_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace sluice::convert {

class ByteOutput {
 public:
  ByteOutput() = default;
  ByteOutput(const ByteOutput&) = delete;
  ByteOutput& operator=(const ByteOutput&) = delete;

  // Starts anew; memory is kept, up to a megabyte.
  void Clear() {
    if (capacity() > kKeptMax) {
      begin_.reset();
      end_ = nullptr;
    }
    cursor_ = begin_.get();
  }
  std::string_view view() const { return {begin_.get(), size()}; }
  size_t size() const { return static_cast<size_t>(cursor_ - begin_.get()); }

  void Byte(uint8_t byte) {
    Reserve(1);
    *cursor_++ = static_cast<char>(byte);
  }
  void Raw(std::string_view bytes) {
    Reserve(bytes.size());
    if (!bytes.empty()) std::memcpy(cursor_, bytes.data(), bytes.size());
    cursor_ += bytes.size();
  }
  void BigEndian32(uint32_t number) {
    Reserve(4);
    for (int shift = 24; shift >= 0; shift -= 8) *cursor_++ = static_cast<char>(number >> shift);
  }
  // 7 bits a byte, the lowest first.
  void Varint(uint64_t number) {
    Reserve(10);
    while (number >= 0x80) {
      *cursor_++ = static_cast<char>(number | 0x80);
      number >>= 7;
    }
    *cursor_++ = static_cast<char>(number);
  }
  void Zigzag(int64_t number) {
    Varint(static_cast<uint64_t>(number) << 1 ^ static_cast<uint64_t>(number >> 63));
  }
  template <typename Number>
  void LittleEndian(Number number) {
    static_assert(std::endian::native == std::endian::little);
    Reserve(sizeof number);
    std::memcpy(cursor_, &number, sizeof number);
    cursor_ += sizeof number;
  }
  // What stands between the two is put behind its length, a varint. They nest.
  size_t BeginLength() {
    Byte(0);
    return size();
  }
  void EndLength(size_t begin) {
    const size_t length = size() - begin;
    if (length < 0x80) [[likely]] {
      begin_[begin - 1] = static_cast<char>(length);
      return;
    }
    size_t more = 0;
    for (size_t rest = length >> 7; rest > 0; rest >>= 7) ++more;
    Reserve(more);
    char* place = begin_.get() + begin;
    std::memmove(place + more, place, length);
    cursor_ += more;
    size_t rest = length;
    for (--place; rest >= 0x80; rest >>= 7) *place++ = static_cast<char>(rest | 0x80);
    *place = static_cast<char>(rest);
  }
  // As many equal bytes.
  void Fill(uint8_t byte, size_t count) {
    Reserve(count);
    std::memset(cursor_, byte, count);
    cursor_ += count;
  }

 private:
  static constexpr size_t kKeptMax = 1 << 20;

  size_t capacity() const { return static_cast<size_t>(end_ - begin_.get()); }
  void Reserve(size_t size) {
    if (static_cast<size_t>(end_ - cursor_) < size) Grow(size);
  }
  void Grow(size_t more) {
    const size_t used = size();
    const size_t wanted = std::max<size_t>({256, capacity() * 2, used + more});
    std::unique_ptr<char[]> grown(new char[wanted]);
    if (used > 0) std::memcpy(grown.get(), begin_.get(), used);
    begin_ = std::move(grown);
    cursor_ = begin_.get() + used;
    end_ = begin_.get() + wanted;
  }

  std::unique_ptr<char[]> begin_;
  char* cursor_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_BYTE_OUTPUT_H_

// Bytes that grow, for PostgreSQL's binary formats: integers are big-endian. Clear keeps the
// memory, so that a warm buffer does not allocate. One thread at a time.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_BYTE_BUFFER_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_BYTE_BUFFER_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace sluice::postgres::sink {

class ByteBuffer {
 public:
  size_t size() const { return size_; }
  const char* data() const { return data_.get(); }
  std::string_view view() const { return {data_.get(), size_}; }
  std::string_view From(size_t start) const { return {data_.get() + start, size_ - start}; }
  void Clear() { size_ = 0; }
  void CutTo(size_t size) { size_ = size; }
  // Gives memory back if much more is held than `keep`.
  void Trim(size_t keep) {
    if (capacity_ <= keep) return;
    data_.reset();
    size_ = capacity_ = 0;
  }
  // Room for `count` bytes, which the caller fills in.
  char* Grow(size_t count) {
    if (size_ + count > capacity_) Reserve(size_ + count);
    char* place = data_.get() + size_;
    size_ += count;
    return place;
  }
  void Byte(char c) { *Grow(1) = c; }
  void Int16(int16_t number) { PutAt(Grow(2), static_cast<uint16_t>(number)); }
  void Int32(int32_t number) { PutAt(Grow(4), static_cast<uint32_t>(number)); }
  void Int64(int64_t number) { PutAt(Grow(8), static_cast<uint64_t>(number)); }
  void Bytes(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(Grow(bytes.size()), bytes.data(), bytes.size());
  }
  void SetInt32(size_t at, int32_t number) {
    PutAt(data_.get() + at, static_cast<uint32_t>(number));
  }

 private:
  template <typename T>
  static void PutAt(char* place, T number) {
    if constexpr (std::endian::native == std::endian::little) {
      if constexpr (sizeof(T) == 2) number = __builtin_bswap16(number);
      if constexpr (sizeof(T) == 4) number = __builtin_bswap32(number);
      if constexpr (sizeof(T) == 8) number = __builtin_bswap64(number);
    }
    std::memcpy(place, &number, sizeof number);
  }
  void Reserve(size_t wanted) {
    const size_t capacity = std::max<size_t>({wanted, 2 * capacity_, 256});
    std::unique_ptr<char[]> bigger(new char[capacity]);
    if (size_ > 0) std::memcpy(bigger.get(), data_.get(), size_);
    data_ = std::move(bigger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  size_t size_ = 0, capacity_ = 0;
};

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_BYTE_BUFFER_H_

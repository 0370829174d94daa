// The primitives of Kafka's wire format, big-endian, as its versions before the flexible ones have
// them: string = int16 length and UTF-8 (-1: null), bytes = int32 length and bytes, array = int32
// count and elements. For kafka_wire.h and the fake broker. Any thread.
#ifndef SLUICE_RUNTIME_CLUSTER_KAFKA_BYTES_H_
#define SLUICE_RUNTIME_CLUSTER_KAFKA_BYTES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/status.h"
#include "runtime/base/text.h"

namespace sluice::cluster {

class KafkaWriter {
 public:
  void Int8(int8_t value) { Number(static_cast<uint64_t>(value), 1); }
  void Int16(int16_t value) { Number(static_cast<uint64_t>(value), 2); }
  void Int32(int32_t value) { Number(static_cast<uint64_t>(value), 4); }
  void Int64(int64_t value) { Number(static_cast<uint64_t>(value), 8); }
  void Count(size_t count) { Int32(static_cast<int32_t>(count)); }
  void String(std::string_view text) {  // up to 32,767 bytes
    Int16(static_cast<int16_t>(text.size()));
    bytes_.append(text);
  }
  void NullString() { Int16(-1); }
  void Bytes(std::string_view bytes) {
    Int32(static_cast<int32_t>(bytes.size()));
    bytes_.append(bytes);
  }
  std::string Take() { return std::move(bytes_); }

 private:
  void Number(uint64_t value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<char>(value >> shift));
    }
  }
  std::string bytes_;
};

// Reads field after field. The first one that is cut off or makes no sense ends it: all that follow
// are empty, and Finish says which it was. Takes no more memory than the bytes have.
class KafkaReader {
 public:
  // Both must outlive the reader. `what` is the message's name, for errors.
  KafkaReader(std::string_view what, std::string_view bytes)
      : what_(what), size_(bytes.size()), left_(bytes) {}

  int8_t Int8(const char* field) { return static_cast<int8_t>(Number(field, 1)); }
  int16_t Int16(const char* field) { return static_cast<int16_t>(Number(field, 2)); }
  int32_t Int32(const char* field) { return static_cast<int32_t>(Number(field, 4)); }
  int64_t Int64(const char* field) { return static_cast<int64_t>(Number(field, 8)); }

  std::optional<std::string> NullableString(const char* field) {
    const int16_t size = Int16(field);
    if (size == -1 || !status_.ok()) return std::nullopt;
    return Piece(field, size);
  }
  std::string String(const char* field) {
    auto text = NullableString(field);
    if (!text && status_.ok()) Fail(field, "is null");
    return std::move(text).value_or("");
  }
  std::string Bytes(const char* field) { return Piece(field, Int32(field)); }

  // Elements of an array, each of which takes at least `least` bytes; 0 for null.
  size_t Count(const char* field, size_t least) {
    const int32_t count = Int32(field);
    if (count == -1 || !status_.ok()) return 0;
    if (count < 0) return Fail(field, StrCat("has ", count, " elements")), 0;
    if (static_cast<size_t>(count) > left_.size() / least) {
      return Fail(field, StrCat("is cut off: ", count, " elements in ", left_.size(), " bytes")), 0;
    }
    return static_cast<size_t>(count);
  }

  bool ok() const { return status_.ok(); }
  // ConnectException: the field that is cut off or makes no sense, or bytes that are too many.
  Status Finish() {
    if (status_.ok() && !left_.empty()) {
      status_ = ConnectError(StrCat(what_, " has ", left_.size(), " bytes too many"));
    }
    return status_;
  }

 private:
  uint64_t Number(const char* field, size_t size) {
    if (!status_.ok()) return 0;
    if (left_.size() < size) return CutOff(field), 0;
    uint64_t value = 0;
    for (size_t i = 0; i < size; ++i) value = value << 8 | static_cast<uint8_t>(left_[i]);
    left_.remove_prefix(size);
    return value;
  }
  std::string Piece(const char* field, int32_t size) {
    if (!status_.ok()) return "";
    if (size < 0) return Fail(field, StrCat("has a length of ", size)), "";
    if (static_cast<size_t>(size) > left_.size()) return CutOff(field), "";
    std::string piece(left_.substr(0, static_cast<size_t>(size)));
    left_.remove_prefix(piece.size());
    return piece;
  }
  void CutOff(const char* field) { Fail(field, StrCat("is cut off, after ", size_, " bytes")); }
  void Fail(const char* field, std::string_view how) {
    status_ = ConnectError(StrCat(what_, ": field ", field, " ", how));
    left_ = {};
  }

  const std::string_view what_;
  const size_t size_;
  std::string_view left_;
  Status status_;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_KAFKA_BYTES_H_

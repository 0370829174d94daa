#include "runtime/storage/java_map_file.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/base/text.h"

namespace sluice::storage {
namespace {

// Constants of java.io.ObjectStreamConstants.
constexpr uint8_t kNull = 0x70, kReference = 0x71, kArray = 0x75, kBlockData = 0x77,
                  kEndBlockData = 0x78;
constexpr uint32_t kFirstHandle = 0x7E0000;

// Everything before the entries: stream header, HashMap's class with its two fields, load factor
// 0.75.
constexpr std::string_view kHeader(
    "\xAC\xED\x00\x05\x73\x72\x00\x11java.util.HashMap\x05\x07\xDA\xC1\xC3\x16\x60\xD1\x03\x00\x02"
    "F\x00\x0AloadFactorI\x00\x09thresholdxp\x3F\x40\x00\x00",
    67);
constexpr std::string_view kByteArrayClass(
    "\x72\x00\x02[B\xAC\xF3\x17\xF8\x06\x08\x54\xE0\x02\x00\x00xp", 18);
constexpr uint32_t kByteArrayHandle =
    kFirstHandle + 2;  // behind HashMap's class and the map itself

void AppendInt(std::string& out, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
}

// Reads with a bound check each; the first failure sticks.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  StatusOr<JavaMap> Decode() {
    SLUICE_RETURN_IF_ERROR(
        Expect(std::string_view("\xAC\xED\x00\x05", 4), "a Java stream's header"));
    SLUICE_RETURN_IF_ERROR(Expect("\x73", "an object"));
    SLUICE_RETURN_IF_ERROR(ClassDesc("java.util.HashMap"));
    handles_.emplace_back();          // the map
    SLUICE_RETURN_IF_ERROR(Skip(8));  // loadFactor, threshold
    SLUICE_RETURN_IF_ERROR(Expect("\x77\x08", "the map's size"));
    SLUICE_RETURN_IF_ERROR(Skip(4));  // buckets
    SLUICE_ASSIGN_OR_RETURN(const uint32_t size, Int());
    JavaMap map;
    for (uint32_t i = 0; i < size; ++i) {
      SLUICE_ASSIGN_OR_RETURN(auto key, ByteArray());
      SLUICE_ASSIGN_OR_RETURN(auto value, ByteArray());
      if (key) map[*key] = std::move(value);
    }
    SLUICE_RETURN_IF_ERROR(Expect("\x78", "the map's end"));
    return map;
  }

 private:
  using MaybeBytes = std::optional<std::string>;

  Status Error(std::string_view expected) const {
    return DataError(StrCat("not a Java HashMap of byte arrays: expected ", expected, " at byte ",
                            position_, " of ", bytes_.size()));
  }
  Status Expect(std::string_view wanted, std::string_view name) {
    if (bytes_.substr(position_, wanted.size()) != wanted) return Error(name);
    position_ += wanted.size();
    return OkStatus();
  }
  Status Skip(size_t count) {
    if (bytes_.size() - position_ < count) return Error("more bytes");
    position_ += count;
    return OkStatus();
  }
  StatusOr<uint32_t> Int() {
    SLUICE_RETURN_IF_ERROR(Skip(4));
    uint32_t number = 0;
    for (size_t i = position_ - 4; i < position_; ++i) {
      number = number << 8 | static_cast<uint8_t>(bytes_[i]);
    }
    return number;
  }
  // A class description up to the null of its super class, of a class without fields that are
  // objects.
  Status ClassDesc(std::string_view name) {
    SLUICE_RETURN_IF_ERROR(Expect("\x72", StrCat("the class ", name)));
    const std::string length{static_cast<char>(name.size() >> 8), static_cast<char>(name.size())};
    SLUICE_RETURN_IF_ERROR(Expect(StrCat(length, name), StrCat("the class ", name)));
    SLUICE_RETURN_IF_ERROR(Skip(9));  // serial version, flags
    SLUICE_RETURN_IF_ERROR(Skip(2));
    size_t fields = static_cast<uint8_t>(bytes_[position_ - 2]) << 8 |
                    static_cast<uint8_t>(bytes_[position_ - 1]);
    for (; fields > 0; --fields) {
      SLUICE_RETURN_IF_ERROR(Skip(3));  // type, length of the name
      SLUICE_RETURN_IF_ERROR(Skip(static_cast<uint8_t>(bytes_[position_ - 2]) << 8 |
                                  static_cast<uint8_t>(bytes_[position_ - 1])));
    }
    SLUICE_RETURN_IF_ERROR(Expect("xp", StrCat("the end of the class ", name)));
    handles_.emplace_back();
    return OkStatus();
  }
  StatusOr<MaybeBytes> ByteArray() {
    if (position_ >= bytes_.size()) return Error("a byte array");
    const uint8_t tag = static_cast<uint8_t>(bytes_[position_]);
    if (tag == kNull) {
      ++position_;
      return MaybeBytes();
    }
    if (tag == kReference) {  // the same array once more
      ++position_;
      SLUICE_ASSIGN_OR_RETURN(const uint32_t handle, Int());
      if (handle < kFirstHandle || handle - kFirstHandle >= handles_.size()) {
        return Error("a reference to something before it");
      }
      return handles_[handle - kFirstHandle];
    }
    if (tag != kArray) return Error("a byte array");
    ++position_;
    if (position_ < bytes_.size() && static_cast<uint8_t>(bytes_[position_]) == kReference) {
      SLUICE_RETURN_IF_ERROR(Skip(5));  // the class, known already
    } else {
      SLUICE_RETURN_IF_ERROR(ClassDesc("[B"));
    }
    SLUICE_ASSIGN_OR_RETURN(const uint32_t size, Int());
    SLUICE_RETURN_IF_ERROR(Skip(size));
    handles_.emplace_back(std::string(bytes_.substr(position_ - size, size)));
    return handles_.back();
  }

  const std::string_view bytes_;
  size_t position_ = 0;
  std::vector<MaybeBytes> handles_;
};

}  // namespace

std::string EncodeJavaMap(const JavaMap& map) {
  uint32_t buckets = 16;
  while (buckets < (1u << 30) && buckets / 4 * 3 < map.size()) buckets *= 2;
  std::string out(kHeader);
  AppendInt(out, buckets / 4 * 3);
  out.push_back(static_cast<char>(kBlockData));
  out.push_back(8);
  AppendInt(out, buckets);
  AppendInt(out, static_cast<uint32_t>(map.size()));
  bool first = true;
  const auto append = [&](const std::optional<std::string>& bytes) {
    if (!bytes) return out.push_back(static_cast<char>(kNull));
    out.push_back(static_cast<char>(kArray));
    if (std::exchange(first, false)) {
      out.append(kByteArrayClass);
    } else {
      out.push_back(static_cast<char>(kReference));
      AppendInt(out, kByteArrayHandle);
    }
    AppendInt(out, static_cast<uint32_t>(bytes->size()));
    out.append(*bytes);
  };
  for (const auto& [key, value] : map) {
    append(key);
    append(value);
  }
  out.push_back(static_cast<char>(kEndBlockData));
  return out;
}

StatusOr<JavaMap> DecodeJavaMap(std::string_view bytes) { return Decoder(bytes).Decode(); }

}  // namespace sluice::storage

#include "connectors/object_store_sink/snappy.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace sluice::object_store_sink {
namespace {

constexpr size_t kFragment = 65536;  // matches look back no further
constexpr int kTableBits = 14;

void AppendVarint(std::string& out, uint32_t number) {
  while (number >= 0x80) {
    out.push_back(static_cast<char>(number | 0x80));
    number >>= 7;
  }
  out.push_back(static_cast<char>(number));
}

void AppendLiteral(std::string& out, std::string_view bytes) {
  if (bytes.empty()) return;
  const size_t length = bytes.size() - 1;
  if (length < 60) {
    out.push_back(static_cast<char>(length << 2));
  } else if (length < 256) {
    out.push_back(static_cast<char>(60 << 2));
    out.push_back(static_cast<char>(length));
  } else {  // a fragment has no more than 64 KB
    out.push_back(static_cast<char>(61 << 2));
    out.push_back(static_cast<char>(length));
    out.push_back(static_cast<char>(length >> 8));
  }
  out.append(bytes);
}

// A copy of 4 to 64 bytes with an offset of two bytes.
void AppendCopy(std::string& out, size_t offset, size_t length) {
  while (length > 0) {
    // No rest of less than 4, which has no form of its own here but would cost one of 3 bytes.
    const size_t part = length > 64 ? (length < 68 ? 60 : 64) : length;
    out.push_back(static_cast<char>((part - 1) << 2 | 2));
    out.push_back(static_cast<char>(offset));
    out.push_back(static_cast<char>(offset >> 8));
    length -= part;
  }
}

uint32_t Load(const char* at) {
  uint32_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

void CompressFragment(std::string& out, std::string_view bytes, std::vector<uint16_t>& table) {
  std::fill(table.begin(), table.end(), uint16_t{0});
  const char* const start = bytes.data();
  const size_t size = bytes.size();
  size_t literal = 0;
  size_t at = 1;  // 0 in the table stands for nothing
  size_t misses = 32;
  while (size >= 8 && at + 4 <= size) {
    const uint32_t word = Load(start + at);
    uint16_t& slot = table[word * 0x1E35A7BDu >> (32 - kTableBits)];
    const size_t before = slot;
    slot = static_cast<uint16_t>(at);
    if (before == 0 || Load(start + before) != word) {
      at += misses++ >> 5;  // faster over what does not compress
      continue;
    }
    size_t length = 4;
    while (at + length < size && start[before + length] == start[at + length]) ++length;
    AppendLiteral(out, bytes.substr(literal, at - literal));
    AppendCopy(out, at - before, length);
    at += length;
    literal = at;
    misses = 32;
  }
  AppendLiteral(out, bytes.substr(literal));
}

}  // namespace

std::string SnappyCompress(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() / 2 + 16);
  AppendVarint(out, static_cast<uint32_t>(bytes.size()));
  std::vector<uint16_t> table(size_t{1} << kTableBits);
  for (size_t at = 0; at < bytes.size(); at += kFragment) {
    CompressFragment(out, bytes.substr(at, kFragment), table);
  }
  return out;
}

}  // namespace sluice::object_store_sink

#include "runtime/convert/protobuf/unique_entries.h"

#include "runtime/abi/views.h"
#include "runtime/record/value.h"

namespace sluice::convert::protobuf {
namespace {

constexpr uint32_t kSmall = 16;

// Of a number its bits, which stay in the arena while entries move.
std::string_view BytesOf(const sluice_value& key, abi::Arena& arena) {
  if (abi::IsText(key)) return abi::Text(key);
  return arena.Copy({reinterpret_cast<const char*>(&key.as), sizeof key.as});
}

}  // namespace

sluice_value UniqueEntries::Map(sluice_map_entry* list, uint32_t read, abi::Arena& arena) {
  if (read == 0) return abi::Map(arena.NewArray<sluice_map_entry>(0), 0);
  uint32_t size = 0;
  places_.clear();
  for (uint32_t i = 0; i < read; ++i) {
    uint32_t place = 0;
    if (read > kSmall) {
      place = places_.emplace(BytesOf(list[i].key, arena), size).first->second;
    } else {
      while (place < size && !record::DeepEquals(list[place].key, list[i].key)) ++place;
    }
    list[place] = list[i];
    if (place == size) ++size;
  }
  return abi::Map(list, size);
}

}  // namespace sluice::convert::protobuf

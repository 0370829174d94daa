// A map's entries as they came, to a map: of those with one key the last counts, at the first one's
// place. For reader.cc; one thread, memory for work is kept.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_UNIQUE_ENTRIES_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_UNIQUE_ENTRIES_H_

#include <cstdint>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "runtime/abi/arena.h"

namespace sluice::convert::protobuf {

class UniqueEntries {
 public:
  // Keys are of one kind: text, bytes or numbers. The list is the map's from then on; null if it is
  // empty.
  sluice_value Map(sluice_map_entry* list, uint32_t read, abi::Arena& arena);

 private:
  absl::flat_hash_map<std::string_view, uint32_t> places_;
};

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_UNIQUE_ENTRIES_H_

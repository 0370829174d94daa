#include "runtime/storage/offset_store.h"

#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/value.h"
#include "runtime/storage/wait.h"

namespace sluice::storage {

Status CheckOffsetMap(const sluice_value& value) {
  if (abi::IsNull(value)) return OkStatus();
  if (value.kind != SLUICE_MAP) return DataError("Offsets must be specified as a Map");
  for (uint32_t i = 0; i < value.size; ++i) {
    const sluice_map_entry& entry = value.as.entries[i];
    if (entry.key.kind != SLUICE_STRING) return DataError("Offsets may only use String keys");
    if (entry.value.kind > SLUICE_BYTES) {  // not a primitive
      return DataError(StrCat("Offsets may only contain primitive types as values, but field ",
                              abi::Text(entry.key), " contains ",
                              record::JavaClassName(entry.value)));
    }
  }
  return OkStatus();
}

Status WriteOffsetsAndWait(OffsetStore& store, std::string_view connector,
                           const std::vector<OffsetWrite>& offsets, milliseconds timeout) {
  return WaitForDone(timeout,
                     [&](Done done) { store.Write(connector, offsets, timeout, std::move(done)); });
}

}  // namespace sluice::storage

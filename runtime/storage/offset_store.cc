#include "runtime/storage/offset_store.h"

#include <utility>

#include "runtime/storage/wait.h"

namespace sluice::storage {

Status WriteOffsetsAndWait(OffsetStore& store, std::string_view connector,
                           const std::vector<OffsetWrite>& offsets, milliseconds timeout) {
  return WaitForDone(timeout,
                     [&](Done done) { store.Write(connector, offsets, timeout, std::move(done)); });
}

}  // namespace sluice::storage

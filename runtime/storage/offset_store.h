// Where source connectors' offsets live: the offsets topic (KafkaOffsetStore), or a file of Java's
// own format in standalone mode. A source partition and its offset are maps of text keys to
// primitive values or null; the topic and the file hold their JSON.
//
// Thread-safe. Partitions are the same whatever the order of their members; numbers are kept byte
// for byte (30 and 30.0 differ). A key that is in the store already is overwritten under its stored
// bytes, a new one is written in the order of the given map.
#ifndef SLUICE_RUNTIME_STORAGE_OFFSET_STORE_H_
#define SLUICE_RUNTIME_STORAGE_OFFSET_STORE_H_

#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/storage/ids.h"

namespace sluice::storage {

inline constexpr milliseconds kOffsetTimeout{30000};

// Both are maps with text keys, or null: a null offset removes it. Borrowed for the call.
struct OffsetWrite {
  sluice_value partition;
  sluice_value offset;
};
// As JSON text, for REST: two objects.
struct StoredOffset {
  std::string partition;
  std::string offset;
};

class OffsetStore {
 public:
  virtual ~OffsetStore() = default;
  // Reads everything; blocks.
  virtual Status Start(milliseconds timeout) = 0;
  virtual void Stop() = 0;

  // The offset of each partition, in the order asked; a null value where there is none. Integers
  // are int64, other numbers float64. Values live in `arena`. Blocks until all that was written
  // before the call has been read: a task's or a connector's thread, never the herder's.
  // DataException for a partition that is no such map.
  virtual StatusOr<std::vector<sluice_value>> Read(std::string_view connector,
                                                   const std::vector<sluice_value>& partitions,
                                                   abi::Arena& arena,
                                                   milliseconds timeout = kOffsetTimeout) = 0;
  // Writes them all. Everything is serialised inside the call. `done` after the last is stored, or
  // with the first error; then any of them may have been stored. DataException if a value is no
  // such map (`Offsets may only contain primitive types as values, but field F contains ...`): then
  // none was written.
  virtual void Write(std::string_view connector, const std::vector<OffsetWrite>& offsets,
                     milliseconds timeout, Done done) = 0;
  // All that this store knows for the connector now, in no order; without what is no JSON object.
  // Does not wait.
  virtual std::vector<StoredOffset> List(std::string_view connector) const = 0;
  // `done` when the store knows all that was written before the call.
  virtual void Refresh(milliseconds timeout, Done done) = 0;
};

// What may be a partition or an offset; the peer's OffsetUtils.validateFormat. DataException.
Status CheckOffsetMap(const sluice_value& value);

// Write that waits for its end. Never on the store's own thread.
Status WriteOffsetsAndWait(OffsetStore& store, std::string_view connector,
                           const std::vector<OffsetWrite>& offsets, milliseconds timeout);

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_OFFSET_STORE_H_

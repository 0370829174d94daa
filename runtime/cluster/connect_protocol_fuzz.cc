// Any bytes as a member's subscription and as a leader's assignment: what can be read is written
// again and read as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/cluster/connect_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::cluster;  // NOLINT: one file, one function
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto read = DecodeSubscription(bytes); read.ok()) {
    const auto again = DecodeSubscription(EncodeSubscription(Protocol::kSessioned, *read));
    if (!again.ok() || *again != *read) std::abort();
  }
  if (const auto read = DecodeAssignment(bytes); read.ok()) {
    const auto again = DecodeAssignment(EncodeAssignment(Protocol::kSessioned, *read));
    if (!again.ok() || *again != *read) std::abort();
    const auto eager = DecodeAssignment(EncodeAssignment(Protocol::kEager, *read));
    if (!eager.ok() || eager->assigned != read->assigned) std::abort();
  }
  return 0;
}

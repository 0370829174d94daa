// Any bytes as a JKS store: read without its password, as a trust store may be, and each key tried
// with one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "runtime/tls/jks.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::tls;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto entries = ParseJks(bytes, std::nullopt);
  if (ParseJks(bytes, "changeit").ok() && !entries.ok()) std::abort();
  if (!entries.ok()) {
    [[maybe_unused]] const bool ok = UnprotectJksKey(bytes, "keypass").ok();
    return 0;
  }
  size_t taken = 0;
  for (const JksEntry& entry : *entries) {
    for (const std::string& certificate : entry.certificates) taken += certificate.size();
    taken += entry.alias.size() + entry.protected_key.size();
    const auto key = UnprotectJksKey(entry.protected_key, "keypass");
    if (key.ok() && key->size() >= entry.protected_key.size()) std::abort();
  }
  if (taken > size) std::abort();
  return 0;
}

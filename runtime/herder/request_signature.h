// Signatures of the requests by which workers hand each other work (KIP-507): a MAC over the body's
// bytes with the group's session key, which the leader makes and every worker reads from the config
// topic. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_HERDER_REQUEST_SIGNATURE_H_
#define SLUICE_RUNTIME_HERDER_REQUEST_SIGNATURE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/herder/herder.h"
#include "runtime/storage/cluster_config.h"

namespace sluice::herder {

// The MAC's bytes; nothing if there is no such algorithm. `algorithm` is Java's name, HmacSHA256.
std::optional<std::string> RequestMac(std::string_view algorithm, std::string_view key,
                                      std::string_view body);

// OK if `request` carries a signature by `key` with one of the `accepted` algorithms. Otherwise
// what the other worker is told: 400 for none or a broken one, 503 while there is no key (nullptr),
// 403 for a wrong one. Takes the same time whichever byte of it is wrong.
Status CheckSignature(const SignedRequest& request, const std::vector<std::string>& accepted,
                      const storage::SessionKey* key);

// How long such a key is; nothing: no such algorithm.
std::optional<size_t> SessionKeyBytes(const std::string& algorithm, std::optional<int> bits);
// A new random key. `bits`: its length; otherwise that of the algorithm. Error: no such algorithm,
// or no randomness.
StatusOr<storage::SessionKey> NewSessionKey(const std::string& algorithm, std::optional<int> bits,
                                            int64_t now_ms);

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_REQUEST_SIGNATURE_H_

// What config providers resolved, so that no log line, status trace or error of the REST API shows
// it. Process-wide, since every text that leaves the process passes here; any thread.
#ifndef SLUICE_RUNTIME_BASE_SECRETS_H_
#define SLUICE_RUNTIME_BASE_SECRETS_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

// Shorter texts are no secrets, and stand in too many others.
inline constexpr size_t kSecretSizeMin = 4;

// From now on `shown` stands for `secret`, for its long lines and for the items of a list in it.
// Of more than 4096 the oldest are forgotten.
void RememberSecret(std::string_view secret, std::string_view shown);

// `text` with every secret in it replaced. Costs one load while there is none.
std::string WithoutSecrets(std::string text);

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_SECRETS_H_

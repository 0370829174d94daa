// What the worker says it is: its own version, and the Kafka Connect version whose REST API,
// configuration and topics it has. Tools read the latter from `GET /` and expect its features.
#ifndef SLUICE_RUNTIME_WORKER_VERSION_H_
#define SLUICE_RUNTIME_WORKER_VERSION_H_

#include <string_view>

namespace sluice::worker {

inline constexpr std::string_view kVersion = "0.1.0";
inline constexpr std::string_view kConnectVersion = "4.3.1";
inline constexpr std::string_view kConnectCommit = "26b251a451ce941d";

}  // namespace sluice::worker

#endif  // SLUICE_RUNTIME_WORKER_VERSION_H_

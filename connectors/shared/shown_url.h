// What a text may show of a URL: scheme, host and port. User and password are in front of these,
// and tokens may stand in path and query. Pure, any thread.
#ifndef SLUICE_CONNECTORS_SHARED_SHOWN_URL_H_
#define SLUICE_CONNECTORS_SHARED_SHOWN_URL_H_

#include <string>
#include <string_view>

namespace sluice::shared {

// https://***@host:8443/***. What is no URL may be a secret that was put into the wrong key, and is
// *** as a whole; of a JDBC URL its kind is shown in any case.
std::string ShownUrl(std::string_view url);

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_SHOWN_URL_H_

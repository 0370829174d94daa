// Headers as configurations list them: name:value, separated by a comma or what else is said. Pure
// functions.
#ifndef SLUICE_CONNECTORS_HTTP_HEADER_LIST_H_
#define SLUICE_CONNECTORS_HTTP_HEADER_LIST_H_

#include <string>
#include <string_view>

#include "connectors/http/message.h"
#include "connectors/sdk/errors.h"

namespace sluice::http {

// The value begins behind the first colon. Empty parts are passed over. Throws ConfigException,
// which names `key`, and no value: it may be a secret.
Headers ReadHeaderList(std::string_view key, std::string_view text, std::string_view separator);

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_HEADER_LIST_H_

// Base64 (RFC 4648, 4). Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_SHARED_BASE64_H_
#define SLUICE_CONNECTORS_SHARED_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

#include "connectors/shared/text_buffer.h"

namespace sluice::shared {

std::string Base64(std::string_view bytes);
void PutBase64(TextBuffer& out, std::string_view bytes);
// With its padding or without. Nothing: it is no base64.
std::optional<std::string> FromBase64(std::string_view text);

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_BASE64_H_

// Small forms of text: a form's fields, what may stand in a header, what an error may show of an
// answer. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_HTTP_TEXT_H_
#define SLUICE_CONNECTORS_HTTP_TEXT_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::http {

// name=value&name=value, as a form is sent.
std::string FormEncode(const std::vector<std::pair<std::string, std::string>>& fields);

// RFC 9110, 5.1: a token.
bool IsHeaderName(std::string_view name);
// No control characters: nothing that would begin another header.
bool IsHeaderValue(std::string_view value);

// The beginning of an answer's body for an error's text: one line of at most 300 bytes, in which
// `secrets` are replaced by ***.
std::string Snippet(std::string_view body, const std::vector<std::string>& secrets);

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_TEXT_H_

// Collects what no text may show, in the forms in which a server may hand it back; Snippet (text.h)
// replaces it. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_HTTP_SECRETS_H_
#define SLUICE_CONNECTORS_HTTP_SECRETS_H_

#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

using Secrets = std::vector<std::string>;

// A password or a token: as it is, and percent-encoded.
void NotePassword(Secrets& secrets, std::string_view password);
// A password, and what a Basic header makes of it.
void NoteLogin(Secrets& secrets, std::string_view user, std::string_view password);
// What may be a secret, such as a header: the whole, and what stands behind its first blank (Bearer
// abc). Of a value with ${variables} what stands before them. One of less than 8 bytes is hardly a
// secret, and would be found everywhere.
void NoteValue(Secrets& secrets, std::string_view value);
// Of a=b&c=d the values, as they are and percent-decoded.
void NoteQuery(Secrets& secrets, std::string_view query);
// Of a URL, which may have ${variables}: path, query, user and password.
void NoteUrl(Secrets& secrets, std::string_view url);

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_SECRETS_H_

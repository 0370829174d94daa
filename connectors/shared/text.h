// Small forms of text: case, blanks, what stands in URLs. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_SHARED_TEXT_H_
#define SLUICE_CONNECTORS_SHARED_TEXT_H_

#include <string>
#include <string_view>

namespace sluice::shared {

// Of ASCII letters.
std::string Lower(std::string_view text);
bool EqualIgnoringCase(std::string_view a, std::string_view b);

// Without blanks and control characters at both ends.
std::string_view Trimmed(std::string_view text);

// All but letters, digits and -._~ as %XX (RFC 3986, 2.3): fit for a part of a path or a query.
std::string PercentEncode(std::string_view text);
// The same of a whole path, whose slashes stay.
std::string PercentEncodePath(std::string_view path);

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_TEXT_H_

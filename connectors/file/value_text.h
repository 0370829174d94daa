// Values as lines: the text that Java's println writes of them. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_FILE_VALUE_TEXT_H_
#define SLUICE_CONNECTORS_FILE_VALUE_TEXT_H_

#include <string>

#include "connectors/sdk/value.h"

namespace sluice::file {

// Appends toString: a string as it is, Struct{a=1,b=x} (null fields left out), {a=1, b=x}, [1, 2],
// 1.0E10, true, 12.90, Thu Jan 01 00:00:00 UTC 1970, null. Bytes, whose text in Java is an address,
// are base64. Allocates nothing of its own for strings. Throws DataException for what AppendJson
// (shared/json_text.h) has no text for; a part of it may have been appended then.
void AppendText(std::string& out, const sluice_value& value);

}  // namespace sluice::file

#endif  // SLUICE_CONNECTORS_FILE_VALUE_TEXT_H_

// Values as lines: the text that Java's println writes of them, and JSON. Appends; allocates
// nothing of its own for strings. Pure functions, any thread. Values are nested 1000 deep at most
// (what deeper is becomes an error).
#ifndef SLUICE_CONNECTORS_FILE_VALUE_TEXT_H_
#define SLUICE_CONNECTORS_FILE_VALUE_TEXT_H_

#include <string>
#include <string_view>

#include "connectors/sdk/value.h"

namespace sluice::file {

// toString: a string as it is, Struct{a=1,b=x} (null fields left out), {a=1, b=x}, [1, 2], 1.0E10,
// true, 12.90, Thu Jan 01 00:00:00 UTC 1970, null. Bytes, whose text in Java is an address, are
// base64. False: nested too deeply.
bool AppendText(std::string& out, const sluice_value& value);

// One JSON value, as JsonConverter without schemas writes it: maps with other keys than text are
// arrays of pairs, bytes are base64, dates and times whole numbers, NaN and the infinities strings;
// decimals are numbers. Text that is not UTF-8 is passed on. False: nested too deeply.
bool AppendJson(std::string& out, const sluice_value& value);

}  // namespace sluice::file

#endif  // SLUICE_CONNECTORS_FILE_VALUE_TEXT_H_

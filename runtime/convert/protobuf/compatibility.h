// Whether data of one schema can be read with another, by the rules of Confluent's registry for
// Protobuf. A pure function, any thread.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_COMPATIBILITY_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_COMPATIBILITY_H_

#include <optional>
#include <string>

#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {

// Nothing if it can; else the first reason found.
std::optional<std::string> WhyNotReadable(const Schema& reader, const Schema& writer);

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_COMPATIBILITY_H_

// libFuzzer: any text as a .proto file; what can be parsed becomes Connect schemas, and those can
// be fingerprinted and read from nothing.
#include <string_view>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/base/status.h"
#include "runtime/convert/protobuf/compatibility.h"
#include "runtime/convert/protobuf/reader.h"
#include "runtime/convert/protobuf/schema.h"
#include "runtime/convert/protobuf/to_connect.h"

using namespace sluice::convert::protobuf;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto schema = ParseSchema({reinterpret_cast<const char*>(data), size});
  if (!schema.ok()) return 0;
  (void)WhyNotReadable(**schema, **schema);
  for (const bool other : {false, true}) {
    const ProtobufOptions options{.optional_for_nullables = other,
                                  .wrapper_for_nullables = other,
                                  .struct_for_nulls = other,
                                  .flatten_unions = other};
    const Message* message = (*schema)->At({});
    if (message == nullptr) return 0;
    auto connect = ToConnectSchema(*message, 1, options);
    if (!connect.ok()) continue;
    const auto reader = Reader::Make(*message, *connect, options);
    if (!reader.ok()) continue;
    sluice::abi::Arena arena;
    (void)(*reader)->Read("", arena);
  }
  return 0;
}

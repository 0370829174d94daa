// libFuzzer: any text as an Avro schema, to Connect and back.
#include <cstdlib>
#include <string_view>

#include "runtime/abi/schema.h"
#include "runtime/convert/avro/from_connect.h"
#include "runtime/convert/avro/schema.h"
#include "runtime/convert/avro/to_connect.h"

using namespace sluice::convert::avro;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto document = ParseSchema({reinterpret_cast<const char*>(data), size});
  if (!document.ok()) return 0;
  const Schema& root = *(*document)->root();
  (void)WhyNotReadable(root, root);
  const auto text = SchemaText(root);
  if (text.ok() && !ParseSchema(*text).ok()) std::abort();  // what is written can be read
  AvroOptions options;
  options.enhanced = size % 2 == 0;
  const auto connect = ToConnectSchema(root, 1, options);
  if (!connect.ok() || !*connect) return 0;
  const auto back = FromConnectSchema(**connect, options);
  if (back.ok()) (void)SchemaText(*(*back)->root());
  return 0;
}

// Snappy's block format, as avro.codec=snappy needs it (the library's headers are not asked of a
// machine for this alone). Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_SNAPPY_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_SNAPPY_H_

#include <string>
#include <string_view>

namespace sluice::object_store_sink {

// At most 4 GB. The same bytes in give the same bytes out.
std::string SnappyCompress(std::string_view bytes);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_SNAPPY_H_

// ParquetFormat, by sluice_parquet.so, which is opened when the first task asks for it.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_FORMAT_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_FORMAT_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/object_store_sink/format.h"

namespace sluice::object_store_sink {

// Throws ConnectException if the library is not there; its text says where it was looked for.
std::unique_ptr<Format> NewParquetFormat(std::string_view codec);

// .snappy.parquet
std::string ParquetExtension(std::string_view codec);
// Where the library may be, the likeliest first: SLUICE_PARQUET_LIBRARY, ../lib beside the plugin,
// ../lib beside the worker.
std::vector<std::string> ParquetLibraryPaths();

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_FORMAT_H_

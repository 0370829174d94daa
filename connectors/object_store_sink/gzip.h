// A gzip stream. The same bytes in give the same bytes out: its header has no time. One thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_GZIP_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_GZIP_H_

#include <cstddef>
#include <memory>

#include "connectors/object_store_sink/format.h"

namespace sluice::object_store_sink {

// What a stream takes: zlib's window and tables, and room for what comes of them.
constexpr size_t kGzipMemory = 300 << 10;

class GzipOutput : public Output {
 public:
  virtual void End() = 0;  // the stream's end; nothing may follow
};

// `level`: -1 to 9. `output` must live as long.
std::unique_ptr<GzipOutput> NewGzipOutput(int level, Output& output);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_GZIP_H_

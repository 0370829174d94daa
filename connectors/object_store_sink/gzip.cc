#include "connectors/object_store_sink/gzip.h"

#include <zlib.h>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

class Gzip : public GzipOutput {
 public:
  Gzip(int level, Output& output) : output_(output) {
    // 15: the largest window; 16: gzip's header instead of zlib's.
    if (deflateInit2(&stream_, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw sdk::ConnectException("zlib refuses the compression level ", level);
    }
  }
  ~Gzip() override { deflateEnd(&stream_); }

  void Append(std::string_view bytes) override { Run(bytes, Z_NO_FLUSH); }
  void End() override { Run({}, Z_FINISH); }

 private:
  void Run(std::string_view bytes, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(room_);
      stream_.avail_out = sizeof room_;
      deflate(&stream_, flush);
      output_.Append({room_, sizeof room_ - stream_.avail_out});
    } while (stream_.avail_out == 0);
  }

  Output& output_;
  z_stream stream_{};
  char room_[32 << 10];
};

}  // namespace

std::unique_ptr<GzipOutput> NewGzipOutput(int level, Output& output) {
  return std::make_unique<Gzip>(level, output);
}

}  // namespace sluice::object_store_sink

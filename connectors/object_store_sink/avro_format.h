// AvroFormat: object container files, with codecs null, deflate, snappy and bzip2.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_AVRO_FORMAT_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_AVRO_FORMAT_H_

#include <memory>
#include <string>
#include <string_view>

#include "connectors/object_store_sink/format.h"

namespace sluice::object_store_sink {

enum class AvroCodec : uint8_t { kNull, kDeflate, kSnappy, kBzip2 };

class AvroFormat : public Format {
 public:
  AvroFormat(AvroCodec codec, bool meta_data) : codec_(codec), meta_data_(meta_data) {}
  std::string extension() const override { return ".avro"; }
  bool has_schema() const override { return true; }
  std::unique_ptr<FileEncoder> Open(const sluice_schema* schema, std::string_view name,
                                    Output& output) const override;

 private:
  const AvroCodec codec_;
  const bool meta_data_;
};

// A block's bytes, as the codec keeps them.
std::string CompressAvroBlock(AvroCodec codec, std::string_view bytes);
std::string_view AvroCodecName(AvroCodec codec);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_AVRO_FORMAT_H_

#include "connectors/object_store_sink/avro_format.h"

#include <bzlib.h>
#include <zlib.h>

#include "connectors/object_store_sink/avro_schema.h"
#include "connectors/object_store_sink/digest.h"
#include "connectors/object_store_sink/snappy.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

constexpr size_t kBlock = 64'000;  // of bytes before the codec; Java's

void AppendBytes(std::string& out, std::string_view bytes) {
  AppendAvroLong(out, static_cast<int64_t>(bytes.size()));
  out.append(bytes);
}

std::string Deflate(std::string_view bytes) {
  z_stream stream{};
  // A negative window: without a header.
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw sdk::ConnectException("zlib could not be started");
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int done = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (done != Z_STREAM_END) throw sdk::ConnectException("zlib could not compress a block");
  return out;
}

std::string Bzip2(std::string_view bytes) {
  std::string out(bytes.size() + bytes.size() / 100 + 1000, '\0');
  auto size = static_cast<unsigned>(out.size());
  const int done = BZ2_bzBuffToBuffCompress(out.data(), &size, const_cast<char*>(bytes.data()),
                                            static_cast<unsigned>(bytes.size()), 9, 0, 0);
  if (done != BZ_OK) throw sdk::ConnectException("bzip2 could not compress a block: ", done);
  out.resize(size);
  return out;
}

// With the sum of what was compressed behind it.
std::string Snappy(std::string_view bytes) {
  std::string out = SnappyCompress(bytes);
  const auto sum = static_cast<uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(sum >> shift));
  return out;
}

class AvroEncoder : public FileEncoder {
 public:
  AvroEncoder(AvroCodec codec, AvroSchema schema, std::string_view name, Output& output)
      : codec_(codec), schema_(std::move(schema)), output_(output) {
    // A marker of the name: the same file has the same one whenever it is written.
    sync_ = Sha256(name).substr(0, 16);
    std::string head = "Obj\x01";
    AppendAvroLong(head, 2);
    AppendBytes(head, "avro.codec");
    AppendBytes(head, AvroCodecName(codec));
    AppendBytes(head, "avro.schema");
    AppendBytes(head, schema_.json);
    AppendAvroLong(head, 0);
    output_.Append(head);
    output_.Append(sync_);
  }

  void Stage(const sluice_schema*, const sdk::Value& value) override {
    block_.resize(kept_);
    try {
      AppendAvro(block_, *schema_.root, value);
    } catch (const sdk::DataException&) {
      block_.resize(kept_);
      throw;
    }
  }
  void Keep() override {
    kept_ = block_.size();
    ++count_;
    if (kept_ >= kBlock) Pass();
  }
  void End() override { Pass(); }
  size_t held() const override { return kept_; }

 private:
  void Pass() {
    if (count_ == 0) return;
    block_.resize(kept_);
    std::string head;
    AppendAvroLong(head, count_);
    if (codec_ == AvroCodec::kNull) {
      AppendAvroLong(head, static_cast<int64_t>(block_.size()));
      output_.Append(head);
      output_.Append(block_);
    } else {
      const std::string packed = CompressAvroBlock(codec_, block_);
      AppendAvroLong(head, static_cast<int64_t>(packed.size()));
      output_.Append(head);
      output_.Append(packed);
    }
    output_.Append(sync_);
    block_.clear();
    kept_ = 0;
    count_ = 0;
  }

  const AvroCodec codec_;
  const AvroSchema schema_;
  Output& output_;
  std::string sync_, block_;
  size_t kept_ = 0;
  int64_t count_ = 0;
};

}  // namespace

std::string_view AvroCodecName(AvroCodec codec) {
  static constexpr std::string_view kNames[] = {"null", "deflate", "snappy", "bzip2"};
  return kNames[static_cast<size_t>(codec)];
}

std::string CompressAvroBlock(AvroCodec codec, std::string_view bytes) {
  switch (codec) {
    case AvroCodec::kDeflate:
      return Deflate(bytes);
    case AvroCodec::kSnappy:
      return Snappy(bytes);
    case AvroCodec::kBzip2:
      return Bzip2(bytes);
    default:
      return std::string(bytes);
  }
}

std::unique_ptr<FileEncoder> AvroFormat::Open(const sluice_schema* schema, std::string_view name,
                                              Output& output) const {
  if (schema == nullptr) {
    throw sdk::DataException("AvroFormat needs a schema, and the value has none");
  }
  return std::make_unique<AvroEncoder>(codec_, MakeAvroSchema(*schema, meta_data_), name, output);
}

}  // namespace sluice::object_store_sink

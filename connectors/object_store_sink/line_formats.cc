#include "connectors/object_store_sink/line_formats.h"

#include <utility>

#include "connectors/object_store_sink/gzip.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

// Lines are collected into blocks, so that gzip and the upload are called seldom.
constexpr size_t kBlock = 64 << 10;

class LineEncoder : public FileEncoder {
 public:
  LineEncoder(std::string_view separator, Compression compression, Output& output)
      : separator_(separator), output_(&output) {
    if (!compression.gzip) return;
    gzip_ = NewGzipOutput(compression.level, output);
    output_ = gzip_.get();
  }
  void Keep() override {
    kept_ = block_.size();
    if (kept_ >= kBlock) Pass();
  }
  void End() override {
    Pass();
    if (gzip_ != nullptr) gzip_->End();
  }
  size_t held() const override { return block_.capacity() + (gzip_ != nullptr ? kGzipMemory : 0); }

 protected:
  // Behind what was kept, in place of what was staged and not kept.
  std::string& Begin() {
    block_.resize(kept_);
    return block_;
  }
  void Finish() { block_.append(separator_); }
  void Drop() { block_.resize(kept_); }

 private:
  void Pass() {
    output_->Append(std::string_view(block_).substr(0, kept_));
    block_.clear();
    if (block_.capacity() > 4 * kBlock) std::string().swap(block_);
    kept_ = 0;
  }
  const std::string separator_;
  Output* output_;
  std::unique_ptr<GzipOutput> gzip_;
  std::string block_;
  size_t kept_ = 0;
};

class JsonEncoder : public LineEncoder {
 public:
  JsonEncoder(shared::DecimalText decimals, Compression compression, Output& output)
      : LineEncoder("\n", compression, output), decimals_(decimals) {}
  void Stage(const sluice_schema*, const sdk::Value& value) override {
    try {
      shared::AppendJson(Begin(), value, decimals_);
    } catch (const sdk::DataException&) {
      Drop();
      throw;
    }
    Finish();
  }

 private:
  const shared::DecimalText decimals_;
};

class ByteArrayEncoder : public LineEncoder {
 public:
  using LineEncoder::LineEncoder;
  void Stage(const sluice_schema*, const sdk::Value& value) override {
    if (value.kind != SLUICE_BYTES) {
      throw sdk::DataException(
          "ByteArrayFormat takes bytes only: use the ByteArrayConverter with it");
    }
    Begin().append(sdk::Text(value));
    Finish();
  }
};

}  // namespace

std::unique_ptr<FileEncoder> JsonFormat::Open(const sluice_schema*, std::string_view,
                                              Output& output) const {
  return std::make_unique<JsonEncoder>(decimals_, compression_, output);
}

std::unique_ptr<FileEncoder> ByteArrayFormat::Open(const sluice_schema*, std::string_view,
                                                   Output& output) const {
  return std::make_unique<ByteArrayEncoder>(separator_, compression_, output);
}

}  // namespace sluice::object_store_sink

// sluice_parquet.so: Parquet files by Apache Arrow, behind parquet_abi.h. No exception leaves it.
#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/io/interfaces.h>
#include <arrow/table.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "connectors/object_store_sink/parquet/columns.h"
#include "connectors/object_store_sink/parquet/repetition.h"
#include "connectors/object_store_sink/parquet_abi.h"

namespace sluice::object_store_sink {
namespace {

// A row group is in memory until it is written.
constexpr size_t kRowGroupBytes = 32 << 20;
constexpr int64_t kRowGroupRows = 1 << 20;

void Must(const arrow::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

class Stream : public arrow::io::OutputStream {
 public:
  explicit Stream(sluice_parquet_output output) : output_(output) {}
  arrow::Status Write(const void* bytes, int64_t size) override {
    if (output_.append(output_.context, static_cast<const char*>(bytes),
                       static_cast<size_t>(size)) != 0) {
      return arrow::Status::OutOfMemory("the upload's buffer could not grow");
    }
    position_ += size;
    return arrow::Status::OK();
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  arrow::Result<int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }

 private:
  const sluice_parquet_output output_;
  int64_t position_ = 0;
  bool closed_ = false;
};

arrow::Compression::type CodecOf(std::string_view name) {
  if (name == "none") return arrow::Compression::UNCOMPRESSED;
  if (name == "gzip") return arrow::Compression::GZIP;
  if (name == "snappy") return arrow::Compression::SNAPPY;
  if (name == "lz4") return arrow::Compression::LZ4;
  if (name == "brotli") return arrow::Compression::BROTLI;
  if (name == "zstd") return arrow::Compression::ZSTD;
  throw std::runtime_error("no such codec: " + std::string(name));
}

class File {
 public:
  File(const sluice_schema& schema, std::string_view codec, sluice_parquet_output output)
      : schema_(schema),
        codec_(CodecOf(codec)),
        columns_(schema),
        stream_(std::make_shared<Stream>(output)) {}

  void Check(const sluice_value& value) const { columns_->Check(value); }
  void Write(const sluice_value& value) {
    columns_->Append(value);
    if (columns_->bytes() >= kRowGroupBytes || columns_->rows() >= kRowGroupRows) WriteGroup();
  }
  void Finish() {
    WriteGroup();
    if (writer_ == nullptr) Open(nullptr);
    Must(writer_->Close());
  }
  size_t memory() const { return columns_->bytes(); }

 private:
  // `first`: the rows by which the encodings of all are chosen; the same rows make the same file.
  void Open(const arrow::RecordBatch* first) {
    parquet::WriterProperties::Builder properties;
    properties.compression(codec_)->created_by("sluice")->max_row_group_length(kRowGroupRows);
    for (int i = 0; first != nullptr && i < first->num_columns(); ++i) {
      if (!Repeats(*first->column(i))) properties.disable_dictionary(first->column_name(i));
    }
    auto opened = parquet::arrow::FileWriter::Open(
        *columns_->schema(), arrow::default_memory_pool(), stream_, properties.build(),
        parquet::ArrowWriterProperties::Builder().build());
    Must(opened.status());
    writer_ = std::move(opened).ValueUnsafe();
  }
  void WriteGroup() {
    const int64_t rows = columns_->rows();
    if (rows == 0) return;
    const std::shared_ptr<arrow::RecordBatch> rows_taken = columns_->Take();
    if (writer_ == nullptr) Open(rows_taken.get());
    const auto table = arrow::Table::FromRecordBatches({rows_taken});
    Must(table.status());
    columns_.emplace(schema_);
    Must(writer_->WriteTable(**table, rows));
  }

  const sluice_schema& schema_;
  const arrow::Compression::type codec_;
  std::optional<Columns> columns_;  // of the row group under way
  const std::shared_ptr<Stream> stream_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;  // from the first row group on
};

template <typename Body>
int Guard(sluice_parquet_error* error, Body&& body) noexcept {
  const auto fail = [&](int bad_data, const char* text) {
    error->bad_data = bad_data;
    const size_t size = std::min(std::strlen(text), sizeof error->text - 1);
    std::memcpy(error->text, text, size);
    error->text[size] = '\0';
    return 1;
  };
  try {
    body();
    return 0;
  } catch (const BadData& bad) {
    return fail(1, bad.what());
  } catch (const std::exception& other) {
    return fail(0, other.what());
  } catch (...) {
    return fail(0, "something was thrown that is no std::exception");
  }
}

constexpr sluice_parquet_table kTable = {
    .open = [](const sluice_schema* schema, const char* codec, sluice_parquet_output output,
               sluice_parquet_error* error) -> void* {
      File* made = nullptr;
      Guard(error, [&] { made = new File(*schema, codec, output); });
      return made;
    },
    .check =
        [](void* file, const sluice_value* value, sluice_parquet_error* error) {
          return Guard(error, [&] { static_cast<const File*>(file)->Check(*value); });
        },
    .write =
        [](void* file, const sluice_value* value, sluice_parquet_error* error) {
          return Guard(error, [&] { static_cast<File*>(file)->Write(*value); });
        },
    .finish =
        [](void* file, sluice_parquet_error* error) {
          return Guard(error, [&] { static_cast<File*>(file)->Finish(); });
        },
    .memory = [](void* file) { return static_cast<const File*>(file)->memory(); },
    .close = [](void* file) { delete static_cast<File*>(file); },
};

}  // namespace
}  // namespace sluice::object_store_sink

extern "C" __attribute__((visibility("default"))) const sluice_parquet_table* sluice_parquet_v1(
    void) {
  return &sluice::object_store_sink::kTable;
}

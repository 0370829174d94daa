#include "connectors/object_store_sink/parquet_format.h"

#include <cstdlib>
#include <exception>

#include <dlfcn.h>
#include <unistd.h>

#include "connectors/object_store_sink/parquet_abi.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

constexpr std::string_view kLibrary = "sluice_parquet.so.1";

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// Opened once and never closed: Arrow has threads of its own.
const sluice_parquet_table& Library() {
  static const sluice_parquet_table* const table = [] {
    std::string tried;
    for (const std::string& path : ParquetLibraryPaths()) {
      if (void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL); library != nullptr) {
        void* const entry = dlsym(library, SLUICE_PARQUET_ENTRY);
        if (entry != nullptr) return reinterpret_cast<sluice_parquet_fn>(entry)();
        tried += sdk::Cat("; ", path, ": it has no ", SLUICE_PARQUET_ENTRY);
      } else {
        tried += sdk::Cat("; ", dlerror());
      }
    }
    throw sdk::ConnectException("ParquetFormat needs ", kLibrary,
                                ", which tools/build makes; it could not be opened", tried);
  }();
  return *table;
}

// Errors are a KB that no success pays for: they are not cleared before a call.
[[noreturn]] void Throw(const sluice_parquet_error& error) {
  if (error.bad_data != 0) throw sdk::DataException(error.text);
  throw sdk::ConnectException("Parquet: ", error.text);
}

class ParquetEncoder : public FileEncoder {
 public:
  ParquetEncoder(const sluice_parquet_table& table, const sluice_schema* schema,
                 const std::string& codec, Output& output)
      : table_(table), schema_(schema), output_(output) {
    sluice_parquet_error error;
    file_ = table_.open(schema, codec.c_str(), {this, &Append}, &error);
    if (file_ == nullptr) Throw(error);
  }
  ~ParquetEncoder() override { table_.close(file_); }

  void Stage(const sluice_schema*, const sdk::Value& value) override {
    sluice_parquet_error error;
    if (table_.check(file_, &value, &error) != 0) Throw(error);
    copy_ = value;
  }
  void Keep() override {
    sluice_parquet_error error;
    if (table_.write(file_, &copy_, &error) != 0) Throw(error);
  }
  void End() override {
    sluice_parquet_error error;
    if (table_.finish(file_, &error) != 0) Throw(error);
  }
  size_t held() const override { return table_.memory(file_); }

 private:
  static int Append(void* context, const char* bytes, size_t size) {
    try {
      static_cast<ParquetEncoder*>(context)->output_.Append({bytes, size});
      return 0;
    } catch (...) {
      return 1;
    }
  }

  const sluice_parquet_table& table_;
  const sdk::Schema schema_;  // keeps it
  Output& output_;
  void* file_ = nullptr;
  sdk::Value copy_{};  // of the 16 bytes that were staged
};

class ParquetFormat : public Format {
 public:
  explicit ParquetFormat(std::string_view codec) : table_(Library()), codec_(codec) {}
  std::string extension() const override { return ParquetExtension(codec_); }
  bool has_schema() const override { return true; }
  bool needs_struct() const override { return true; }
  std::unique_ptr<FileEncoder> Open(const sluice_schema* schema, std::string_view,
                                    Output& output) const override {
    if (schema == nullptr || schema->type != SLUICE_STRUCT) {
      throw sdk::DataException("ParquetFormat takes structs with a schema only");
    }
    return std::make_unique<ParquetEncoder>(table_, schema, codec_, output);
  }

 private:
  const sluice_parquet_table& table_;
  const std::string codec_;
};

}  // namespace

std::vector<std::string> ParquetLibraryPaths() {
  std::vector<std::string> out;
  if (const char* given = std::getenv("SLUICE_PARQUET_LIBRARY"); given != nullptr) {
    out.emplace_back(given);
  }
  Dl_info us{};
  if (dladdr(reinterpret_cast<void*>(&NewParquetFormat), &us) != 0 && us.dli_fname != nullptr) {
    out.push_back(sdk::Cat(FolderOf(us.dli_fname), "/../lib/", kLibrary));
  }
  char worker[4096];
  if (const ssize_t size = readlink("/proc/self/exe", worker, sizeof worker); size > 0) {
    const std::string path(worker, static_cast<size_t>(size));
    out.push_back(sdk::Cat(FolderOf(path), "/../lib/", kLibrary));
  }
  return out;
}

std::string ParquetExtension(std::string_view codec) {
  if (codec == "none") return ".parquet";
  if (codec == "gzip") return ".gz.parquet";
  if (codec == "brotli") return ".br.parquet";
  return sdk::Cat(".", codec, ".parquet");
}

std::unique_ptr<Format> NewParquetFormat(std::string_view codec) {
  return std::make_unique<ParquetFormat>(codec);
}

}  // namespace sluice::object_store_sink

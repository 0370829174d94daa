// JsonFormat and ByteArrayFormat: a value, a separator, and so on; gzip around it on demand.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_LINE_FORMATS_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_LINE_FORMATS_H_

#include <memory>
#include <string>
#include <string_view>

#include "connectors/object_store_sink/format.h"
#include "connectors/shared/json_text.h"

namespace sluice::object_store_sink {

struct Compression {
  bool gzip = false;
  int level = -1;  // -1: the library's
};

class JsonFormat : public Format {
 public:
  JsonFormat(shared::DecimalText decimals, Compression compression)
      : decimals_(decimals), compression_(compression) {}
  std::string extension() const override { return compression_.gzip ? ".json.gz" : ".json"; }
  bool has_schema() const override { return false; }
  std::unique_ptr<FileEncoder> Open(const sluice_schema* schema, std::string_view name,
                                    Output& output) const override;

 private:
  const shared::DecimalText decimals_;
  const Compression compression_;
};

class ByteArrayFormat : public Format {
 public:
  ByteArrayFormat(std::string extension, std::string separator, Compression compression)
      : extension_(std::move(extension)),
        separator_(std::move(separator)),
        compression_(compression) {}
  std::string extension() const override { return extension_ + (compression_.gzip ? ".gz" : ""); }
  bool has_schema() const override { return false; }
  std::unique_ptr<FileEncoder> Open(const sluice_schema* schema, std::string_view name,
                                    Output& output) const override;

 private:
  const std::string extension_, separator_;
  const Compression compression_;
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_LINE_FORMATS_H_

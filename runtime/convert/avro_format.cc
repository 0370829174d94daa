// Avro as a format of a registry.
#include <utility>

#include "runtime/base/text.h"
#include "runtime/convert/avro/connect_names.h"
#include "runtime/convert/avro/from_connect.h"
#include "runtime/convert/avro/reader.h"
#include "runtime/convert/avro/schema.h"
#include "runtime/convert/avro/to_connect.h"
#include "runtime/convert/avro/writer.h"
#include "runtime/convert/avro_converter.h"
#include "runtime/convert/parsed_schemas.h"

namespace sluice::convert {
namespace {

using DocumentPtr = std::shared_ptr<const avro::Document>;

class AvroWriter : public FormatWriter {
 public:
  AvroWriter(schema_registry::Schema schema, std::string record,
             std::unique_ptr<avro::Writer> writer)
      : schema_(std::move(schema)), record_(std::move(record)), writer_(std::move(writer)) {}

  const schema_registry::Schema& schema() const override { return schema_; }
  std::string_view record_name() const override { return record_; }
  Status Write(const sluice_value& value, ByteOutput& out) override {
    return writer_->Write(value, out);
  }

 private:
  const schema_registry::Schema schema_;
  const std::string record_;
  const std::unique_ptr<avro::Writer> writer_;
};

class AvroReader : public FormatReader {
 public:
  AvroReader(DocumentPtr document, std::unique_ptr<avro::Reader> reader)
      : document_(std::move(document)), reader_(std::move(reader)) {}

  StatusOr<record::SchemaAndValue> Read(std::string_view payload,
                                        record::BatchMemory& memory) override {
    record::SchemaAndValue result;
    SLUICE_ASSIGN_OR_RETURN(result.value, reader_->Read(payload, memory.arena()));
    result.schema = memory.Keep(reader_->schema());
    return result;
  }

 private:
  const DocumentPtr document_;  // the writer's, for what is skipped
  const std::unique_ptr<avro::Reader> reader_;
};

std::string RecordNameOf(const avro::Schema& schema) {
  return schema.type == avro::Type::kRecord ? schema.full_name() : std::string();
}

class AvroFormat : public RegistryFormat {
 public:
  explicit AvroFormat(avro::AvroOptions options) : options_(options) {}

  std::string_view name() const override { return "Avro"; }
  std::string_view class_name() const override { return "io.confluent.connect.avro.AvroConverter"; }

  StatusOr<std::unique_ptr<FormatWriter>> NewWriter(const sluice_schema* schema,
                                                    const ResolvedSchema* target) override {
    if (target != nullptr) {
      SLUICE_ASSIGN_OR_RETURN(const DocumentPtr document, ParseResolved(*target));
      return MakeWriter(schema, *document->root(), target->schema);
    }
    if (schema == nullptr) {
      return MakeWriter(nullptr, avro::AnythingSchema(), {.text = avro::AnythingText()});
    }
    SLUICE_ASSIGN_OR_RETURN(const DocumentPtr document, avro::FromConnectSchema(*schema, options_));
    SLUICE_ASSIGN_OR_RETURN(std::string text, avro::SchemaText(*document->root()));
    return MakeWriter(schema, *document->root(), {.text = std::move(text)});
  }

  StatusOr<std::unique_ptr<FormatReader>> NewReader(const ResolvedSchema& writer,
                                                    const ResolvedSchema* reader,
                                                    std::optional<int32_t> version) override {
    SLUICE_ASSIGN_OR_RETURN(const DocumentPtr written, ParseResolved(writer));
    DocumentPtr wanted = written;
    if (reader != nullptr) {
      SLUICE_ASSIGN_OR_RETURN(wanted, ParseResolved(*reader));
    }
    SLUICE_ASSIGN_OR_RETURN(abi::SchemaRef connect,
                            avro::ToConnectSchema(*wanted->root(), version, options_));
    SLUICE_ASSIGN_OR_RETURN(
        std::unique_ptr<avro::Reader> made,
        avro::Reader::Make(*written->root(), *wanted->root(), std::move(connect), options_));
    return std::make_unique<AvroReader>(written, std::move(made));
  }

  StatusOr<std::string> RecordName(const ResolvedSchema& schema) override {
    SLUICE_ASSIGN_OR_RETURN(const DocumentPtr document, ParseResolved(schema));
    return RecordNameOf(*document->root());
  }

  StatusOr<std::optional<std::string>> WhyNotReadable(const ResolvedSchema& reader,
                                                      const ResolvedSchema& writer) override {
    SLUICE_ASSIGN_OR_RETURN(const DocumentPtr read, ParseResolved(reader));
    SLUICE_ASSIGN_OR_RETURN(const DocumentPtr written, ParseResolved(writer));
    return avro::WhyNotReadable(*read->root(), *written->root());
  }

 private:
  StatusOr<std::unique_ptr<FormatWriter>> MakeWriter(const sluice_schema* connect,
                                                     const avro::Schema& schema,
                                                     schema_registry::Schema registered) {
    SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<avro::Writer> writer,
                            avro::Writer::Make(connect, schema, options_));
    return std::make_unique<AvroWriter>(std::move(registered), RecordNameOf(schema),
                                        std::move(writer));
  }

  StatusOr<DocumentPtr> ParseResolved(const ResolvedSchema& resolved) {
    return parsed_.Get(resolved, Parse);
  }

  static StatusOr<DocumentPtr> Parse(const ResolvedSchema& resolved) {
    if (resolved.schema.type != "AVRO") {
      return ExceptionError(absl::StatusCode::kInvalidArgument, avro::kSerializationException,
                            StrCat("The schema is of type ", resolved.schema.type,
                                   ": expected AVRO. Is this the right converter for the topic?"));
    }
    std::vector<std::string_view> dependencies;
    for (const auto& one : resolved.dependencies) dependencies.push_back(one.text);
    return avro::ParseSchema(resolved.schema.text, dependencies);
  }

  const avro::AvroOptions options_;
  ParsedSchemas<avro::Document> parsed_;
};

}  // namespace

std::unique_ptr<RegistryFormat> NewAvroFormat(avro::AvroOptions options) {
  return std::make_unique<AvroFormat>(options);
}

}  // namespace sluice::convert

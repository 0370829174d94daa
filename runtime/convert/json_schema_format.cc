// JSON Schema as a format of a registry.
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_schema/compatibility.h"
#include "runtime/convert/json_schema/from_connect.h"
#include "runtime/convert/json_schema/schema.h"
#include "runtime/convert/json_schema/to_connect.h"
#include "runtime/convert/json_schema/validator.h"
#include "runtime/convert/json_schema/value_reader.h"
#include "runtime/convert/json_schema/value_writer.h"
#include "runtime/convert/json_schema_converter.h"
#include "runtime/convert/parsed_schemas.h"
#include "runtime/record/json_output.h"
#include "runtime/record/json_reader.h"

namespace sluice::convert {
namespace {

using json_schema::Document;
using DocumentPtr = std::shared_ptr<const Document>;

constexpr std::string_view kType = "JSON";

Status Serialization(std::string_view text) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, json_schema::kSerializationException,
                        text);
}

StatusOr<sluice_value> ParseNode(std::string_view text, record::JsonReader& reader,
                                 abi::Arena& arena) {
  StatusOr<sluice_value> node = reader.Read(text, record::JsonNumbers::kText, arena);
  if (node.ok()) return node;
  return Wrap(node.status(), json_schema::kSerializationException, Message(node.status()));
}

class JsonSchemaWriter : public FormatWriter {
 public:
  // `checked`: what is written must be of it; null: it is not checked.
  JsonSchemaWriter(schema_registry::Schema registered, std::string record, abi::SchemaRef schema,
                   json_schema::Options options, DocumentPtr checked)
      : registered_(std::move(registered)),
        record_(std::move(record)),
        schema_(std::move(schema)),
        options_(options),
        checked_(std::move(checked)) {}

  const schema_registry::Schema& schema() const override { return registered_; }
  std::string_view record_name() const override { return record_; }
  Status Write(const sluice_value& value, ByteOutput& out) override {
    json_.Clear();
    SLUICE_RETURN_IF_ERROR(json_schema::WriteValue(*schema_, value, options_, json_));
    if (checked_ != nullptr) {
      arena_.Reset();
      SLUICE_ASSIGN_OR_RETURN(const sluice_value node, ParseNode(json_.view(), reader_, arena_));
      SLUICE_RETURN_IF_ERROR(json_schema::Validate(*checked_, node));
    }
    out.Raw(json_.view());
    return OkStatus();
  }

 private:
  const schema_registry::Schema registered_;
  const std::string record_;
  const abi::SchemaRef schema_;
  const json_schema::Options options_;
  const DocumentPtr checked_;
  record::JsonOutput json_;
  record::JsonReader reader_;
  abi::Arena arena_;
};

class JsonSchemaReader : public FormatReader {
 public:
  JsonSchemaReader(json_schema::ConnectSchema schema, DocumentPtr checked)
      : schema_(std::move(schema)), checked_(std::move(checked)) {}

  StatusOr<record::SchemaAndValue> Read(std::string_view payload,
                                        record::BatchMemory& memory) override {
    SLUICE_ASSIGN_OR_RETURN(const sluice_value node, ParseNode(payload, reader_, memory.arena()));
    if (checked_ != nullptr) SLUICE_RETURN_IF_ERROR(json_schema::Validate(*checked_, node));
    record::SchemaAndValue result;
    SLUICE_ASSIGN_OR_RETURN(
        result.value,
        json_schema::ReadValue(*schema_.schema, node, {.ends = &schema_.ends}, memory.arena()));
    result.schema = memory.Keep(schema_.schema);
    return result;
  }

 private:
  const json_schema::ConnectSchema schema_;
  const DocumentPtr checked_;
  record::JsonReader reader_;
};

class JsonSchemaFormat : public RegistryFormat {
 public:
  explicit JsonSchemaFormat(json_schema::Options options) : options_(options) {}

  std::string_view name() const override { return kType; }
  std::string_view class_name() const override {
    return "io.confluent.connect.json.JsonSchemaConverter";
  }
  Null OfNull(const sluice_schema& schema) const override {
    return json_schema::IsAbsent(schema, abi::Null(), options_) ? Null::kTombstone : Null::kWritten;
  }
  std::string FailedToWrite(std::string_view topic) const override {
    return StrCat(
        "Converting Kafka Connect data to byte[] failed due to serialization error of "
        "topic ",
        topic, ": ");
  }
  std::string FailedToRead(std::string_view topic) const override {
    return StrCat(
        "Converting byte[] to Kafka Connect data failed due to serialization error of "
        "topic ",
        topic, ": ");
  }

  StatusOr<std::unique_ptr<FormatWriter>> NewWriter(const sluice_schema* schema,
                                                    const ResolvedSchema* target) override {
    if (schema == nullptr) {
      return DataError(
          "JsonSchemaConverter writes only data that have a schema, and these have none: use "
          "JsonConverter with schemas.enable=false, or a source that has schemas");
    }
    SLUICE_ASSIGN_OR_RETURN(std::string text, json_schema::FromConnectSchema(*schema, options_));
    ResolvedSchema own{.schema = {.type = std::string(kType), .text = std::move(text)}};
    const ResolvedSchema& written = target == nullptr ? own : *target;
    SLUICE_ASSIGN_OR_RETURN(DocumentPtr document, ParseResolved(written));
    std::string record(document->root().title.value_or(""));
    if (!options_.validate) document = nullptr;
    return std::make_unique<JsonSchemaWriter>(
        written.schema, std::move(record), abi::SchemaRef(schema), options_, std::move(document));
  }

  StatusOr<std::unique_ptr<FormatReader>> NewReader(const ResolvedSchema& writer,
                                                    const ResolvedSchema* reader,
                                                    std::optional<int32_t> version) override {
    SLUICE_ASSIGN_OR_RETURN(DocumentPtr document, ParseResolved(reader ? *reader : writer));
    SLUICE_ASSIGN_OR_RETURN(json_schema::ConnectSchema connect,
                            json_schema::ToConnectSchema(*document, version, options_));
    if (!options_.validate) document = nullptr;
    return std::make_unique<JsonSchemaReader>(std::move(connect), std::move(document));
  }

  StatusOr<std::string> RecordName(const ResolvedSchema& schema) override {
    SLUICE_ASSIGN_OR_RETURN(const DocumentPtr document, ParseResolved(schema));
    return std::string(document->root().title.value_or(""));
  }

  StatusOr<std::optional<std::string>> WhyNotReadable(const ResolvedSchema& reader,
                                                      const ResolvedSchema& writer) override {
    SLUICE_ASSIGN_OR_RETURN(const DocumentPtr read, ParseResolved(reader));
    SLUICE_ASSIGN_OR_RETURN(const DocumentPtr written, ParseResolved(writer));
    return json_schema::WhyNotReadable(*read, *written);
  }

 private:
  StatusOr<DocumentPtr> ParseResolved(const ResolvedSchema& resolved) {
    return parsed_.Get(resolved, [this](const ResolvedSchema& schema) { return Parse(schema); });
  }

  StatusOr<DocumentPtr> Parse(const ResolvedSchema& resolved) const {
    if (resolved.schema.type != kType) {
      return Serialization(StrCat("The schema is of type ", resolved.schema.type, ": expected ",
                                  kType, ". Is this the right converter for the topic?"));
    }
    std::vector<Document::Dependency> dependencies;
    for (const auto& one : resolved.dependencies) dependencies.push_back({one.name, one.text});
    return Document::Parse(resolved.schema.text, dependencies, options_.ignore_modern_dialects);
  }

  const json_schema::Options options_;
  ParsedSchemas<Document> parsed_;
};

}  // namespace

std::unique_ptr<RegistryFormat> NewJsonSchemaFormat(json_schema::Options options) {
  return std::make_unique<JsonSchemaFormat>(options);
}

}  // namespace sluice::convert

// Protobuf as a format of a registry. In front of a record's bytes stand the indexes of its message
// in the schema's file.
#include <utility>

#include "runtime/base/text.h"
#include "runtime/convert/parsed_schemas.h"
#include "runtime/convert/protobuf/compatibility.h"
#include "runtime/convert/protobuf/decoder.h"
#include "runtime/convert/protobuf/from_connect.h"
#include "runtime/convert/protobuf/reader.h"
#include "runtime/convert/protobuf/schema.h"
#include "runtime/convert/protobuf/to_connect.h"
#include "runtime/convert/protobuf/wire.h"
#include "runtime/convert/protobuf/writer.h"
#include "runtime/convert/protobuf_converter.h"

namespace sluice::convert {
namespace {

using protobuf::Decoder;
using SchemaPtr = std::shared_ptr<const protobuf::Schema>;

Status Serialization(std::string_view text) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, protobuf::kSerializationException,
                        text);
}

class ProtobufWriter : public FormatWriter {
 public:
  ProtobufWriter(schema_registry::Schema schema, std::string record, std::vector<int32_t> indexes,
                 std::unique_ptr<protobuf::Writer> writer)
      : schema_(std::move(schema)), record_(std::move(record)), writer_(std::move(writer)) {
    ByteOutput out;
    protobuf::WriteIndexes(indexes, out);
    indexes_ = out.view();
  }

  const schema_registry::Schema& schema() const override { return schema_; }
  std::string_view record_name() const override { return record_; }
  Status Write(const sluice_value& value, ByteOutput& out) override {
    out.Raw(indexes_);
    return writer_->Write(value, out);
  }

 private:
  const schema_registry::Schema schema_;
  const std::string record_;
  std::string indexes_;
  const std::unique_ptr<protobuf::Writer> writer_;
};

class ProtobufReader : public FormatReader {
 public:
  ProtobufReader(SchemaPtr schema, std::unique_ptr<protobuf::Reader> reader)
      : schema_(std::move(schema)), reader_(std::move(reader)) {}

  StatusOr<record::SchemaAndValue> Read(std::string_view payload,
                                        record::BatchMemory& memory) override {
    record::SchemaAndValue result;
    SLUICE_ASSIGN_OR_RETURN(result.value, reader_->Read(payload, memory.arena()));
    result.schema = memory.Keep(reader_->schema());
    return result;
  }

 private:
  const SchemaPtr schema_;  // which the reader points into
  const std::unique_ptr<protobuf::Reader> reader_;
};

bool ReadZigzag(Decoder& in, int64_t& number) {
  uint64_t bits = 0;
  if (!in.Varint(bits) || bits > UINT32_MAX) return false;
  number = protobuf::Unzigzag(bits);
  return true;
}

// Their number and they; a 0 stands for the first message.
bool ReadIndexes(Decoder& in, std::vector<int32_t>& indexes) {
  int64_t count = 0;
  if (!ReadZigzag(in, count) || count < 0 || count > Decoder::kDepthMax) return false;
  for (; count > 0; --count) {
    int64_t index = 0;
    if (!ReadZigzag(in, index)) return false;
    indexes.push_back(static_cast<int32_t>(index));
  }
  return true;
}

class ProtobufFormat : public RegistryFormat {
 public:
  explicit ProtobufFormat(protobuf::ProtobufOptions options) : options_(options) {}

  std::string_view name() const override { return "Protobuf"; }
  std::string_view class_name() const override {
    return "io.confluent.connect.protobuf.ProtobufConverter";
  }
  Null OfNull(const sluice_schema&) const override { return Null::kTombstone; }

  size_t SelectorSize(std::string_view payload) override {
    Decoder in(payload);
    selected_.clear();
    return ReadIndexes(in, selected_) ? payload.size() - in.left() : 0;
  }

  StatusOr<std::unique_ptr<FormatWriter>> NewWriter(const sluice_schema* schema,
                                                    const ResolvedSchema* target) override {
    if (schema == nullptr) {
      return DataError(
          "Protobuf needs a schema, and the data have none: schemaless data cannot be "
          "converted");
    }
    SLUICE_ASSIGN_OR_RETURN(protobuf::Derived own, protobuf::FromConnectSchema(*schema, options_));
    SchemaPtr written = own.schema;
    schema_registry::Schema registered{.type = "PROTOBUF", .text = std::move(own.text)};
    if (target != nullptr) {
      SLUICE_ASSIGN_OR_RETURN(written, ParseResolved(*target));
      registered = target->schema;
    }
    const std::string& name = own.message->full_name;
    const std::vector<int32_t> indexes = written->IndexesOf(name);
    const protobuf::Message* message = written->At(indexes);
    if (message == nullptr) {
      return Serialization(StrCat("The Protobuf schema has no message, and none called ", name));
    }
    SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<protobuf::Writer> writer,
                            protobuf::Writer::Make(*schema, *own.message, *message, options_));
    return std::make_unique<ProtobufWriter>(std::move(registered), name, indexes,
                                            std::move(writer));
  }

  StatusOr<std::unique_ptr<FormatReader>> NewReader(const ResolvedSchema& writer,
                                                    const ResolvedSchema* reader,
                                                    std::optional<int32_t> version) override {
    SLUICE_ASSIGN_OR_RETURN(SchemaPtr schema, ParseResolved(writer));
    SLUICE_ASSIGN_OR_RETURN(const protobuf::Message* message, Selected(*schema, writer.selector));
    if (reader != nullptr) {
      const std::string name = message->full_name;
      SLUICE_ASSIGN_OR_RETURN(schema, ParseResolved(*reader));
      message = schema->Find(name);
      if (message == nullptr) message = schema->At({});
      if (message == nullptr) {
        return Serialization(StrCat("Could not find descriptor with name ", name));
      }
    }
    SLUICE_ASSIGN_OR_RETURN(abi::SchemaRef connect,
                            protobuf::ToConnectSchema(*message, version, options_));
    SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<protobuf::Reader> made,
                            protobuf::Reader::Make(*message, std::move(connect), options_));
    return std::make_unique<ProtobufReader>(std::move(schema), std::move(made));
  }

  StatusOr<std::string> RecordName(const ResolvedSchema& schema) override {
    SLUICE_ASSIGN_OR_RETURN(const SchemaPtr parsed, ParseResolved(schema));
    SLUICE_ASSIGN_OR_RETURN(const protobuf::Message* message, Selected(*parsed, schema.selector));
    return message->full_name;
  }

  StatusOr<std::optional<std::string>> WhyNotReadable(const ResolvedSchema& reader,
                                                      const ResolvedSchema& writer) override {
    SLUICE_ASSIGN_OR_RETURN(const SchemaPtr read, ParseResolved(reader));
    SLUICE_ASSIGN_OR_RETURN(const SchemaPtr written, ParseResolved(writer));
    return protobuf::WhyNotReadable(*read, *written);
  }

 private:
  static StatusOr<const protobuf::Message*> Selected(const protobuf::Schema& schema,
                                                     std::string_view selector) {
    std::vector<int32_t> indexes;
    Decoder in(selector);
    const bool read = ReadIndexes(in, indexes);
    const protobuf::Message* message = read ? schema.At(indexes) : nullptr;
    if (message != nullptr) return message;
    return Serialization(read ? StrCat("Invalid message indexes: [", StrJoin(indexes, ", "),
                                       "]: the schema has no such message")
                              : "The indexes of the message in its schema are malformed");
  }

  StatusOr<SchemaPtr> ParseResolved(const ResolvedSchema& resolved) {
    return parsed_.Get(resolved, Parse);
  }

  static StatusOr<SchemaPtr> Parse(const ResolvedSchema& resolved) {
    if (resolved.schema.type != "PROTOBUF") {
      return Serialization(StrCat("The schema is of type ", resolved.schema.type,
                                  ": expected PROTOBUF. Is this the right converter for the "
                                  "topic?"));
    }
    std::vector<protobuf::NamedText> dependencies;
    for (const auto& one : resolved.dependencies) dependencies.push_back({one.name, one.text});
    return protobuf::ParseSchema(resolved.schema.text, dependencies);
  }

  const protobuf::ProtobufOptions options_;
  std::vector<int32_t> selected_;
  ParsedSchemas<protobuf::Schema> parsed_;
};

}  // namespace

std::unique_ptr<RegistryFormat> NewProtobufFormat(protobuf::ProtobufOptions options) {
  return std::make_unique<ProtobufFormat>(options);
}

}  // namespace sluice::convert

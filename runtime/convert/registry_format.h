// What a format of a schema registry is to RegistryConverter: Avro, and what may follow on the same
// shape. A format turns schemas into writers and readers, once each; those turn values into bytes
// and back, for each record. It knows nothing of registries, subjects, ids and frames. One thread;
// writers and readers keep all that they need.
#ifndef SLUICE_RUNTIME_CONVERT_REGISTRY_FORMAT_H_
#define SLUICE_RUNTIME_CONVERT_REGISTRY_FORMAT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/schema.h"
#include "runtime/base/status.h"
#include "runtime/base/text.h"
#include "runtime/convert/byte_output.h"
#include "runtime/record/batch_memory.h"
#include "runtime/schema_registry/client.h"

namespace sluice::convert {

// A schema of a registry with all that it refers to.
struct ResolvedSchema {
  schema_registry::Schema schema;
  // Their references' too; each stands behind those that it needs itself.
  struct Dependency {
    std::string name;  // as the reference calls it
    std::string text;
  };
  std::vector<Dependency> dependencies = {};
  // What stands in front of a record that was written with it, and says which of its types the
  // record is of: RegistryFormat::SelectorSize bytes.
  std::string selector = {};
};

class FormatWriter {
 public:
  virtual ~FormatWriter() = default;
  // What is registered, or was given.
  virtual const schema_registry::Schema& schema() const = 0;
  // For subjects by record; empty: the schema is no record.
  virtual std::string_view record_name() const = 0;
  // DataException: the value does not fit.
  virtual Status Write(const sluice_value& value, ByteOutput& out) = 0;
};

class FormatReader {
 public:
  virtual ~FormatReader() = default;
  // SerializationException: not of this schema. DataException: Connect cannot have it.
  virtual StatusOr<record::SchemaAndValue> Read(std::string_view payload,
                                                record::BatchMemory& memory) = 0;
};

class RegistryFormat {
 public:
  virtual ~RegistryFormat() = default;
  // "Avro", for messages.
  virtual std::string_view name() const = 0;
  virtual std::string_view class_name() const = 0;
  // What becomes of a null whose schema is `schema`: null bytes, an error, or what Write makes of
  // it.
  enum class Null { kTombstone, kRefused, kWritten };
  virtual Null OfNull(const sluice_schema& schema) const {
    return schema.optional != 0 ? Null::kTombstone : Null::kRefused;
  }
  // How much of a payload says which of its schema's types it is of. A reader is made for each
  // schema and selector, and gets the payload without it. 0, too, if the payload makes no sense.
  virtual size_t SelectorSize(std::string_view) { return 0; }
  // The beginning of a message about a record that could not be written or read, up to the reason.
  virtual std::string FailedToWrite(std::string_view topic) const {
    return StrCat("Failed to serialize ", name(), " data from topic ", topic, ": ");
  }
  virtual std::string FailedToRead(std::string_view topic) const {
    return StrCat("Failed to deserialize data for topic ", topic, " to ", name(), ": ");
  }
  // Of values of `schema` (null: schemaless): in the schema that it becomes, or in `target`.
  // DataException: there is no such schema in this format, or the target has no place for it.
  virtual StatusOr<std::unique_ptr<FormatWriter>> NewWriter(const sluice_schema* schema,
                                                            const ResolvedSchema* target) = 0;
  // Of what was written with `writer`, as `reader` has it (null: as it was written). `version`: of
  // the registry, for a schema that says none itself.
  virtual StatusOr<std::unique_ptr<FormatReader>> NewReader(const ResolvedSchema& writer,
                                                            const ResolvedSchema* reader,
                                                            std::optional<int32_t> version) = 0;
  // The name that subjects by record have; empty: it is no record.
  virtual StatusOr<std::string> RecordName(const ResolvedSchema& schema) = 0;
  // Nothing if `reader` can read what `writer` writes; else why not.
  virtual StatusOr<std::optional<std::string>> WhyNotReadable(const ResolvedSchema& reader,
                                                              const ResolvedSchema& writer) = 0;
};

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_REGISTRY_FORMAT_H_

// What a file is made of: a format's encoder turns values into bytes of one file. Formats are made
// once for a task; an encoder is one file's. One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_FORMAT_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_FORMAT_H_

#include <memory>
#include <string>
#include <string_view>

#include "connectors/sdk/value.h"

namespace sluice::object_store_sink {

// Where bytes go.
class Output {
 public:
  virtual ~Output() = default;
  virtual void Append(std::string_view bytes) = 0;
};

// A value is staged, then kept or not: so a record whose value is fine and whose key is not leaves
// nothing anywhere. The staged value must live until Keep.
class FileEncoder {
 public:
  virtual ~FileEncoder() = default;
  // Throws DataException if the format cannot hold the value; then nothing is staged.
  virtual void Stage(const sluice_schema* schema, const sdk::Value& value) = 0;
  virtual void Keep() = 0;
  // Writes what is left, and the file's end. Nothing may be called after it.
  virtual void End() = 0;
  // Bytes that are in memory here, and not in the output yet.
  virtual size_t held() const { return 0; }
};

class Format {
 public:
  virtual ~Format() = default;
  // With the dot: .json, .snappy.parquet.
  virtual std::string extension() const = 0;
  // Whether a file has one schema, or takes values of any.
  virtual bool has_schema() const = 0;
  // Whether values must be structs.
  virtual bool needs_struct() const { return false; }
  // `name`: the object's; files of the same name and values have the same bytes. Throws
  // DataException if the format has no form of the schema.
  virtual std::unique_ptr<FileEncoder> Open(const sluice_schema* schema, std::string_view name,
                                            Output& output) const = 0;
};

// A field of a struct, its default in a null's place, as Java's Struct.get has it.
inline const sdk::Value& FieldOf(const sluice_struct& structure, uint32_t index) {
  const sdk::Value& value = structure.values[index];
  if (!sdk::IsNull(value)) return value;
  const sdk::Value* other = structure.schema->fields[index].schema->default_value;
  return other != nullptr ? *other : value;
}

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_FORMAT_H_

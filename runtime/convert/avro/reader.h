// Avro's binary form to Connect values: a plan is made of the writer's schema, the reader's (often
// the same) and the Connect schema that the reader's became; it runs for each record without
// looking at any of them. Fields that the reader does not have are skipped, those that the writer
// did not have get their defaults, by Avro's rules of schema resolution. One thread.
//
// Strings and bytes point into the record's bytes, all else lives in the batch's arena; malformed
// UTF-8 becomes U+FFFD, as in Java. Whatever the bytes are, a call ends, and takes no more memory
// than they can account for.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_READER_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_READER_H_

#include <memory>
#include <vector>

#include "runtime/abi/schema.h"
#include "runtime/convert/avro/options.h"
#include "runtime/convert/avro/schema.h"
#include "runtime/record/batch_memory.h"

namespace sluice::convert::avro {

struct ReadPlan;

class Reader {
 public:
  // `connect`: of ToConnectSchema(reader); null: schemaless. DataException: the writer's data can
  // never be read as the reader's.
  static StatusOr<std::unique_ptr<Reader>> Make(const Schema& writer, const Schema& reader,
                                                abi::SchemaRef connect, const AvroOptions& options);
  ~Reader();

  const abi::SchemaRef& schema() const { return schema_; }
  // SerializationException: the bytes are no such record, with the place. DataException: they are,
  // but Connect cannot have the value.
  StatusOr<sluice_value> Read(std::string_view bytes, abi::Arena& arena);

 private:
  Reader(std::unique_ptr<ReadPlan> plan, abi::SchemaRef schema);

  const std::unique_ptr<ReadPlan> plan_;
  const abi::SchemaRef schema_;
  struct Scratch;
  const std::unique_ptr<Scratch> scratch_;
};

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_READER_H_

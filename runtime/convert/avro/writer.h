// Connect values to Avro's binary form: a plan is made of a Connect schema and an Avro schema once,
// and runs for each record without looking at either. The Avro schema may be the one that the
// Connect schema becomes, or another that a registry has: fields are found by name, what it has
// more needs a default. One thread.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_WRITER_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_WRITER_H_

#include <memory>

#include "runtime/abi/schema.h"
#include "runtime/convert/avro/options.h"
#include "runtime/convert/avro/schema.h"
#include "runtime/convert/byte_output.h"

namespace sluice::convert::avro {

struct WritePlan;

class Writer {
 public:
  // `connect` null: schemaless values, as Anything. DataException: the Avro schema has no place for
  // what the Connect schema has, or the other way round.
  static StatusOr<std::unique_ptr<Writer>> Make(const sluice_schema* connect, const Schema& avro,
                                                const AvroOptions& options);
  ~Writer();

  // DataException in AvroData's words: the value does not fit its schema.
  Status Write(const sluice_value& value, ByteOutput& out) const;

 private:
  explicit Writer(std::unique_ptr<WritePlan> plan);
  const std::unique_ptr<WritePlan> plan_;
};

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_WRITER_H_

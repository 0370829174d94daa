// Connect values to Protobuf's wire format: a plan is made of a Connect schema, the message that it
// becomes and the message to write, which may be another that a registry has; it runs for each
// record without looking at any of them. One thread.
//
// Fields are found by name and written with the number and type that they have in the message to
// write; one that it does not have keeps its own number, as the original writes it, if that is
// free.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_WRITER_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_WRITER_H_

#include <memory>
#include <vector>

#include "runtime/abi/schema.h"
#include "runtime/base/status.h"
#include "runtime/convert/byte_output.h"
#include "runtime/convert/protobuf/options.h"
#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {

struct WritePlan;

class Writer {
 public:
  // `own`: of FromConnectSchema(connect); `target`: it, or another. Both are needed by Make only.
  // DataException: the target has no place for what the Connect schema has.
  static StatusOr<std::unique_ptr<Writer>> Make(const sluice_schema& connect, const Message& own,
                                                const Message& target,
                                                const ProtobufOptions& options);
  ~Writer();

  // DataException in ProtobufData's words: the value does not fit its schema.
  Status Write(const sluice_value& value, ByteOutput& out);

 private:
  explicit Writer(std::unique_ptr<WritePlan> plan);

  const std::unique_ptr<WritePlan> plan_;
  std::vector<int32_t> chosen_;  // memory for work: the members of unions
};

// The indexes of a message in front of a record: their number and they, zigzag; of the first
// message a 0.
void WriteIndexes(const std::vector<int32_t>& indexes, ByteOutput& out);

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_WRITER_H_

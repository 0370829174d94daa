// Protobuf's wire format to Connect values: a plan is made of a message and the Connect schema that
// it became; it runs for each record without looking at either. What the schema does not know is
// skipped. One thread.
//
// Strings and bytes point into the record's bytes, all else lives in the batch's arena. Whatever
// the bytes are, a call ends, in at most kMemoryMax of memory and 100 levels of nesting.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_READER_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_READER_H_

#include <memory>
#include <string_view>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/base/status.h"
#include "runtime/convert/protobuf/options.h"
#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {

struct ReadPlan;

class Reader {
 public:
  static constexpr size_t kMemoryMax = size_t{256} << 20;

  // `connect`: of ToConnectSchema(message). The message must outlive the reader.
  static StatusOr<std::unique_ptr<Reader>> Make(const Message& message, abi::SchemaRef connect,
                                                const ProtobufOptions& options);
  ~Reader();

  const abi::SchemaRef& schema() const { return schema_; }
  // SerializationException: the bytes are no such message, with the place. DataException: they
  // are, but Connect cannot have the value.
  StatusOr<sluice_value> Read(std::string_view bytes, abi::Arena& arena);

 private:
  Reader(std::unique_ptr<ReadPlan> plan, abi::SchemaRef schema);

  const std::unique_ptr<ReadPlan> plan_;
  const abi::SchemaRef schema_;
  struct Scratch;
  const std::unique_ptr<Scratch> scratch_;
};

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_READER_H_

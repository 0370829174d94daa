// The option (confluent.field_meta) of a field, as the parser leaves it: not interpreted, because
// schemas use it without importing confluent/meta.proto. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_FIELD_META_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_FIELD_META_H_

#include <google/protobuf/descriptor.pb.h>

#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {

// Its `params`; what is none is passed over.
Field::Params ParamsOf(const google::protobuf::FieldOptions& options);

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_FIELD_META_H_

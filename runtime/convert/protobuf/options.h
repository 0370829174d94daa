// The settings of ProtobufConverter that say how schemas become each other. Plain values.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_OPTIONS_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_OPTIONS_H_

namespace sluice::convert::protobuf {

struct ProtobufOptions {
  bool enhanced = false;                      // enhanced.protobuf.schema.support
  bool scrub_invalid_names = false;           // scrub.invalid.names
  bool int_for_enums = false;                 // int.for.enums
  bool optional_for_nullables = false;        // optional.for.nullables
  bool optional_for_proto2 = true;            // optional.for.proto2
  bool wrapper_for_nullables = false;         // wrapper.for.nullables
  bool wrapper_for_raw_primitives = true;     // wrapper.for.raw.primitives
  bool struct_for_nulls = false;              // generate.struct.for.nulls
  bool index_for_unions = true;               // generate.index.for.unions
  bool flatten_unions = false;                // flatten.unions
  bool generalized_sum_types = false;         // generalized.sum.type.support
  bool ignore_default_for_nullables = false;  // ignore.default.for.nullables
};

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_OPTIONS_H_

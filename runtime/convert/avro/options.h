// The settings of AvroConverter that say how schemas become each other. Plain values.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_OPTIONS_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_OPTIONS_H_

namespace sluice::convert::avro {

struct AvroOptions {
  bool enhanced = false;                      // enhanced.avro.schema.support
  bool connect_meta_data = true;              // connect.meta.data
  bool scrub_invalid_names = false;           // scrub.invalid.names
  bool discard_type_doc_default = false;      // discard.type.doc.default
  bool allow_optional_map_keys = false;       // allow.optional.map.keys
  bool flatten_singleton_unions = true;       // flatten.singleton.unions
  bool generalized_sum_types = false;         // generalized.sum.type.support
  bool ignore_default_for_nullables = false;  // ignore.default.for.nullables
};

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_OPTIONS_H_

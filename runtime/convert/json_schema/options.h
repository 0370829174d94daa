// The settings of JsonSchemaConverter that say how schemas and values become each other. Plain
// values.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_OPTIONS_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_OPTIONS_H_

namespace sluice::convert::json_schema {

struct Options {
  bool additional_properties = true;          // object.additional.properties
  bool optional_for_nonrequired = false;      // use.optional.for.nonrequired
  bool ignore_modern_dialects = false;        // ignore.modern.dialects
  bool numeric_decimals = false;              // decimal.format
  bool flatten_singleton_unions = true;       // flatten.singleton.unions
  bool generalized_sum_types = false;         // generalized.sum.type.support
  bool ignore_default_for_nullables = false;  // ignore.default.for.nullables
  bool validate = false;                      // json.fail.invalid.schema
};

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_OPTIONS_H_

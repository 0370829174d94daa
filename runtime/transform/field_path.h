// A path to a field, as `field` settings write it. Syntax V1: the text is the field's name. V2
// (KIP-821): names are separated by dots; a name with dots stands between backticks, and a backtick
// that would end it too early (one before a dot) is written with a backslash. Immutable, any
// thread.
#ifndef SLUICE_RUNTIME_TRANSFORM_FIELD_PATH_H_
#define SLUICE_RUNTIME_TRANSFORM_FIELD_PATH_H_

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_def.h"

namespace sluice::transform {

class FieldPath {
 public:
  static FieldPath V1(std::string_view text) { return FieldPath({std::string(text)}); }
  // ConfigException: `Incomplete backtick pair in path: [...]`.
  static StatusOr<FieldPath> V2(std::string_view text);
  // By the setting field.syntax.version of `parsed`.
  static StatusOr<FieldPath> Parse(std::string_view text, const config::ParsedConfig& parsed);

  const std::vector<std::string>& steps() const { return steps_; }  // one or more

 private:
  explicit FieldPath(std::vector<std::string> steps) : steps_(std::move(steps)) {}
  std::vector<std::string> steps_;
};

// The definition of field.syntax.version.
config::ConfigKey FieldSyntaxKey();

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_FIELD_PATH_H_

// Source offsets as a worker stores them: JSON, whatever kinds of numbers the plugin had. One
// thread.
#ifndef TESTS_CONFORMANCE_OFFSETS_H_
#define TESTS_CONFORMANCE_OFFSETS_H_

#include <map>
#include <string>

#include "runtime/abi/arena.h"
#include "runtime/base/status.h"

namespace sluice::conformance {

class Offsets {
 public:
  void Set(const std::string& partition, const std::string& offset) { stored_[partition] = offset; }
  const std::map<std::string, std::string>& stored() const { return stored_; }
  // The partition's offset, a null value if there is none.
  StatusOr<sluice_value> Find(const sluice_value& partition, abi::Arena& arena) const;

 private:
  std::map<std::string, std::string> stored_;  // both as MapJson writes them
};

// A source partition or offset as JSON, its members in order. DataException: it is no map of text
// to null, boolean, number or text.
StatusOr<std::string> MapJson(const sluice_value& map);
// The value of such a text, copied into the arena.
StatusOr<sluice_value> JsonMap(const std::string& json, abi::Arena& arena);
// Any value as JSON, without its schema.
StatusOr<std::string> ValueJson(const sluice_schema* schema, const sluice_value& value);

}  // namespace sluice::conformance

#endif  // TESTS_CONFORMANCE_OFFSETS_H_

// Schema evolution in a sink: a value of one version of a schema in the form of another, as Kafka
// Connect's SchemaProjector does it. A batch may hold records of several versions, in their order.
// Not part of plugin.h. Pure functions, any thread.
//
//   if (!abi::SameSchema(record.value_schema(), written_)) {
//     value = Project(arena, *record.value_schema(), record.value(), *written_);
//   }
#ifndef SLUICE_CONNECTORS_SDK_PROJECTOR_H_
#define SLUICE_CONNECTORS_SDK_PROJECTOR_H_

#include <optional>
#include <string>

#include "connectors/sdk/errors.h"
#include "connectors/sdk/value.h"
#include "runtime/abi/arena.h"
#include "runtime/abi/projector.h"

namespace sluice::sdk {

class SchemaProjectorException : public DataException {
 public:
  using DataException::DataException;
  const char* java_class() const override {
    return "org.apache.kafka.connect.errors.SchemaProjectorException";
  }
};

// Texts and bytes of the result are borrowed of `value`, its structs point to `target`, all else
// lives in `arena`. SchemaProjectorException: the schemas are not compatible. DataException: the
// value is not one of `source`, or a part of it has no place in `target`.
inline Value Project(abi::Arena& arena, const sluice_schema& source, const Value& value,
                     const sluice_schema& target) {
  if (abi::SameSchema(&source, &target)) return value;
  abi::Projector projector(arena);
  const std::optional<Value> projected = projector.Project(source, value, target);
  if (projected) return *projected;
  std::string text;
  for (const std::string& part : projector.problem().texts) {
    text += (text.empty() ? "" : ": ") + part;
  }
  if (projector.problem().data) throw DataException(text);
  throw SchemaProjectorException(text);
}

// Whether each value of `source` can be projected, asked once for a schema that is new: "", or why
// not.
inline std::string WhyNotProjectable(const sluice_schema& source, const sluice_schema& target) {
  abi::Arena none(64);
  return abi::Projector(none).WhyNot(source, target);
}

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_PROJECTOR_H_

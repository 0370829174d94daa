// A field by its dotted name (order.address.city), in structs and maps. Where a struct's field lies
// is remembered, so that a stream of one schema compares no names. One thread at a time.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_FIELD_PATH_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_FIELD_PATH_H_

#include <string>
#include <string_view>
#include <vector>

#include "connectors/sdk/value.h"

namespace sluice::object_store_sink {

class FieldPath {
 public:
  explicit FieldPath(std::string_view dotted);
  // nullptr: there is no such field. A null on the way is answered as it is.
  const sdk::Value* Find(const sdk::Value& value);
  const std::string& name() const { return name_; }

 private:
  struct Step {
    std::string name;
    sluice_fingerprint schema{};  // of the struct in which the field was found last
    int index = -1;
  };
  const sdk::Value* FindStep(const sdk::Value& value, Step& step);
  std::string name_;
  std::vector<Step> steps_;
  Step whole_;  // a field whose own name has dots
};

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_FIELD_PATH_H_

// Takes fields that a list names out of a struct or map: what ExtractNewRecordState does with the
// list in a header. One thread.
#ifndef SLUICE_RUNTIME_TRANSFORM_COMMUNITY_FIELD_DROPPER_H_
#define SLUICE_RUNTIME_TRANSFORM_COMMUNITY_FIELD_DROPPER_H_

#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/transform/schema_cache.h"
#include "runtime/transform/transform.h"

namespace sluice::transform {

class FieldDropper {
 public:
  // `only_optional`: fields that the schema requires stay.
  explicit FieldDropper(bool only_optional) : only_optional_(only_optional) {}

  // `names`, an array of strings, goes from `value` and its `schema`; a null value stays. Errors:
  // NullPointerException without a schema if it is to be compatible; DataException for a value
  // that has no fields.
  Status Drop(const sluice_value& names, const sluice_schema*& schema, sluice_value& value,
              BatchMemory& memory);

 private:
  struct Plan {
    std::vector<std::string> names;
    bool unchanged = false;
    record::SchemaRef schema = {};
    std::vector<uint32_t> kept = {};
  };

  static bool Same(const std::vector<std::string>& known, const sluice_value& names);
  Plan MakePlan(const sluice_value& names, const sluice_schema& from) const;

  const bool only_optional_;
  SchemaCache<Plan> cache_;
};

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_COMMUNITY_FIELD_DROPPER_H_

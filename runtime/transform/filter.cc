// Filter: drops every record that reaches it; a predicate decides which do.
#include "runtime/config/config_def.h"
#include "runtime/transform/builtin.h"

namespace sluice::transform {
namespace {

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.Filter";

const config::ConfigDef& Definition() {
  static const auto* const definition = new config::ConfigDef;
  return *definition;
}

class Filter : public Transform {
 public:
  std::string_view class_name() const override { return kName; }
  StatusOr<bool> Apply(sluice_record&, BatchMemory&) override { return false; }
};

StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap&) {
  return std::make_unique<Filter>();
}

}  // namespace

void AddFilter(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kName), &Definition(), &Make});
}

}  // namespace sluice::transform

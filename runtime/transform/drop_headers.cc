// DropHeaders: takes away all headers of some names.
#include <algorithm>
#include <utility>

#include "runtime/config/config_def.h"
#include "runtime/transform/builtin.h"

namespace sluice::transform {
namespace {

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.DropHeaders";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey headers;
    headers.name = "headers";
    headers.type = config::ConfigType::kList;
    headers.required = true;
    headers.validator = config::Validator::List(false);
    headers.importance = config::Importance::kHigh;
    headers.documentation = "Names of the headers to remove.";
    return new config::ConfigDef({headers});
  }();
  return *definition;
}

class DropHeaders : public Transform {
 public:
  explicit DropHeaders(config::ConfigList names) : names_(std::move(names)) {}
  std::string_view class_name() const override { return kName; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    const sluice_header* const end = record.headers + record.header_count;
    const auto drops = [&](const sluice_header& header) {
      return std::find(names_.begin(), names_.end(), abi::View(header.key)) != names_.end();
    };
    if (std::none_of(record.headers, end, drops)) return true;
    auto* kept = memory.arena().NewArray<sluice_header>(record.header_count);
    const sluice_header* const last = std::remove_copy_if(record.headers, end, kept, drops);
    record.headers = kept;
    record.header_count = static_cast<size_t>(last - kept);
    return true;
  }

 private:
  const config::ConfigList names_;
};

StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  return std::make_unique<DropHeaders>(parsed.List("headers"));
}

}  // namespace

void AddDropHeaders(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kName), &Definition(), &Make});
}

}  // namespace sluice::transform

// InsertHeader: adds one header with a fixed value, read from its text once.
#include <utility>

#include "runtime/config/config_def.h"
#include "runtime/record/values.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/field_transform.h"

namespace sluice::transform {
namespace {

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.InsertHeader";

config::ConfigKey RequiredKey(std::string_view name, std::string_view documentation) {
  config::ConfigKey key;
  key.name = std::string(name);
  key.required = true;
  key.validator = config::Validator::NonNull();
  key.importance = config::Importance::kHigh;
  key.documentation = std::string(documentation);
  return key;
}

const config::ConfigDef& Definition() {
  static const auto* const definition = new config::ConfigDef(
      {RequiredKey("header", "The header's name."),
       RequiredKey("value.literal",
                   "The header's value, read as what it looks like: 1 is a number, true a boolean, "
                   "[1,2] a list.")});
  return *definition;
}

class InsertHeader : public Transform {
 public:
  InsertHeader(std::string name, std::string literal)
      : name_(std::move(name)), literal_(std::move(literal)) {}
  Status Read() {
    SLUICE_ASSIGN_OR_RETURN(value_, record::ParseValueText(literal_, memory_));
    return OkStatus();
  }
  std::string_view class_name() const override { return kName; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    AppendHeaders(record, 1, memory)[0] = {abi::Str(name_), value_.schema, value_.value};
    return true;
  }

 private:
  const std::string name_, literal_;
  BatchMemory memory_;  // of the value
  record::SchemaAndValue value_;
};

StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  auto made = std::make_unique<InsertHeader>(parsed.Text("header"), parsed.Text("value.literal"));
  SLUICE_RETURN_IF_ERROR(made->Read());
  return made;
}

}  // namespace

void AddInsertHeader(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kName), &Definition(), &Make});
}

}  // namespace sluice::transform

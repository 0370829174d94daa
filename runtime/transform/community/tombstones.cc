// What makes tombstones, or deals with them: Aiven's MakeTombstone, Confluent's Drop and
// TombstoneHandler.
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/key_and_value.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using config::ConfigType;
using config::Importance;
using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kMakeTombstone = "io.aiven.kafka.connect.transforms.MakeTombstone";
constexpr std::string_view kDrop = "io.confluent.connect.transforms.Drop";
constexpr std::string_view kTombstoneHandler = "io.confluent.connect.transforms.TombstoneHandler";

class MakeTombstone : public Transform {
 public:
  std::string_view class_name() const override { return kMakeTombstone; }
  StatusOr<bool> Apply(sluice_record& record, BatchMemory&) override {
    record.value_schema = nullptr;
    record.value = abi::Null();
    return true;
  }
};

enum class SchemaBehavior { kNullify, kRetain, kValidate, kForceOptional };

class Drop : public FieldTransform {
 public:
  Drop(Side side, SchemaBehavior behavior)
      : FieldTransform(kDrop, side), place_(PlaceName(side)), behavior_(behavior) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    const sluice_schema*& of = schema(record);
    if (behavior_ == SchemaBehavior::kNullify) {
      of = nullptr;
    } else if (of != nullptr && !of->optional && behavior_ == SchemaBehavior::kValidate) {
      return RecordError(StrCat(place_, " schema must be optional for its ", place_,
                                " to be dropped (schema.behavior=validate), and is required"),
                         record);
    } else if (of != nullptr && !of->optional && behavior_ == SchemaBehavior::kForceOptional) {
      const SchemaRef* optional = cache_.Find(*of);
      if (optional == nullptr) {
        optional = cache_.Put(*of, SchemaBuilder::Like(*of).Optional().Build());
      }
      of = memory.Keep(*optional);
    }
    value(record) = abi::Null();
    return true;
  }

 private:
  const std::string_view place_;
  const SchemaBehavior behavior_;
  SchemaCache<SchemaRef> cache_;
};

const config::ConfigDef& NoKeys() {
  static const auto* const definition = new config::ConfigDef;
  return *definition;
}

const config::ConfigDef& DropDefinition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey behavior =
        OptionalKey("schema.behavior", ConfigType::kString, "nullify", Importance::kMedium,
                    "What becomes of the schema: nullify sets it to null, retain keeps it, "
                    "validate refuses the record unless it is optional, force_optional makes it "
                    "optional.");
    behavior.validator =
        config::Validator::OneOf({"nullify", "retain", "validate", "force_optional"});
    return new config::ConfigDef({behavior});
  }();
  return *definition;
}

const config::ConfigDef& HandlerDefinition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey behavior =
        OptionalKey("behavior", ConfigType::kString, "warn", Importance::kMedium,
                    "What becomes of a tombstone: ignore drops it, warn drops it and logs a "
                    "warning, fail refuses it.");
    behavior.validator = config::Validator::OneOf({"ignore", "warn", "fail"});
    return new config::ConfigDef({behavior});
  }();
  return *definition;
}

class TombstoneHandler : public Transform {
 public:
  explicit TombstoneHandler(std::string_view behavior)
      : fail_(behavior == "fail"),
        level_(behavior == "warn" ? LogLevel::kWarn : LogLevel::kDebug) {}
  std::string_view class_name() const override { return kTombstoneHandler; }
  StatusOr<bool> Apply(sluice_record& record, BatchMemory&) override {
    if (record.value.kind != SLUICE_NULL) return true;
    Log(level_, "transform", "TombstoneHandler met a tombstone in topic '", abi::View(record.topic),
        "'; it is ", fail_ ? "refused" : "ignored");
    if (fail_) return RecordError("Tombstone record encountered, and behavior=fail", record);
    return false;
  }

 private:
  const bool fail_;
  const LogLevel level_;
};

StatusOr<std::unique_ptr<Transform>> MakeMakeTombstone(const config::ConfigMap&) {
  return std::make_unique<MakeTombstone>();
}

template <Side side>
StatusOr<std::unique_ptr<Transform>> MakeDrop(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, DropDefinition().Parse(settings));
  const std::string& behavior = parsed.Text("schema.behavior");
  SchemaBehavior typed = SchemaBehavior::kNullify;
  if (behavior == "retain") typed = SchemaBehavior::kRetain;
  if (behavior == "validate") typed = SchemaBehavior::kValidate;
  if (behavior == "force_optional") typed = SchemaBehavior::kForceOptional;
  return std::make_unique<Drop>(side, typed);
}

StatusOr<std::unique_ptr<Transform>> MakeTombstoneHandler(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, HandlerDefinition().Parse(settings));
  return std::make_unique<TombstoneHandler>(parsed.Text("behavior"));
}

}  // namespace

void AddMakeTombstone(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kMakeTombstone), &NoKeys(), &MakeMakeTombstone});
}
void AddDrop(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kDrop, DropDefinition(), MakeDrop);
}
void AddTombstoneHandler(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kTombstoneHandler), &HandlerDefinition(), &MakeTombstoneHandler});
}

}  // namespace sluice::transform

// Transforms of public collections (Debezium's, Aiven's, Confluent's) under their Java class names,
// one function for each file that has some; ../registry.cc collects them. And what these share.
// Called once, on whatever thread first asks; the helpers are pure.
#ifndef SLUICE_RUNTIME_TRANSFORM_COMMUNITY_COMMUNITY_H_
#define SLUICE_RUNTIME_TRANSFORM_COMMUNITY_COMMUNITY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_key.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/transform.h"

namespace sluice::transform {

void AddByLogicalTableRouter(std::vector<TransformClass>& classes);
void AddConcatFields(std::vector<TransformClass>& classes);
void AddDrop(std::vector<TransformClass>& classes);
void AddEventRouter(std::vector<TransformClass>& classes);
void AddExtractNewRecordState(std::vector<TransformClass>& classes);
void AddExtractTimestamp(std::vector<TransformClass>& classes);
void AddExtractTopic(std::vector<TransformClass>& classes);
void AddFieldTopic(std::vector<TransformClass>& classes);
void AddFilterByFieldValue(std::vector<TransformClass>& classes);
void AddHash(std::vector<TransformClass>& classes);
void AddKeyToValue(std::vector<TransformClass>& classes);
void AddMakeTombstone(std::vector<TransformClass>& classes);
void AddMessageTimestampRouter(std::vector<TransformClass>& classes);
void AddTombstoneHandler(std::vector<TransformClass>& classes);

inline constexpr std::string_view kAivenPackage = "io.aiven.kafka.connect.transforms.";
inline constexpr std::string_view kConfluentPackage = "io.confluent.connect.transforms.";
inline constexpr std::string_view kDebeziumPackage = "io.debezium.transforms.";

// A key without default is required; one whose default is nothing is null.
config::ConfigKey RequiredKey(std::string_view name, config::ConfigType type,
                              config::Importance importance, std::string_view documentation);
config::ConfigKey OptionalKey(std::string_view name, config::ConfigType type,
                              std::optional<std::string_view> otherwise,
                              config::Importance importance, std::string_view documentation);

// `text`, and where the record is: topic='t', originalTopic='t', ... Java's messages go on with the
// whole record; what it holds is nothing for a log.
Status RecordError(std::string_view text, const sluice_record& record);

// A null pointer of Java's, with words of ours.
Status NullPointer(std::string_view text);
// ClassCastException: `what` is no Struct, or no Map.
Status NotCastable(const sluice_value& value, std::string_view what);

// "key" or "value".
constexpr std::string_view PlaceName(Side side) { return side == Side::kKey ? "key" : "value"; }

// Java's String.isBlank, for ASCII.
bool IsBlank(std::string_view text);

// A struct's field by its name, nullptr if the schema has none; a null reads as its default.
const sluice_value* NamedField(const sluice_struct& from, std::string_view name);

// The map with the entry set, in its place if there is one already.
sluice_value WithEntry(const sluice_value& map, std::string_view key, const sluice_value& value,
                       BatchMemory& memory);

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_COMMUNITY_COMMUNITY_H_

// JSON bodies, both ways: requests parsed with errors that tell a client what to mend, answers in
// the peer's shape and order of keys. Pure functions, any thread.
#ifndef SLUICE_REST_API_BODIES_H_
#define SLUICE_REST_API_BODIES_H_

#include <string>
#include <string_view>

#include "runtime/base/json.h"
#include "runtime/base/status.h"
#include "runtime/herder/herder.h"

namespace sluice::rest_api {

// A JSON object of configuration values; numbers and booleans become text. Errors: BadRequestError.
StatusOr<herder::SubmittedConfig> ParseConfigBody(std::string_view body);
StatusOr<herder::ConfigPatch> ParsePatchBody(std::string_view body);
// The body of POST /connectors.
// An array of configurations, one for each task.
StatusOr<std::vector<config::ConfigMap>> ParseTaskConfigsBody(std::string_view body);
StatusOr<herder::CreateRequest> ParseCreateBody(std::string_view body);
// Puts `name` into the configuration, or finds that it is there. BadRequestError: another name is.
Status CheckName(std::string_view name, herder::SubmittedConfig& config);

void WriteInfo(JsonWriter& json, const herder::ConnectorInfo& info);
void WriteStatus(JsonWriter& json, const herder::ConnectorStatus& status);
void WriteTaskState(JsonWriter& json, int task, const herder::PartState& state);
void WriteTasks(JsonWriter& json, const std::vector<herder::TaskInfo>& tasks);

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_BODIES_H_

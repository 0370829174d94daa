// What a schema registry is asked, and what it answers, as texts of URLs and JSON. Pure functions,
// for client.cc.
#ifndef SLUICE_RUNTIME_SCHEMA_REGISTRY_MESSAGES_H_
#define SLUICE_RUNTIME_SCHEMA_REGISTRY_MESSAGES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/http/client.h"
#include "runtime/schema_registry/client.h"

namespace sluice::schema_registry {

std::string PercentEncode(std::string_view text);
// The body of a question about a schema.
std::string RequestBody(const Schema& schema);
// Of an answer with status 200: what it says, the rest stays as it is. False: it is no JSON object.
bool ReadAnswer(const http::Response& response, Registered& into);
// Of another one: its error_code; 0: there is none.
int32_t CodeOf(const http::Response& response);
// Its message and code, or as much of the body as is sensible.
std::string ReasonOf(const http::Response& response);

}  // namespace sluice::schema_registry

#endif  // SLUICE_RUNTIME_SCHEMA_REGISTRY_MESSAGES_H_

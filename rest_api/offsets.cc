// /connectors/{c}/offsets (KIP-875).
#include <string>
#include <utility>
#include <vector>

#include "rest_api/answer.h"
#include "rest_api/resources.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

using Offsets = std::vector<herder::ConnectorOffset>;

constexpr std::string_view kExample =
    "{\"offsets\":[{\"partition\":{...},\"offset\":{...}}]}, where an offset of null removes the "
    "partition's";

Status NothingProvided() {
  return BadRequestError("Partitions / offsets need to be provided for an alter offsets request");
}

// A JSON object, or null; its text.
StatusOr<std::string> ObjectText(const rapidjson::Value& value, std::string_view what,
                                 size_t index) {
  if (!value.IsObject() && !value.IsNull()) {
    return BadRequestError(StrCat("The ", what, " of offsets[", index, "] is ", WriteJson(value),
                                  "; expected a JSON object or null, as in ", kExample));
  }
  if (value.IsNull()) return std::string("null");
  for (const auto& member : value.GetObject()) {
    if (member.value.IsUint64() && !member.value.IsInt64()) {
      return BadRequestError(StrCat("The number ", WriteJson(member.value), " in the ", what,
                                    " of offsets[", index,
                                    "] is too large; whole numbers have at most 64 bits"));
    }
  }
  return WriteJson(value);
}

StatusOr<herder::ConnectorOffset> ReadEntry(const rapidjson::Value& entry, size_t index) {
  if (!entry.IsObject()) {
    return BadRequestError(
        StrCat("offsets[", index, "] is ", WriteJson(entry), "; expected ", kExample));
  }
  herder::ConnectorOffset offset{"null", "null"};
  for (const auto& member : entry.GetObject()) {
    const std::string_view name = JsonText(member.name);
    if (name == "partition") {
      SLUICE_ASSIGN_OR_RETURN(offset.partition, ObjectText(member.value, name, index));
    } else if (name == "offset") {
      SLUICE_ASSIGN_OR_RETURN(offset.offset, ObjectText(member.value, name, index));
    } else {
      return BadRequestError(StrCat("Unrecognized field \"", name, "\" in offsets[", index,
                                    "] (2 known properties: \"partition\", \"offset\"); expected ",
                                    kExample));
    }
  }
  return offset;
}

StatusOr<Offsets> ParseOffsets(std::string_view body) {
  if (Trim(body).empty()) return NothingProvided();
  auto document = ParseJson(body);
  if (!document.ok()) {
    return BadRequestError(StrCat("The request body is not valid JSON: ",
                                  Message(document.status()), ". Expected ", kExample));
  }
  if (document->IsNull()) return NothingProvided();
  if (!document->IsObject()) {
    return BadRequestError(StrCat("The request body is no JSON object; expected ", kExample));
  }
  for (const auto& member : document->GetObject()) {
    if (JsonText(member.name) == "offsets") continue;
    return BadRequestError(StrCat("Unrecognized field \"", JsonText(member.name),
                                  "\" (one known property: \"offsets\"); expected ", kExample));
  }
  const rapidjson::Value* list = FindJsonMember(*document, "offsets");
  if (list == nullptr || list->IsNull()) return NothingProvided();
  if (!list->IsArray()) {
    return BadRequestError(StrCat("The value of \"offsets\" is no list; expected ", kExample));
  }
  Offsets offsets;
  for (const rapidjson::Value& entry : list->GetArray()) {
    SLUICE_ASSIGN_OR_RETURN(herder::ConnectorOffset offset, ReadEntry(entry, offsets.size()));
    offsets.push_back(std::move(offset));
  }
  if (offsets.empty()) return NothingProvided();
  return offsets;
}

Response OffsetsResponse(const Offsets& offsets) {
  JsonWriter json;
  json.StartObject().Key("offsets").StartArray();
  for (const herder::ConnectorOffset& one : offsets) {
    json.StartObject().Key("partition").Raw(one.partition);
    json.Key("offset").Raw(one.offset).EndObject();
  }
  json.EndArray().EndObject();
  return JsonResponse(200, json.Take());
}

Response MessageResponse(const std::string& message) {
  JsonWriter json;
  json.StartObject().Key("message").String(message).EndObject();
  return JsonResponse(200, json.Take());
}

}  // namespace

void AddOffsets(Router& router, herder::Herder& herder) {
  constexpr std::string_view kPath = "/connectors/{c}/offsets";
  router.Add("GET", kPath, [&](const Request& request, const Reply& reply) {
    herder.Offsets(request.args[0], Answer<Offsets>(reply, OffsetsResponse));
  });
  router.Add("PATCH", kPath, [&](const Request& request, const Reply& reply) {
    auto offsets = ParseOffsets(request.body);
    if (!offsets.ok()) return ReplyWith(reply, ErrorResponse(offsets.status()));
    herder.AlterOffsets(request.args[0], *std::move(offsets),
                        Answer<std::string>(reply, MessageResponse));
  });
  router.Add("DELETE", kPath, [&](const Request& request, const Reply& reply) {
    herder.ResetOffsets(request.args[0], Answer<std::string>(reply, MessageResponse));
  });
}

}  // namespace sluice::rest_api

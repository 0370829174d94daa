// Any bytes as what a broker answers: the first chooses the answer, the others are its body. What
// is read takes no more than what came, and is never read from half an answer.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/cluster/kafka_error_code.h"
#include "runtime/cluster/kafka_wire.h"

namespace {

using namespace sluice::cluster;  // NOLINT: one file

size_t SizeOf(const MetadataResponse& response) {
  size_t size = 0;
  for (const HostPort& broker : response.brokers) size += broker.host.size();
  return size;
}
size_t SizeOf(const FindCoordinatorResponse& response) { return response.address.host.size(); }
size_t SizeOf(const JoinGroupResponse& response) {
  size_t size = response.protocol.size() + response.leader_id.size() + response.member_id.size();
  for (const auto& member : response.members) size += member.id.size() + member.metadata.size();
  return size;
}
size_t SizeOf(const SyncGroupResponse& response) { return response.assignment.size(); }
size_t SizeOf(const HeartbeatResponse&) { return 0; }
size_t SizeOf(const LeaveGroupResponse&) { return 0; }
size_t SizeOf(const SaslHandshakeResponse& response) {
  size_t size = 0;
  for (const auto& mechanism : response.mechanisms) size += mechanism.size();
  return size;
}
size_t SizeOf(const SaslAuthenticateResponse& response) {
  return response.error_message.size() + response.bytes.size();
}

template <typename Response>
void Decode(std::string_view body) {
  const auto response = Response::Decode(body);
  if (!response.ok()) {
    if (sluice::Message(response.status()).empty()) std::abort();
    return;
  }
  if (SizeOf(*response) > body.size()) std::abort();
  // Nothing may be left out of it.
  if (!body.empty() && Response::Decode(body.substr(0, body.size() - 1)).ok()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0:
      Decode<MetadataResponse>(body);
      break;
    case 1:
      Decode<FindCoordinatorResponse>(body);
      break;
    case 2:
      Decode<JoinGroupResponse>(body);
      break;
    case 3:
      Decode<SyncGroupResponse>(body);
      break;
    case 4:
      Decode<HeartbeatResponse>(body);
      break;
    case 5:
      Decode<LeaveGroupResponse>(body);
      break;
    case 6:
      Decode<SaslHandshakeResponse>(body);
      break;
    case 7:
      Decode<SaslAuthenticateResponse>(body);
      break;
  }
  if (size >= 3 && KafkaErrorText(static_cast<int16_t>(data[1] << 8 | data[2]), "g").empty()) {
    std::abort();
  }
  return 0;
}

#include "runtime/cluster/kafka_error_code.h"

#include "runtime/base/text.h"

namespace sluice::cluster {
namespace {

struct Meaning {
  int16_t code;
  KafkaErrorKind kind;
  const char* name;
  const char* text;
};

constexpr Meaning kMeanings[] = {
    {kNone, KafkaErrorKind::kNone, "NONE", "there is no error"},
    {-1, KafkaErrorKind::kBusy, "UNKNOWN_SERVER_ERROR", "the broker failed; its log says why"},
    {7, KafkaErrorKind::kBusy, "REQUEST_TIMED_OUT", "the broker did not get it done in time"},
    {13, KafkaErrorKind::kBusy, "NETWORK_EXCEPTION", "the broker lost its connection"},
    {kCoordinatorLoadInProgress, KafkaErrorKind::kBusy, "COORDINATOR_LOAD_IN_PROGRESS",
     "the coordinator is still loading the group"},
    {kCoordinatorNotAvailable, KafkaErrorKind::kNotCoordinator, "COORDINATOR_NOT_AVAILABLE",
     "the group has no coordinator at the moment"},
    {kNotCoordinator, KafkaErrorKind::kNotCoordinator, "NOT_COORDINATOR",
     "the group has another coordinator now"},
    {kIllegalGeneration, KafkaErrorKind::kOldGeneration, "ILLEGAL_GENERATION",
     "the group has gone on without this worker"},
    {kInconsistentGroupProtocol, KafkaErrorKind::kRefused, "INCONSISTENT_GROUP_PROTOCOL",
     "its members have no protocol in common with this worker, or they are no Connect workers. Use "
     "a group.id that no consumer group has, and a connect.protocol that all of its workers know"},
    {kInvalidGroupId, KafkaErrorKind::kRefused, "INVALID_GROUP_ID",
     "the broker does not take this name; change group.id"},
    {kUnknownMemberId, KafkaErrorKind::kUnknownMember, "UNKNOWN_MEMBER_ID",
     "the group does not know this worker any more"},
    {kInvalidSessionTimeout, KafkaErrorKind::kRefused, "INVALID_SESSION_TIMEOUT",
     "session.timeout.ms must lie between the broker's group.min.session.timeout.ms and "
     "group.max.session.timeout.ms"},
    {kRebalanceInProgress, KafkaErrorKind::kRebalance, "REBALANCE_IN_PROGRESS",
     "the group is rebalancing"},
    {kGroupAuthorizationFailed, KafkaErrorKind::kRefused, "GROUP_AUTHORIZATION_FAILED",
     "this worker's principal may not use the group; give it READ on it"},
    {kUnsupportedSaslMechanism, KafkaErrorKind::kRefused, "UNSUPPORTED_SASL_MECHANISM",
     "the broker's listener does not have this sasl.mechanism"},
    {kUnsupportedVersion, KafkaErrorKind::kRefused, "UNSUPPORTED_VERSION",
     "the broker is older than Kafka 2.4"},
    {kSaslAuthenticationFailed, KafkaErrorKind::kRefused, "SASL_AUTHENTICATION_FAILED",
     "the broker does not accept the credentials"},
    {kMemberIdRequired, KafkaErrorKind::kBusy, "MEMBER_ID_REQUIRED",
     "the member is to join with the id that it was given"},
    {kGroupMaxSizeReached, KafkaErrorKind::kRefused, "GROUP_MAX_SIZE_REACHED",
     "it has as many members as the broker's group.max.size lets in"},
    {kFencedInstanceId, KafkaErrorKind::kUnknownMember, "FENCED_INSTANCE_ID",
     "another member has taken this worker's place"},
};

const Meaning* Find(int16_t code) {
  for (const Meaning& meaning : kMeanings) {
    if (meaning.code == code) return &meaning;
  }
  return nullptr;
}

}  // namespace

KafkaErrorKind KindOf(int16_t code) {
  const Meaning* meaning = Find(code);
  return meaning == nullptr ? KafkaErrorKind::kRefused : meaning->kind;
}

std::string KafkaErrorName(int16_t code) {
  const Meaning* meaning = Find(code);
  return meaning == nullptr ? StrCat("error ", code) : meaning->name;
}

std::string KafkaErrorText(int16_t code, std::string_view group_id) {
  const Meaning* meaning = Find(code);
  return StrCat(
      "Group ", group_id, ": ",
      meaning == nullptr ? "the broker answers with a code that is not known here" : meaning->text,
      " (", KafkaErrorName(code), ")");
}

}  // namespace sluice::cluster

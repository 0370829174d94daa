// What a broker's error codes mean for a member of a group. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_CLUSTER_KAFKA_ERROR_CODE_H_
#define SLUICE_RUNTIME_CLUSTER_KAFKA_ERROR_CODE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::cluster {

enum KafkaErrorCode : int16_t {
  kNone = 0,
  kCoordinatorLoadInProgress = 14,
  kCoordinatorNotAvailable = 15,
  kNotCoordinator = 16,
  kIllegalGeneration = 22,
  kInconsistentGroupProtocol = 23,
  kInvalidGroupId = 24,
  kUnknownMemberId = 25,
  kInvalidSessionTimeout = 26,
  kRebalanceInProgress = 27,
  kGroupAuthorizationFailed = 30,
  kUnsupportedSaslMechanism = 33,
  kUnsupportedVersion = 35,
  kSaslAuthenticationFailed = 58,
  kMemberIdRequired = 79,
  kGroupMaxSizeReached = 81,
  kFencedInstanceId = 82,
};

// What a client does about it.
enum class KafkaErrorKind {
  kNone,
  kNotCoordinator,  // find it again
  kBusy,            // the same again, soon
  kRebalance,       // join again
  kUnknownMember,   // the group does not know this member: join as a new one
  kOldGeneration,   // it knows the member, and has gone on without it
  kRefused,         // nothing changes unless somebody changes something: try slowly
};
KafkaErrorKind KindOf(int16_t code);

// In capitals, as Kafka's documentation has it; `error 123` for others.
std::string KafkaErrorName(int16_t code);
// A sentence for whoever runs the worker: what the broker says of `group_id`, and what to do.
std::string KafkaErrorText(int16_t code, std::string_view group_id);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_KAFKA_ERROR_CODE_H_

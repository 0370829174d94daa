#include "runtime/kafka/kafka_error.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "runtime/base/text.h"

namespace sluice::kafka {
namespace {

using absl::StatusCode;

struct Mapping {
  rd_kafka_resp_err_t code;
  StatusCode status;
  const char* java_class;  // of org.apache.kafka.common.errors
};

// kUnavailable and kDeadlineExceeded are retriable.
constexpr Mapping kMappings[] = {
    // What the client says.
    {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, StatusCode::kDeadlineExceeded, "TimeoutException"},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, StatusCode::kDeadlineExceeded, "TimeoutException"},
    {RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, StatusCode::kDeadlineExceeded, "TimeoutException"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, StatusCode::kUnavailable, "DisconnectException"},
    {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, StatusCode::kUnavailable, "DisconnectException"},
    {RD_KAFKA_RESP_ERR__RESOLVE, StatusCode::kUnavailable, "NetworkException"},
    {RD_KAFKA_RESP_ERR__WAIT_COORD, StatusCode::kUnavailable, "CoordinatorNotAvailableException"},
    {RD_KAFKA_RESP_ERR__ISR_INSUFF, StatusCode::kUnavailable, "NotEnoughReplicasException"},
    {RD_KAFKA_RESP_ERR__RETRY, StatusCode::kUnavailable, "RetriableException"},
    {RD_KAFKA_RESP_ERR__NODE_UPDATE, StatusCode::kUnavailable, "NetworkException"},
    {RD_KAFKA_RESP_ERR__DESTROY_BROKER, StatusCode::kUnavailable, "NetworkException"},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, StatusCode::kUnavailable,
     "UnknownTopicOrPartitionException"},
    // Java waits for such a partition for ever: a record that nothing will ever take is an error.
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, StatusCode::kInvalidArgument,
     "UnknownTopicOrPartitionException"},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, StatusCode::kPermissionDenied,
     "SaslAuthenticationException"},
    {RD_KAFKA_RESP_ERR__SSL, StatusCode::kPermissionDenied, "SslAuthenticationException"},
    {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, StatusCode::kUnimplemented,
     "UnsupportedVersionException"},
    {RD_KAFKA_RESP_ERR__FENCED, StatusCode::kAborted, "ProducerFencedException"},
    {RD_KAFKA_RESP_ERR__NO_OFFSET, StatusCode::kInternal, "OffsetOutOfRangeException"},
    {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, StatusCode::kInternal, "OffsetOutOfRangeException"},
    {RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST, StatusCode::kAborted, "RebalanceInProgressException"},
    // What the broker says.
    {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, StatusCode::kInternal, "OffsetOutOfRangeException"},
    {RD_KAFKA_RESP_ERR_INVALID_MSG, StatusCode::kUnavailable, "CorruptRecordException"},
    {RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, StatusCode::kInvalidArgument, "InvalidFetchSizeException"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, StatusCode::kUnavailable,
     "UnknownTopicOrPartitionException"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_ID, StatusCode::kUnavailable, "UnknownTopicIdException"},
    {RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, StatusCode::kUnavailable,
     "LeaderNotAvailableException"},
    {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, StatusCode::kUnavailable,
     "NotLeaderOrFollowerException"},
    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, StatusCode::kDeadlineExceeded, "TimeoutException"},
    {RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, StatusCode::kUnavailable,
     "BrokerNotAvailableException"},
    {RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE, StatusCode::kUnavailable,
     "ReplicaNotAvailableException"},
    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, StatusCode::kInvalidArgument, "RecordTooLargeException"},
    {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, StatusCode::kInvalidArgument,
     "RecordBatchTooLargeException"},
    {RD_KAFKA_RESP_ERR_INVALID_RECORD, StatusCode::kInvalidArgument, "InvalidRecordException"},
    {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, StatusCode::kInvalidArgument,
     "InvalidTimestampException"},
    {RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE, StatusCode::kInvalidArgument,
     "OffsetMetadataTooLarge"},
    {RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, StatusCode::kUnavailable, "NetworkException"},
    {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, StatusCode::kUnavailable,
     "CoordinatorLoadInProgressException"},
    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, StatusCode::kUnavailable,
     "CoordinatorNotAvailableException"},
    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, StatusCode::kUnavailable, "NotCoordinatorException"},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, StatusCode::kInvalidArgument, "InvalidTopicException"},
    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, StatusCode::kUnavailable, "NotEnoughReplicasException"},
    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, StatusCode::kUnavailable,
     "NotEnoughReplicasAfterAppendException"},
    {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, StatusCode::kAborted, "IllegalGenerationException"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, StatusCode::kAborted, "UnknownMemberIdException"},
    {RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, StatusCode::kAborted, "RebalanceInProgressException"},
    {RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, StatusCode::kInvalidArgument,
     "InvalidSessionTimeoutException"},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, StatusCode::kPermissionDenied,
     "TopicAuthorizationException"},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, StatusCode::kPermissionDenied,
     "GroupAuthorizationException"},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, StatusCode::kPermissionDenied,
     "ClusterAuthorizationException"},
    {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, StatusCode::kPermissionDenied,
     "TransactionalIdAuthorizationException"},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, StatusCode::kPermissionDenied,
     "SaslAuthenticationException"},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, StatusCode::kPermissionDenied,
     "UnsupportedSaslMechanismException"},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, StatusCode::kUnimplemented,
     "UnsupportedVersionException"},
    {RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, StatusCode::kAlreadyExists, "TopicExistsException"},
    {RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, StatusCode::kInvalidArgument,
     "InvalidPartitionsException"},
    // Too few brokers yet: Connect's own callers try again, which is why this is kUnavailable.
    {RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, StatusCode::kUnavailable,
     "InvalidReplicationFactorException"},
    {RD_KAFKA_RESP_ERR_INVALID_CONFIG, StatusCode::kInvalidArgument,
     "InvalidConfigurationException"},
    {RD_KAFKA_RESP_ERR_NOT_CONTROLLER, StatusCode::kUnavailable, "NotControllerException"},
    {RD_KAFKA_RESP_ERR_INVALID_REQUEST, StatusCode::kInvalidArgument, "InvalidRequestException"},
    {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, StatusCode::kInvalidArgument, "PolicyViolationException"},
    {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, StatusCode::kInternal,
     "OutOfOrderSequenceException"},
    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, StatusCode::kAborted,
     "InvalidProducerEpochException"},
    {RD_KAFKA_RESP_ERR_PRODUCER_FENCED, StatusCode::kAborted, "ProducerFencedException"},
    {RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, StatusCode::kUnavailable,
     "ConcurrentTransactionsException"},
    {RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, StatusCode::kUnavailable, "KafkaStorageException"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID, StatusCode::kInternal, "UnknownProducerIdException"},
    {RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP, StatusCode::kFailedPrecondition, "GroupNotEmptyException"},
    {RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC, StatusCode::kFailedPrecondition,
     "GroupSubscribedToTopicException"},
    {RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND, StatusCode::kNotFound, "GroupIdNotFoundException"},
    {RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, StatusCode::kUnavailable, "FencedLeaderEpochException"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH, StatusCode::kUnavailable,
     "UnknownLeaderEpochException"},
    {RD_KAFKA_RESP_ERR_STALE_BROKER_EPOCH, StatusCode::kUnavailable, "StaleBrokerEpochException"},
    {RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE, StatusCode::kUnavailable,
     "OffsetNotAvailableException"},
    {RD_KAFKA_RESP_ERR_PREFERRED_LEADER_NOT_AVAILABLE, StatusCode::kUnavailable,
     "PreferredLeaderNotAvailableException"},
    {RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, StatusCode::kUnavailable,
     "UnstableOffsetCommitException"},
    {RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED, StatusCode::kUnavailable,
     "ThrottlingQuotaExceededException"},
    {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, StatusCode::kAborted, "FencedInstanceIdException"},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE, StatusCode::kUnimplemented,
     "UnsupportedCompressionTypeException"},
};

}  // namespace

Status KafkaError(int code, std::string_view text) {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return OkStatus();
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  const std::string_view message = text.empty() ? rd_kafka_err2str(error) : text;
  const auto* mapping = std::find_if(std::begin(kMappings), std::end(kMappings),
                                     [&](const Mapping& entry) { return entry.code == error; });
  if (mapping == std::end(kMappings)) {
    return ExceptionError(StatusCode::kInternal, "org.apache.kafka.common.KafkaException",
                          StrCat(message, " (", rd_kafka_err2name(error), ")"));
  }
  return ExceptionError(mapping->status,
                        StrCat("org.apache.kafka.common.errors.", mapping->java_class), message);
}

bool IsRefusal(int code, std::string_view text) {
  if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION) return true;
  // A handshake that a restarting broker cut short is an SSL error too.
  return code == RD_KAFKA_RESP_ERR__SSL && text.find("verify failed") != std::string_view::npos;
}

}  // namespace sluice::kafka

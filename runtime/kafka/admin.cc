#include "runtime/kafka/admin.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "runtime/base/text.h"
#include "runtime/kafka/group_error.h"
#include "runtime/kafka/handle.h"
#include "runtime/kafka/kafka_error.h"
#include "runtime/kafka/leaders.h"
#include "runtime/kafka/partitions.h"
#include "runtime/kafka/queue.h"

namespace sluice::kafka {
namespace {

template <typename T, void (*kDestroy)(T*)>
struct Deleter {
  void operator()(T* object) const { kDestroy(object); }
};
using Event = std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_t, rd_kafka_event_destroy>>;
using Options = std::unique_ptr<rd_kafka_AdminOptions_t,
                                Deleter<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>>;
using NewTopicPtr =
    std::unique_ptr<rd_kafka_NewTopic_t, Deleter<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>>;
using TopicNames =
    std::unique_ptr<rd_kafka_TopicCollection_t,
                    Deleter<rd_kafka_TopicCollection_t, rd_kafka_TopicCollection_destroy>>;
using Resource =
    std::unique_ptr<rd_kafka_ConfigResource_t,
                    Deleter<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>>;
using GroupRequest = std::unique_ptr<
    rd_kafka_ListConsumerGroupOffsets_t,
    Deleter<rd_kafka_ListConsumerGroupOffsets_t, rd_kafka_ListConsumerGroupOffsets_destroy>>;

using AlterRequest = std::unique_ptr<
    rd_kafka_AlterConsumerGroupOffsets_t,
    Deleter<rd_kafka_AlterConsumerGroupOffsets_t, rd_kafka_AlterConsumerGroupOffsets_destroy>>;
using DeleteOffsetsRequest = std::unique_ptr<
    rd_kafka_DeleteConsumerGroupOffsets_t,
    Deleter<rd_kafka_DeleteConsumerGroupOffsets_t, rd_kafka_DeleteConsumerGroupOffsets_destroy>>;
using DeleteGroupRequest =
    std::unique_ptr<rd_kafka_DeleteGroup_t,
                    Deleter<rd_kafka_DeleteGroup_t, rd_kafka_DeleteGroup_destroy>>;

const Status& StatusOf(const Status& answer) { return answer; }
template <typename T>
const Status& StatusOf(const StatusOr<T>& answer) {
  return answer.status();
}

constexpr milliseconds kAttempt{10'000};
constexpr milliseconds kPause{100};
constexpr milliseconds kLeaderAnswers{1000};  // or another one is looked for

class RdkafkaAdmin : public Admin {
 public:
  RdkafkaAdmin(std::shared_ptr<Handle> handle, config::ClientProperties properties)
      : handle_(std::move(handle)), properties_(std::move(properties)) {}

  StatusOr<std::string> ClusterId(milliseconds timeout) override;
  StatusOr<std::optional<TopicInfo>> DescribeTopic(std::string_view topic,
                                                   milliseconds timeout) override;
  Status CreateTopic(const NewTopic& topic, milliseconds timeout) override;
  StatusOr<std::map<std::string, std::string>> TopicConfig(std::string_view topic,
                                                           milliseconds timeout) override;
  StatusOr<std::vector<PartitionOffset>> EndOffsets(const std::vector<TopicPartition>& partitions,
                                                    milliseconds timeout) override;
  StatusOr<std::vector<PartitionOffset>> GroupOffsets(std::string_view group,
                                                      milliseconds timeout) override;
  Status AlterGroupOffsets(std::string_view group, const std::vector<PartitionOffset>& offsets,
                           milliseconds timeout) override;
  Status DeleteGroupOffsets(std::string_view group, const std::vector<TopicPartition>& partitions,
                            milliseconds timeout) override;
  Status DeleteGroup(std::string_view group, milliseconds timeout) override;

 private:
  rd_kafka_t* client() const { return handle_->get(); }
  Status Unreachable(std::string_view what, milliseconds timeout) const;
  // `stale`: the error is of a leader that is none any more.
  StatusOr<std::vector<PartitionOffset>> AskEndOffsets(
      const std::vector<TopicPartition>& partitions, milliseconds timeout, bool& stale);
  // Sends one request and waits for its answer, which is no error. `other`: not by our own client.
  using Send = std::function<void(rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>;
  StatusOr<Event> Ask(rd_kafka_admin_op_t operation, std::string_view what, milliseconds timeout,
                      const Send& send, rd_kafka_t* other = nullptr);
  using GroupsOf = const rd_kafka_group_result_t** (*)(rd_kafka_event_t*, size_t*);
  Status ChangeGroup(rd_kafka_admin_op_t operation, const std::string& what, milliseconds timeout,
                     const Send& send, GroupsOf groups_of);
  // Asks of a group's coordinator again and again while it moves or is elected, as Java's admin
  // does; each attempt gets its part of the time.
  template <typename Attempt>
  auto Patiently(std::string_view what, milliseconds timeout, const Attempt& attempt) const
      -> decltype(attempt(timeout));
  StatusOr<std::vector<PartitionOffset>> AskGroupOffsets(const std::string& group,
                                                         milliseconds timeout);

  const std::shared_ptr<Handle> handle_;
  const config::ClientProperties properties_;
};

template <typename Attempt>
auto RdkafkaAdmin::Patiently(std::string_view what, milliseconds timeout,
                             const Attempt& attempt) const -> decltype(attempt(timeout)) {
  using std::chrono::steady_clock;
  const TimePoint deadline = steady_clock::now() + timeout;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    auto answer = attempt(std::clamp(left, milliseconds(1), kAttempt));
    if (StatusOf(answer).ok() || !IsRetriable(StatusOf(answer))) return answer;
    if (steady_clock::now() + kPause >= deadline) {
      if (absl::IsDeadlineExceeded(StatusOf(answer))) return Unreachable(what, timeout);
      return answer;
    }
    std::this_thread::sleep_for(kPause);
  }
}

Status RdkafkaAdmin::Unreachable(std::string_view what, milliseconds timeout) const {
  const std::string trouble = handle_->LastTrouble();
  return TimeoutError(StrCat("Timed out after ", timeout.count(), " ms waiting to ", what,
                             ": no answer from ", handle_->bootstrap_servers(),
                             trouble.empty() ? "" : ". The last trouble was: ", trouble));
}

StatusOr<Event> RdkafkaAdmin::Ask(rd_kafka_admin_op_t operation, std::string_view what,
                                  milliseconds timeout, const Send& send, rd_kafka_t* other) {
  rd_kafka_t* const asked = other != nullptr ? other : client();
  const int timeout_ms = static_cast<int>(std::clamp<int64_t>(timeout.count(), 1, 3'600'000));
  const Options options(rd_kafka_AdminOptions_new(asked, operation));
  char text[256];
  rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, text, sizeof text);
  const Queue queue(rd_kafka_queue_new(asked));
  send(options.get(), queue.get());
  Event event(rd_kafka_queue_poll(queue.get(), timeout_ms + 500));
  if (event == nullptr) return Unreachable(what, timeout);
  const rd_kafka_resp_err_t code = rd_kafka_event_error(event.get());
  switch (code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return event;
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__NOENT:  // no leader is known
      return Unreachable(what, timeout);
    default: {
      const std::string text =
          StrCat("Failed to ", what, ": ", rd_kafka_event_error_string(event.get()));
      const bool change = operation == RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS ||
                          operation == RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS ||
                          operation == RD_KAFKA_ADMIN_OP_DELETEGROUPS;
      return change ? GroupChangeError(code, text) : KafkaError(code, text);
    }
  }
}

StatusOr<std::string> RdkafkaAdmin::ClusterId(milliseconds timeout) {
  char* id = rd_kafka_clusterid(client(), static_cast<int>(timeout.count()));
  if (id == nullptr) return Unreachable("get the cluster id", timeout);
  std::string text = id;
  rd_kafka_mem_free(client(), id);
  return text;
}

StatusOr<std::optional<TopicInfo>> RdkafkaAdmin::DescribeTopic(std::string_view topic,
                                                               milliseconds timeout) {
  const std::string name(topic);
  const char* names[] = {name.c_str()};
  const TopicNames topics(rd_kafka_TopicCollection_of_topic_names(names, 1));
  SLUICE_ASSIGN_OR_RETURN(
      const Event event,
      Ask(RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, StrCat("describe topic ", topic), timeout,
          [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_DescribeTopics(client(), topics.get(), options, queue);
          }));
  size_t count = 0;
  const rd_kafka_TopicDescription_t** described = rd_kafka_DescribeTopics_result_topics(
      rd_kafka_event_DescribeTopics_result(event.get()), &count);
  if (count == 0) return std::nullopt;
  const rd_kafka_error_t* error = rd_kafka_TopicDescription_error(described[0]);
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return std::nullopt;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaError(
        code, StrCat("Failed to describe topic ", topic, ": ", rd_kafka_error_string(error)));
  }
  size_t partitions = 0;
  rd_kafka_TopicDescription_partitions(described[0], &partitions);
  return TopicInfo{name, static_cast<int>(partitions)};
}

Status RdkafkaAdmin::CreateTopic(const NewTopic& topic, milliseconds timeout) {
  char text[512];
  const NewTopicPtr request(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions,
                                                  topic.replication_factor, text, sizeof text));
  if (request == nullptr) {
    return KafkaError(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
                      StrCat("Failed to create topic ", topic.name, ": ", text));
  }
  for (const auto& [key, value] : topic.configs) {
    rd_kafka_NewTopic_set_config(request.get(), key.c_str(), value.c_str());
  }
  rd_kafka_NewTopic_t* requests[] = {request.get()};
  SLUICE_ASSIGN_OR_RETURN(
      const Event event,
      Ask(RD_KAFKA_ADMIN_OP_CREATETOPICS, StrCat("create topic ", topic.name), timeout,
          [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            char ignored[256];
            rd_kafka_AdminOptions_set_operation_timeout(options, static_cast<int>(timeout.count()),
                                                        ignored, sizeof ignored);
            rd_kafka_CreateTopics(client(), requests, 1, options, queue);
          }));
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  if (count == 0) return OkStatus();
  const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[0]);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return OkStatus();
  const char* reason = rd_kafka_topic_result_error_string(results[0]);
  if (code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    return AlreadyExistsError(StrCat("Topic ", topic.name, " exists already"));
  }
  return KafkaError(code, StrCat("Failed to create topic ", topic.name, ": ",
                                 reason != nullptr ? reason : rd_kafka_err2str(code)));
}

StatusOr<std::map<std::string, std::string>> RdkafkaAdmin::TopicConfig(std::string_view topic,
                                                                       milliseconds timeout) {
  const std::string name(topic);
  const Resource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
  rd_kafka_ConfigResource_t* resources[] = {resource.get()};
  SLUICE_ASSIGN_OR_RETURN(
      const Event event,
      Ask(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, StrCat("read the configuration of topic ", topic),
          timeout, [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_DescribeConfigs(client(), resources, 1, options, queue);
          }));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** results = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  std::map<std::string, std::string> configs;
  if (count == 0) return configs;
  const rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(results[0]);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* reason = rd_kafka_ConfigResource_error_string(results[0]);
    return KafkaError(code, StrCat("Failed to read the configuration of topic ", topic, ": ",
                                   reason != nullptr ? reason : rd_kafka_err2str(code)));
  }
  size_t entries = 0;
  const rd_kafka_ConfigEntry_t** entry = rd_kafka_ConfigResource_configs(results[0], &entries);
  for (size_t i = 0; i < entries; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entry[i]);
    configs[rd_kafka_ConfigEntry_name(entry[i])] = value != nullptr ? value : "";
  }
  return configs;
}

Status UnknownEnd(std::string_view topic, int partition) {
  return TimeoutError(
      StrCat("Failed to list the end offset of ", topic, "-", partition, ": no leader answers"));
}

StatusOr<std::vector<PartitionOffset>> RdkafkaAdmin::EndOffsets(
    const std::vector<TopicPartition>& partitions, milliseconds timeout) {
  const TimePoint deadline = std::chrono::steady_clock::now() + timeout;
  const auto left = [&] {
    return std::max(milliseconds(1),
                    std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()));
  };
  bool stale = false;
  auto ends = AskEndOffsets(partitions, std::min(timeout / 2, kLeaderAnswers), stale);
  if (!stale && !absl::IsDeadlineExceeded(ends.status())) return ends;
  RefreshLeaders(client(), partitions, left());
  return AskEndOffsets(partitions, left(), stale);
}

StatusOr<std::vector<PartitionOffset>> RdkafkaAdmin::AskEndOffsets(
    const std::vector<TopicPartition>& partitions, milliseconds timeout, bool& stale) {
  std::vector<PartitionOffset> ends;
  if (partitions.empty()) return ends;
  const PartitionList list = ToList(partitions);
  for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = RD_KAFKA_OFFSET_SPEC_LATEST;
  SLUICE_ASSIGN_OR_RETURN(const Event event,
                          Ask(RD_KAFKA_ADMIN_OP_LISTOFFSETS, "list the end offsets", timeout,
                              [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                                rd_kafka_ListOffsets(client(), list.get(), options, queue);
                              }));
  size_t count = 0;
  const rd_kafka_ListOffsetsResultInfo_t** infos =
      rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_topic_partition_t* element =
        rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
    if (element->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      stale = IsOfAStaleLeader(element->err);
      return KafkaError(element->err,
                        StrCat("Failed to list the end offset of ", element->topic, "-",
                               element->partition, ": ", rd_kafka_err2str(element->err)));
    }
    if (element->offset < 0) {  // it found no leader to ask, and says nothing of it
      return UnknownEnd(element->topic, element->partition);
    }
    ends.push_back({{element->topic, element->partition}, element->offset});
  }
  if (ends.size() < partitions.size()) {
    return UnknownEnd(partitions.front().topic, partitions.front().partition);
  }
  return ends;
}

StatusOr<std::vector<PartitionOffset>> RdkafkaAdmin::GroupOffsets(std::string_view group,
                                                                  milliseconds timeout) {
  return Patiently(StrCat("list the offsets of group ", group), timeout,
                   [&](milliseconds time) { return AskGroupOffsets(std::string(group), time); });
}

// By a client that could be a member of the group, though it never joins: librdkafka 2.15 follows a
// null pointer when a client without a group is told that the coordinator is not (or no longer)
// there.
StatusOr<std::vector<PartitionOffset>> RdkafkaAdmin::AskGroupOffsets(const std::string& group,
                                                                     milliseconds timeout) {
  config::ClientProperties properties = properties_;
  properties.rdkafka["group.id"] = group;
  SLUICE_ASSIGN_OR_RETURN(const std::shared_ptr<Handle> consumer,
                          Handle::Make(properties, Handle::Kind::kConsumer, nullptr, nullptr));
  consumer->SkipClose();  // there is nothing to leave
  const GroupRequest request(rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), nullptr));
  rd_kafka_ListConsumerGroupOffsets_t* requests[] = {request.get()};
  const Send send = [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
    rd_kafka_ListConsumerGroupOffsets(consumer->get(), requests, 1, options, queue);
  };
  SLUICE_ASSIGN_OR_RETURN(const Event event, Ask(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS,
                                                 StrCat("list the offsets of group ", group),
                                                 timeout, send, consumer->get()));
  size_t count = 0;
  const rd_kafka_group_result_t** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count);
  if (count == 0) return std::vector<PartitionOffset>();
  if (const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[0])) {
    if (rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) {
      return std::vector<PartitionOffset>();
    }
    return KafkaError(rd_kafka_error_code(error), rd_kafka_error_string(error));
  }
  const rd_kafka_topic_partition_list_t* list = rd_kafka_group_result_partitions(groups[0]);
  SLUICE_RETURN_IF_ERROR(FirstError(list, "list the committed offset"));
  return Offsets(list);
}

Status RdkafkaAdmin::ChangeGroup(rd_kafka_admin_op_t operation, const std::string& what,
                                 milliseconds timeout, const Send& send, GroupsOf groups_of) {
  return Patiently(what, timeout, [&](milliseconds time) -> Status {
    SLUICE_ASSIGN_OR_RETURN(const Event event, Ask(operation, what, time, send));
    size_t count = 0;
    const rd_kafka_group_result_t** groups = groups_of(event.get(), &count);
    return FirstGroupError(groups, count, what);
  });
}

Status RdkafkaAdmin::AlterGroupOffsets(std::string_view group,
                                       const std::vector<PartitionOffset>& offsets,
                                       milliseconds timeout) {
  if (offsets.empty()) return OkStatus();
  const PartitionList list = ToList(offsets, RD_KAFKA_OFFSET_INVALID);
  const AlterRequest request(
      rd_kafka_AlterConsumerGroupOffsets_new(std::string(group).c_str(), list.get()));
  rd_kafka_AlterConsumerGroupOffsets_t* requests[] = {request.get()};
  return ChangeGroup(
      RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, StrCat("alter the offsets of group ", group),
      timeout,
      [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_AlterConsumerGroupOffsets(client(), requests, 1, options, queue);
      },
      [](rd_kafka_event_t* event, size_t* count) {
        return rd_kafka_AlterConsumerGroupOffsets_result_groups(
            rd_kafka_event_AlterConsumerGroupOffsets_result(event), count);
      });
}

Status RdkafkaAdmin::DeleteGroupOffsets(std::string_view group,
                                        const std::vector<TopicPartition>& partitions,
                                        milliseconds timeout) {
  if (partitions.empty()) return OkStatus();
  const PartitionList list = ToList(partitions);
  const DeleteOffsetsRequest request(
      rd_kafka_DeleteConsumerGroupOffsets_new(std::string(group).c_str(), list.get()));
  rd_kafka_DeleteConsumerGroupOffsets_t* requests[] = {request.get()};
  return ChangeGroup(
      RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS, StrCat("delete offsets of group ", group),
      timeout,
      [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_DeleteConsumerGroupOffsets(client(), requests, 1, options, queue);
      },
      [](rd_kafka_event_t* event, size_t* count) {
        return rd_kafka_DeleteConsumerGroupOffsets_result_groups(
            rd_kafka_event_DeleteConsumerGroupOffsets_result(event), count);
      });
}

Status RdkafkaAdmin::DeleteGroup(std::string_view group, milliseconds timeout) {
  const DeleteGroupRequest request(rd_kafka_DeleteGroup_new(std::string(group).c_str()));
  rd_kafka_DeleteGroup_t* requests[] = {request.get()};
  return ChangeGroup(
      RD_KAFKA_ADMIN_OP_DELETEGROUPS, StrCat("delete group ", group), timeout,
      [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_DeleteGroups(client(), requests, 1, options, queue);
      },
      [](rd_kafka_event_t* event, size_t* count) {
        return rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event),
                                                   count);
      });
}

}  // namespace

StatusOr<std::unique_ptr<Admin>> NewAdmin(const config::ClientProperties& properties,
                                          metrics::Registry* registry) {
  SLUICE_ASSIGN_OR_RETURN(std::shared_ptr<Handle> handle,
                          Handle::Make(properties, Handle::Kind::kAdmin, registry, nullptr));
  return std::make_unique<RdkafkaAdmin>(std::move(handle), properties);
}

}  // namespace sluice::kafka

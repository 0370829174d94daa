#include "runtime/kafka/admin.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <string>

#include "runtime/base/text.h"
#include "runtime/kafka/handle.h"
#include "runtime/kafka/kafka_error.h"
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
using TopicHandle =
    std::unique_ptr<rd_kafka_topic_t, Deleter<rd_kafka_topic_t, rd_kafka_topic_destroy>>;
using TopicNames =
    std::unique_ptr<rd_kafka_TopicCollection_t,
                    Deleter<rd_kafka_TopicCollection_t, rd_kafka_TopicCollection_destroy>>;
using Resource =
    std::unique_ptr<rd_kafka_ConfigResource_t,
                    Deleter<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>>;
using GroupRequest = std::unique_ptr<
    rd_kafka_ListConsumerGroupOffsets_t,
    Deleter<rd_kafka_ListConsumerGroupOffsets_t, rd_kafka_ListConsumerGroupOffsets_destroy>>;

class RdkafkaAdmin : public Admin {
 public:
  explicit RdkafkaAdmin(std::shared_ptr<Handle> handle) : handle_(std::move(handle)) {}

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

 private:
  rd_kafka_t* client() const { return handle_->get(); }
  Status Unreachable(std::string_view what, milliseconds timeout) const;
  // `stale`: the error is of a leader that is none any more.
  StatusOr<std::vector<PartitionOffset>> AskEndOffsets(
      const std::vector<TopicPartition>& partitions, milliseconds timeout, bool& stale);
  void RefreshLeaders(const std::vector<TopicPartition>& partitions, milliseconds timeout);
  // Sends one request and waits for its answer, which is no error.
  StatusOr<Event> Ask(rd_kafka_admin_op_t operation, std::string_view what, milliseconds timeout,
                      const std::function<void(rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& send);

  const std::shared_ptr<Handle> handle_;
};

Status RdkafkaAdmin::Unreachable(std::string_view what, milliseconds timeout) const {
  const std::string trouble = handle_->LastTrouble();
  return TimeoutError(StrCat("Timed out after ", timeout.count(), " ms waiting to ", what,
                             ": no answer from ", handle_->bootstrap_servers(),
                             trouble.empty() ? "" : ". The last trouble was: ", trouble));
}

StatusOr<Event> RdkafkaAdmin::Ask(
    rd_kafka_admin_op_t operation, std::string_view what, milliseconds timeout,
    const std::function<void(rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& send) {
  const int timeout_ms = static_cast<int>(std::clamp<int64_t>(timeout.count(), 1, 3'600'000));
  const Options options(rd_kafka_AdminOptions_new(client(), operation));
  char text[256];
  rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, text, sizeof text);
  const Queue queue(rd_kafka_queue_new(client()));
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
    default:
      return KafkaError(code,
                        StrCat("Failed to ", what, ": ", rd_kafka_event_error_string(event.get())));
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

bool IsOfAStaleLeader(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH ||
         code == RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH ||
         code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION;
}

// librdkafka asks the leaders that it knows, with their epochs as it knows them, and does not look
// for others when a broker says that these are of yesterday; not before metadata.max.age.ms is
// over. Each broker that restarts makes a new epoch.
StatusOr<std::vector<PartitionOffset>> RdkafkaAdmin::EndOffsets(
    const std::vector<TopicPartition>& partitions, milliseconds timeout) {
  bool stale = false;
  auto ends = AskEndOffsets(partitions, timeout, stale);
  if (!stale) return ends;
  RefreshLeaders(partitions, timeout);
  return AskEndOffsets(partitions, timeout, stale);
}

void RdkafkaAdmin::RefreshLeaders(const std::vector<TopicPartition>& partitions,
                                  milliseconds timeout) {
  std::set<std::string> names;
  for (const TopicPartition& partition : partitions) names.insert(partition.topic);
  for (const std::string& name : names) {
    const TopicHandle topic(rd_kafka_topic_new(client(), name.c_str(), nullptr));
    const rd_kafka_metadata_t* metadata = nullptr;  // it is also kept inside, which is the point
    if (topic != nullptr &&
        rd_kafka_metadata(client(), 0, topic.get(), &metadata, static_cast<int>(timeout.count())) ==
            RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_metadata_destroy(metadata);
    }
  }
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
    ends.push_back({{element->topic, element->partition}, element->offset});
  }
  return ends;
}

StatusOr<std::vector<PartitionOffset>> RdkafkaAdmin::GroupOffsets(std::string_view group,
                                                                  milliseconds timeout) {
  const GroupRequest request(
      rd_kafka_ListConsumerGroupOffsets_new(std::string(group).c_str(), nullptr));
  rd_kafka_ListConsumerGroupOffsets_t* requests[] = {request.get()};
  SLUICE_ASSIGN_OR_RETURN(
      const Event event,
      Ask(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, StrCat("list the offsets of group ", group),
          timeout, [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_ListConsumerGroupOffsets(client(), requests, 1, options, queue);
          }));
  size_t count = 0;
  const rd_kafka_group_result_t** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count);
  if (count == 0) return std::vector<PartitionOffset>();
  if (const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[0])) {
    return KafkaError(rd_kafka_error_code(error), rd_kafka_error_string(error));
  }
  const rd_kafka_topic_partition_list_t* list = rd_kafka_group_result_partitions(groups[0]);
  SLUICE_RETURN_IF_ERROR(FirstError(list, "list the committed offset"));
  return Offsets(list);
}

}  // namespace

StatusOr<std::unique_ptr<Admin>> NewAdmin(const config::ClientProperties& properties,
                                          metrics::Registry* registry) {
  SLUICE_ASSIGN_OR_RETURN(std::shared_ptr<Handle> handle,
                          Handle::Make(properties, Handle::Kind::kAdmin, registry, nullptr));
  return std::make_unique<RdkafkaAdmin>(std::move(handle));
}

}  // namespace sluice::kafka

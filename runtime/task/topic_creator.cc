#include "runtime/task/topic_creator.h"

#include "runtime/base/log.h"

namespace sluice::task {
namespace {

constexpr size_t kKnownMax = 10'000;

}  // namespace

Status TopicCreator::Look(std::string_view topic) {
  if (known_.size() >= kKnownMax) known_.clear();
  if (auto known = known_.find(topic); known != known_.end()) {
    last_ = *known;
    return OkStatus();
  }
  if (admin_ == nullptr) {
    SLUICE_ASSIGN_OR_RETURN(admin_, make_admin_());
  }
  StatusOr<std::optional<kafka::TopicInfo>> found = admin_->DescribeTopic(topic, timeout_);
  if (!found.ok()) {
    if (IsRetriable(found.status())) return found.status();
    // Without the right to describe it we cannot know; creating tells.
    LogWarn("task.source", "Topic ", topic, " cannot be described: ", Describe(found.status()));
  } else if (*found) {
    last_ = *known_.emplace(topic).first;
    return OkStatus();
  }
  SLUICE_RETURN_IF_ERROR(Create(topic, *admin_));
  last_ = *known_.emplace(topic).first;
  return OkStatus();
}

Status TopicCreator::Create(std::string_view topic, kafka::Admin& admin) {
  const config::TopicCreationGroup* group = group_of_(topic);
  if (group == nullptr) return OkStatus();  // the broker makes it, or refuses the record
  kafka::NewTopic wanted;
  wanted.name = std::string(topic);
  wanted.partitions = group->partitions;
  wanted.replication_factor = group->replication_factor;
  for (const auto& [key, value] : group->settings) wanted.configs[key] = value;
  const Status created = admin.CreateTopic(wanted, timeout_);
  if (created.ok()) {
    LogInfo("task.source", "Created topic '", topic, "' using creation group ", group->name,
            " (partitions=", wanted.partitions, ", replication.factor=", wanted.replication_factor,
            ")");
    return OkStatus();
  }
  if (absl::IsAlreadyExists(created)) return OkStatus();
  if (IsRetriable(created)) return created;
  return WrapConnect(
      created,
      StrCat("Task failed to create new topic '", topic, "' (partitions=", wanted.partitions,
             ", replicationFactor=", wanted.replication_factor, ", group ", group->name,
             "). Ensure that the task is authorized to create topics or that the topic "
             "exists and restart the task"));
}

}  // namespace sluice::task

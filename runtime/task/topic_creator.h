// Makes the topics of a source connector that has topic.creation.* settings, before the first
// record to each: describes it, and creates it if it is not there, by the first group that matches
// (KIP-158). One per task, on its thread; the admin client is made when the first topic is looked
// at.
#ifndef SLUICE_RUNTIME_TASK_TOPIC_CREATOR_H_
#define SLUICE_RUNTIME_TASK_TOPIC_CREATOR_H_

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/connector_config.h"
#include "runtime/kafka/admin.h"

namespace sluice::task {

class TopicCreator {
 public:
  using GroupOf = std::function<const config::TopicCreationGroup*(std::string_view topic)>;
  using AdminFactory = std::function<StatusOr<std::unique_ptr<kafka::Admin>>()>;

  TopicCreator(GroupOf group_of, AdminFactory make_admin, milliseconds timeout)
      : group_of_(std::move(group_of)), make_admin_(std::move(make_admin)), timeout_(timeout) {}

  // The topic exists, or why not: retriable, or `Task failed to create new topic ...`.
  Status Ensure(std::string_view topic) {
    if (topic == last_) return OkStatus();
    return Look(topic);
  }

 private:
  Status Look(std::string_view topic);
  Status Create(std::string_view topic, kafka::Admin& admin);

  const GroupOf group_of_;
  const AdminFactory make_admin_;
  const milliseconds timeout_;
  std::unique_ptr<kafka::Admin> admin_;
  std::set<std::string, std::less<>> known_;
  std::string last_;
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_TOPIC_CREATOR_H_

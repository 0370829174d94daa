// The fixture of tests with several workers in one group: verbs to ask them, and what must hold at
// each step.
#ifndef SLUICE_RUNTIME_HERDER_GROUP_TEST_H_
#define SLUICE_RUNTIME_HERDER_GROUP_TEST_H_

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "runtime/herder/group_fixture.h"

namespace sluice::herder {

class GroupTest : public testing::Test {
 protected:
  // Creates or changes a connector by whoever may; follows what a worker says of others.
  Status Put(const std::string& worker, const std::string& name, int tasks,
             const std::string& class_name = "Fake", int weight = 1) {
    SubmittedConfig config{.values = {{"connector.class", class_name},
                                      {"name", name},
                                      {"tasks.max", "100"},
                                      {"topics", "t"},
                                      {"task.weight", std::to_string(weight)},
                                      {"fake.tasks", std::to_string(tasks)}},
                           .null_keys = {}};
    return Ask(worker, [&](GroupWorker& at, const Done& done) {
      at.herder->PutConfig(name, config,
                           [done](const StatusOr<PutResult>& result) { done(result.status()); });
    });
  }
  Status Ask(std::string worker, const std::function<void(GroupWorker&, const Done&)>& ask) {
    for (int hops = 0; hops < 3; ++hops) {
      auto answer = std::make_shared<std::optional<Status>>();
      ask(*group_.workers.at(worker), [answer](const Status& status) { *answer = status; });
      for (int i = 0; i < 15 && !*answer; ++i) {
        group_.Run([this] { CheckOwners(); });
        if (!*answer) group_.clock.Advance(milliseconds(1000));
      }
      if (!*answer) return absl::InternalError("no answer");
      const auto other = OtherWorker(**answer);
      if (!other) return **answer;
      GroupWorker* next = group_.At(*other);
      if (next == nullptr) return absl::InternalError("nobody at " + *other);
      worker = next->name;
    }
    return absl::InternalError("too many hops");
  }
  // Nothing runs twice.
  void CheckOwners() {
    std::map<std::string, std::string> owners;
    for (const auto& [name, worker] : group_.workers) {
      for (const std::string& part : worker->Runs()) {
        const auto [it, added] = owners.emplace(part, name);
        ASSERT_TRUE(added) << part << " runs on " << it->second << " and on " << name;
      }
    }
  }
  void Settle() {
    ASSERT_TRUE(group_.Settle([this] { CheckOwners(); }));
  }
  // "w1: a a-0; w2: a-1"
  std::string Where() {
    std::string text;
    for (const auto& [name, worker] : group_.workers) {
      text += (text.empty() ? "" : "; ") + name + ":";
      for (const std::string& part : worker->Runs()) text += " " + part;
    }
    return text;
  }

  TestGroup group_;
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_GROUP_TEST_H_

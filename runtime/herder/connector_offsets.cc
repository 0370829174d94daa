#include "runtime/herder/connector_offsets.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/partition_key.h"
#include "runtime/storage/stores.h"
#include "runtime/storage/wait.h"

namespace sluice::herder {
namespace {

// A failure of ours: 500, whatever code the cause has.
Status Failed(const Status& cause, std::string_view text) {
  LogError("herder", text, ": ", StackTrace(cause));
  return WrapConnect(
      ExceptionError(absl::StatusCode::kInternal, ExceptionClass(cause), Message(cause)), text);
}
Status FailedBecause(const Status& cause, std::string_view text) {
  return Failed(cause, StrCat(text, ": ", Message(cause)));
}

// The members of the group do not let go.
Status InUse(std::string_view verb, std::string_view name, const Status& cause) {
  return Failed(
      cause,
      StrCat("Failed to ", verb, " consumer group offsets for connector ", name,
             " either because its tasks haven't stopped completely yet or the connector was "
             "resumed before the request to ",
             verb,
             " its offsets could be successfully completed. If the connector is in a stopped "
             "state, this operation can be safely retried. If it doesn't eventually succeed, the "
             "Connect cluster may need to be restarted to get rid of the zombie sink tasks."));
}

}  // namespace

// What the plugin may ask of the worker while it is asked for its opinion.
class ConnectorOffsets::Host : public plugin::ConnectorHost {
 public:
  explicit Host(ConnectorOffsets& owner) : owner_(owner) {}
  void Log(sluice_log_level level, std::string_view text) override {
    const int known = std::clamp<int>(level, SLUICE_LOG_TRACE, SLUICE_LOG_ERROR);
    sluice::Log(static_cast<LogLevel>(known), "connector", text);
  }
  void Metric(std::string_view, sluice_metric_kind, double) override {}
  StatusOr<std::vector<sluice_value>> StoredOffsets(const sluice_value* partitions, size_t count,
                                                    abi::Arena& arena) override {
    storage::OffsetStore* own = owner_.store_.get();
    return (own != nullptr ? own : owner_.parts_.store)
        ->Read(owner_.name_, std::vector<sluice_value>(partitions, partitions + count), arena,
               owner_.Left());
  }
  void RequestReconfiguration() override {}  // it is stopped
  void RaiseError(Status error) override {
    LogError("herder", "Connector ", owner_.name_,
             " raised an error while its offsets were modified: ", StackTrace(error));
  }
  StatusOr<config::ConfigMap> ResolvedConfig() override {
    return owner_.parts_.worker->providers->Resolve(*owner_.raw_);
  }

 private:
  ConnectorOffsets& owner_;
};

ConnectorOffsets::ConnectorOffsets(const OffsetsParts& parts, std::string name,
                                   std::shared_ptr<const config::ConfigMap> raw)
    : parts_(parts), name_(std::move(name)), raw_(std::move(raw)) {}

milliseconds ConnectorOffsets::Left() const {
  return std::max(milliseconds(1),
                  std::chrono::ceil<milliseconds>(parts_.deadline - parts_.clock->Now()));
}

Status ConnectorOffsets::InTime(std::string_view what) const {
  return parts_.clock->Now() < parts_.deadline ? OkStatus()
                                               : ConnectError(StrCat("Timed out ", what));
}

Status ConnectorOffsets::Prepare() {
  SLUICE_ASSIGN_OR_RETURN(resolved_, parts_.worker->providers->Resolve(*raw_));
  SLUICE_ASSIGN_OR_RETURN(info_, parts_.plugins->Find(resolved_.Get("connector.class"),
                                                      resolved_.Get("connector.plugin.version")));
  const bool source = info_.kind == plugin::ClassKind::kSource;
  SLUICE_ASSIGN_OR_RETURN(
      connector_, config::ConnectorConfig::FromMap(
                      source ? config::ConnectorKind::kSource : config::ConnectorKind::kSink,
                      resolved_, *parts_.worker));
  if (!source) return OpenGroup();
  SLUICE_ASSIGN_OR_RETURN(
      store_, storage::OpenConnectorOffsets(*parts_.worker, connector_, *parts_.store, Left()));
  return OkStatus();
}

// The sink's consumer group, and an admin client for the cluster that it is in.
Status ConnectorOffsets::OpenGroup() {
  SLUICE_ASSIGN_OR_RETURN(const config::ClientProperties consumer,
                          config::TaskClientProperties(*parts_.worker, connector_,
                                                       config::TaskClient::kSinkConsumer, 0));
  const auto group = consumer.java.find("group.id");
  group_ = group != consumer.java.end() ? group->second : connector_.group_id;
  SLUICE_ASSIGN_OR_RETURN(const config::ClientProperties admin,
                          config::TaskClientProperties(*parts_.worker, connector_,
                                                       config::TaskClient::kWorkerAdmin, 0));
  SLUICE_ASSIGN_OR_RETURN(admin_, parts_.make_admin(admin));
  return OkStatus();
}

StatusOr<std::vector<ConnectorOffset>> ConnectorOffsets::Read() {
  if (const Status prepared = Prepare(); !prepared.ok()) {
    return FailedBecause(prepared, StrCat("Failed to retrieve offsets for connector ", name_));
  }
  std::vector<ConnectorOffset> list;
  if (info_.kind == plugin::ClassKind::kSource) {
    auto stored = Stored();
    if (!stored.ok()) {
      return FailedBecause(stored.status(),
                           StrCat("Failed to retrieve offsets for source connector ", name_));
    }
    for (storage::StoredOffset& one : *stored) {
      list.push_back({std::move(one.partition), std::move(one.offset)});
    }
    return list;
  }
  const auto committed = admin_->GroupOffsets(group_, Left());
  if (!committed.ok()) {
    return FailedBecause(
        committed.status(),
        StrCat("Failed to retrieve consumer group offsets for sink connector ", name_));
  }
  for (const kafka::PartitionOffset& one : *committed) {
    if (one.offset >= 0) list.push_back(ShowSinkOffset(one));
  }
  return list;
}

StatusOr<std::string> ConnectorOffsets::Alter(const std::vector<ConnectorOffset>& offsets) {
  return Modify(&offsets);
}
StatusOr<std::string> ConnectorOffsets::Reset() { return Modify(nullptr); }

StatusOr<std::string> ConnectorOffsets::Modify(const std::vector<ConnectorOffset>* offsets) {
  const LogContext context(name_ + "|worker");
  if (const Status prepared = Prepare(); !prepared.ok()) {
    return FailedBecause(prepared, StrCat("Failed to modify offsets for connector ", name_));
  }
  const bool source = info_.kind == plugin::ClassKind::kSource;
  SLUICE_ASSIGN_OR_RETURN(const bool all_done,
                          source ? ModifySource(offsets) : ModifySink(offsets));
  const std::string_view verb = offsets == nullptr ? "reset" : "altered";
  LogInfo("herder", "The offsets of connector ", name_, " have been ", verb);
  if (all_done) return StrCat("The offsets for this connector have been ", verb, " successfully");
  return StrCat("The Connect framework-managed offsets for this connector have been ", verb,
                " successfully. However, if this connector manages offsets externally, they will "
                "need to be manually ",
                verb, " in the system that the connector uses.");
}

StatusOr<bool> ConnectorOffsets::AskPlugin(const Changes& changes, bool asked) {
  const std::string call = StrCat("calling the 'alterOffsets' method for ",
                                  store_ != nullptr ? "source" : "sink", " connector ", name_);
  SLUICE_RETURN_IF_ERROR(InTime("before " + call));  // nobody waits for it any more
  Host host(*this);
  StatusOr<bool> answer = false;
  {
    SLUICE_ASSIGN_OR_RETURN(const std::unique_ptr<plugin::ConnectorPlugin> plugin,
                            parts_.plugins->NewConnector(info_, host));
    answer = plugin->AlterOffsets(resolved_, changes);
  }
  if (!answer.ok()) {
    if (answer.status().code() == absl::StatusCode::kUnimplemented) {
      return Failed(answer.status(),
                    StrCat("Failed to modify offsets for connector ", name_,
                           " because it doesn't support external modification of offsets"));
    }
    // In its own words.
    const Status failed = Failed(answer.status(), Message(answer.status()));
    return asked && !IsRetriable(answer.status()) ? BadRequestError(Message(failed)) : failed;
  }
  SLUICE_RETURN_IF_ERROR(InTime("while " + call));
  return answer;
}

// ---- Sources

StatusOr<std::vector<storage::StoredOffset>> ConnectorOffsets::Stored() {
  SLUICE_RETURN_IF_ERROR(storage::WaitForDone(
      Left(), [&](storage::Done done) { store_->Refresh(Left(), std::move(done)); }));
  return store_->List(name_);
}

// Whole numbers become int64 on the way, as the peer's do in its JSON converter.
StatusOr<ConnectorOffsets::Changes> ConnectorOffsets::SourceChanges(
    const std::vector<ConnectorOffset>& offsets) {
  record::JsonReader reader;
  std::map<std::string, std::pair<sluice_value, sluice_value>> last;
  for (const ConnectorOffset& one : offsets) {
    std::pair<sluice_value, sluice_value> change;
    for (auto [text, value] :
         {std::pair{&one.partition, &change.first}, std::pair{&one.offset, &change.second}}) {
      const auto read = reader.Read(arena_.Copy(*text), record::JsonNumbers::kValues, arena_);
      const Status valid = read.ok() ? storage::CheckOffsetMap(*read) : read.status();
      if (!valid.ok()) return BadRequestError(Message(valid));
      *value = *read;
    }
    last[record::PartitionKey(abi::IsNull(change.first) ? nullptr : &change.first)] = change;
  }
  Changes changes;
  for (const auto& [key, change] : last) changes.push_back(change);
  return changes;
}

StatusOr<bool> ConnectorOffsets::ModifySource(const std::vector<ConnectorOffset>* offsets) {
  std::vector<ConnectorOffset> all;
  if (offsets == nullptr) {
    auto stored = Stored();
    if (!stored.ok()) {
      return FailedBecause(stored.status(),
                           StrCat("Failed to read the offsets of source connector ", name_,
                                  " before they could be reset"));
    }
    for (storage::StoredOffset& one : *stored) all.push_back({std::move(one.partition), "null"});
  }
  SLUICE_ASSIGN_OR_RETURN(const Changes changes,
                          SourceChanges(offsets != nullptr ? *offsets : all));
  SLUICE_ASSIGN_OR_RETURN(const bool all_done, AskPlugin(changes, offsets != nullptr));
  if (changes.empty()) {
    LogInfo("herder", "No offsets found for source connector ", name_,
            " - this can occur due to a prior attempt to reset offsets or if the source connector "
            "hasn't committed any offsets yet");
    return all_done;
  }
  std::vector<storage::OffsetWrite> writes;
  for (const auto& [partition, offset] : changes) writes.push_back({partition, offset});
  const Status written = storage::WriteOffsetsAndWait(*store_, name_, writes, Left());
  if (!written.ok()) {
    return FailedBecause(
        written, StrCat(written.code() == absl::StatusCode::kDeadlineExceeded
                            ? "Timed out while attempting to flush offsets for source connector "
                            : "Failed to flush offsets for source connector ",
                        name_));
  }
  return all_done;
}

// ---- Sinks

ConnectorOffsets::Changes ConnectorOffsets::SinkChanges(const std::vector<SinkOffset>& offsets) {
  Changes changes;
  for (const SinkOffset& one : offsets) {
    const sluice_map_entry partition[] = {
        {abi::String("kafka_topic"), arena_.CopyString(one.partition.topic)},
        {abi::String("kafka_partition"), abi::Int64(one.partition.partition)}};
    sluice_value offset = abi::Null();
    if (one.offset) {
      const sluice_map_entry entry{abi::String("kafka_offset"), abi::Int64(*one.offset)};
      offset = arena_.CopyMap(&entry, 1);
    }
    changes.emplace_back(arena_.CopyMap(partition, 2), offset);
  }
  return changes;
}

StatusOr<bool> ConnectorOffsets::ModifySink(const std::vector<ConnectorOffset>* offsets) {
  std::vector<SinkOffset> wanted;
  if (offsets != nullptr) {
    SLUICE_ASSIGN_OR_RETURN(wanted, ParseSinkOffsets(*offsets));
  } else {
    const auto committed = admin_->GroupOffsets(group_, Left());
    if (!committed.ok()) {
      return FailedBecause(
          committed.status(),
          StrCat("Failed to list offsets prior to resetting offsets for sink connector ", name_));
    }
    for (const kafka::PartitionOffset& one : *committed) {
      wanted.push_back({one.partition, std::nullopt});
    }
  }
  SLUICE_ASSIGN_OR_RETURN(const bool all_done, AskPlugin(SinkChanges(wanted), offsets != nullptr));
  SLUICE_RETURN_IF_ERROR(offsets != nullptr ? AlterGroup(wanted) : ResetGroup());
  return all_done;
}

Status ConnectorOffsets::AlterGroup(const std::vector<SinkOffset>& offsets) {
  std::vector<kafka::PartitionOffset> set;
  std::vector<kafka::TopicPartition> remove;
  for (const SinkOffset& one : offsets) {
    one.offset ? set.push_back({one.partition, *one.offset}) : remove.push_back(one.partition);
  }
  Status changed = admin_->AlterGroupOffsets(group_, set, Left());
  if (changed.ok()) changed = admin_->DeleteGroupOffsets(group_, remove, Left());
  // A group that does not exist has none: it is as it should be.
  if (changed.ok() || changed.code() == absl::StatusCode::kNotFound) return OkStatus();
  if (changed.code() == absl::StatusCode::kFailedPrecondition) {
    return InUse("alter", name_, changed);
  }
  const std::string failure =
      StrCat("Failed to alter consumer group offsets for connector ", name_);
  if (changed.code() == absl::StatusCode::kOutOfRange) {  // no such partition
    return BadRequestError(StrCat(failure, ": ", Message(changed)));
  }
  return FailedBecause(changed, failure);
}

Status ConnectorOffsets::ResetGroup() {
  const Status removed = admin_->DeleteGroup(group_, Left());
  // It is as it should be: a reset may be asked for twice.
  if (removed.ok() || removed.code() == absl::StatusCode::kNotFound) return OkStatus();
  if (removed.code() == absl::StatusCode::kFailedPrecondition) {
    return InUse("reset", name_, removed);
  }
  return FailedBecause(removed,
                       StrCat("Failed to reset consumer group offsets for connector ", name_));
}

}  // namespace sluice::herder

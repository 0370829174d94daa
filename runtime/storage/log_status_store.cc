#include "runtime/storage/log_status_store.h"

#include <chrono>
#include <utility>

#include "runtime/base/json.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::storage {
namespace {

// The producer never gives up by itself, so a write needs no second copy while the broker is away.
constexpr milliseconds kSendTimeout{24 * 3600 * 1000};
constexpr int kAttemptsMax = 10;
constexpr milliseconds kStopTimeout{5000};
constexpr std::string_view kConnectorPrefix = "status-connector-";
constexpr std::string_view kTaskPrefix = "status-task-";
constexpr std::string_view kTopicPrefix = "status-topic-";
constexpr std::string_view kTopicInfix = ":connector-";
constexpr std::string_view kLeavingPrefix = "worker-leaving-";

std::string ConnectorKey(const std::string& connector) {
  return StrCat(kConnectorPrefix, connector);
}
std::string TaskKey(const TaskId& task) { return StrCat(kTaskPrefix, task.ToString()); }
std::string TopicKey(const std::string& connector, const std::string& topic) {
  return StrCat(kTopicPrefix, topic, kTopicInfix, connector);
}

// A trace may quote anything. Bytes that are no text would make the status unreadable.
void OptionalText(JsonWriter& json, std::string_view key, const std::optional<std::string>& text) {
  json.Key(key);
  text ? json.String(ReplaceInvalidUtf8(*text)) : json.Null();
}

std::string StatusJson(const PartStatus& status) {
  JsonWriter json;
  json.StartObject().Key("state").String(StateName(status.state));
  OptionalText(json, "trace", status.trace);
  json.Key("worker_id").String(status.worker_id).Key("generation").Int(status.generation);
  OptionalText(json, "version", status.version);
  json.EndObject();
  return json.Take();
}

std::optional<std::string> MaybeText(const rapidjson::Value& object, std::string_view name) {
  const rapidjson::Value* member = FindJsonMember(object, name);
  if (member == nullptr || !member->IsString()) return std::nullopt;
  return std::string(JsonText(*member));
}

std::optional<PartStatus> ParseStatus(const rapidjson::Value& object) {
  if (!object.IsObject()) return std::nullopt;
  const auto state_name = MaybeText(object, "state");
  const auto state = state_name ? ParseState(*state_name) : std::nullopt;
  const auto worker = MaybeText(object, "worker_id");
  const rapidjson::Value* generation = FindJsonMember(object, "generation");
  if (!state || !worker || generation == nullptr || !generation->IsInt()) return std::nullopt;
  return PartStatus{*state, MaybeText(object, "trace"), *worker, generation->GetInt(),
                    MaybeText(object, "version")};
}

// A safe write yields to another worker's of a later generation.
bool MayWrite(const std::optional<PartStatus>& known, const PartStatus& status) {
  return !known || known->worker_id == status.worker_id || known->generation <= status.generation;
}

std::optional<TaskId> ParseTask(std::string_view text) {
  const size_t dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const auto number = ParseInt64(text.substr(dash + 1));
  if (!number || *number < 0 || *number > INT32_MAX) return std::nullopt;
  return TaskId{std::string(text.substr(0, dash)), static_cast<int>(*number)};
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

}  // namespace

LogStatusStore::LogStatusStore(std::unique_ptr<TopicLog> log, const Clock& clock)
    : log_(std::move(log)), clock_(clock) {}

LogStatusStore::~LogStatusStore() { Stop(); }

Status LogStatusStore::Start(milliseconds timeout) {
  return log_->Start([this](const LogRecord& record) { OnRecord(record); }, timeout);
}

void LogStatusStore::Stop() {
  {
    MutexLock lock(mutex_);
    if (std::exchange(stopping_, true)) return;
  }
  if (const Status flushed = Flush(kStopTimeout); !flushed.ok()) {
    LogWarn("storage", "Not all statuses were written: ", Message(flushed));
  }
  log_->Stop();
}

void LogStatusStore::PutConnector(const std::string& connector, const PartStatus& status,
                                  Write kind) {
  if (kind == Write::kSafe && !MayWrite(Connector(connector), status)) return;
  Put(ConnectorKey(connector), StatusJson(status));
}

void LogStatusStore::PutTask(const TaskId& task, const PartStatus& status, Write kind) {
  if (kind == Write::kSafe && !MayWrite(Task(task), status)) return;
  Put(TaskKey(task), StatusJson(status));
}

void LogStatusStore::DeleteConnector(const std::string& connector) {
  Put(ConnectorKey(connector), std::nullopt);
}

void LogStatusStore::DeleteTask(const TaskId& task) { Put(TaskKey(task), std::nullopt); }

void LogStatusStore::PutTopic(const TopicStatus& topic) {
  JsonWriter json;
  json.StartObject().Key("topic").StartObject().Key("name").String(topic.topic);
  json.Key("connector").String(topic.task.connector).Key("task").Int(topic.task.task);
  json.Key("discoverTimestamp").Int(topic.discovered_ms).EndObject().EndObject();
  Put(TopicKey(topic.task.connector, topic.topic), json.Take());
}

void LogStatusStore::DeleteTopic(const std::string& connector, const std::string& topic) {
  Put(TopicKey(connector, topic), std::nullopt);
}

void LogStatusStore::PutLeaving(const std::string& worker_id, int generation,
                                milliseconds back_within) {
  JsonWriter json;
  json.StartObject().Key("generation").Int(generation);
  json.Key("back_within_ms").Int(back_within.count()).EndObject();
  Put(StrCat(kLeavingPrefix, worker_id), json.Take());
}

void LogStatusStore::DeleteLeaving(const std::string& worker_id) {
  Put(StrCat(kLeavingPrefix, worker_id), std::nullopt);
}

void LogStatusStore::Put(std::string key, std::optional<std::string> value) {
  uint64_t number;
  {
    MutexLock lock(mutex_);
    number = ++next_number_;
    pending_[key] = {number, 0, value};
  }
  Send(key, number, value);
}

void LogStatusStore::Send(const std::string& key, uint64_t number,
                          const std::optional<std::string>& value) {
  log_->Append(key, value, kSendTimeout,
               [this, key, number](const Status& status) { OnSent(key, number, status); });
}

void LogStatusStore::OnSent(const std::string& key, uint64_t number, const Status& status) {
  std::optional<std::string> again;
  {
    MutexLock lock(mutex_);
    const auto found = pending_.find(key);
    if (found == pending_.end() || found->second.number != number)
      return;  // a newer one is under way
    if (status.ok() || stopping_ || !IsRetriable(status) ||
        ++found->second.attempts >= kAttemptsMax) {
      if (!status.ok() && !IsStopped(status)) {
        LogError("storage", "Could not write the status of key '", key, "': ", Describe(status));
      }
      pending_.erase(found);
      sent_.NotifyAll();
      return;
    }
    again = found->second.value;
  }
  LogWarn("storage", "Writing the status of key '", key, "' again: ", Describe(status));
  Send(key, number, again);
}

Status LogStatusStore::Flush(milliseconds timeout) {
  const TimePoint deadline = std::chrono::steady_clock::now() + timeout;
  MutexLock lock(mutex_);
  while (!pending_.empty()) {
    if (!sent_.WaitUntil(mutex_, deadline) && !pending_.empty()) {
      return TimeoutError(StrCat(pending_.size(), " statuses were not acknowledged within ",
                                 timeout.count(), " ms"));
    }
  }
  return OkStatus();
}

void LogStatusStore::OnRecord(const LogRecord& record) {
  if (!record.key) return;
  const std::string_view key = *record.key;
  MutexLock lock(mutex_);
  if (StartsWith(key, kTopicPrefix)) return OnTopicRecord(key, record);
  if (StartsWith(key, kLeavingPrefix)) return OnLeavingRecord(key, record);
  const bool of_task = StartsWith(key, kTaskPrefix);
  if (!of_task && !StartsWith(key, kConnectorPrefix)) {
    LogWarn("storage", "Leaving alone a record of unknown key '", key, "' in the status topic");
    return;
  }
  TaskId id;
  if (of_task) {
    const auto task = ParseTask(key.substr(kTaskPrefix.size()));
    if (!task) return LogWarn("storage", "Ignoring a status of malformed key '", key, "'");
    id = *task;
  } else {
    id.connector = std::string(key.substr(kConnectorPrefix.size()));
  }
  if (!record.value) {
    if (auto found = entries_.find(id.connector); found != entries_.end()) {
      of_task ? (void)found->second.tasks.erase(id.task) : found->second.tasks.clear();
      if (!of_task) found->second.status.reset();
      Forget(id.connector);
    }
    return;
  }
  const auto document = ParseJson(*record.value);
  const auto status = document.ok() ? ParseStatus(*document) : std::nullopt;
  if (!status) {
    return LogError("storage", "Ignoring the status of key '", key,
                    "': it should have state, worker_id and generation, but is ", *record.value);
  }
  if (const auto leave = leaving_.find(status->worker_id);
      leave != leaving_.end() && leave->second.generation < status->generation) {
    leaving_.erase(leave);
  }
  // An earlier owner's goodbye that comes late.
  const auto is_late = [&](const PartStatus& known) {
    return status->state == State::kUnassigned && known.worker_id != status->worker_id &&
           known.generation >= status->generation;
  };
  Entry& entry = entries_[id.connector];
  if (!of_task) {
    if (!entry.status || !is_late(*entry.status)) entry.status = *status;
    return;
  }
  const auto known = entry.tasks.find(id.task);
  if (known == entry.tasks.end() || !is_late(known->second)) entry.tasks[id.task] = *status;
}

void LogStatusStore::OnTopicRecord(std::string_view key, const LogRecord& record) {
  const size_t colon = key.find(':');
  if (colon == std::string_view::npos || key.size() < colon + kTopicInfix.size()) return;
  const std::string topic(key.substr(kTopicPrefix.size(), colon - kTopicPrefix.size()));
  const std::string connector(key.substr(colon + kTopicInfix.size()));
  if (!record.value) {
    if (auto found = entries_.find(connector); found != entries_.end()) {
      found->second.topics.erase(topic);
      Forget(connector);
    }
    return;
  }
  const auto document = ParseJson(*record.value);
  const rapidjson::Value* body = document.ok() ? FindJsonMember(*document, "topic") : nullptr;
  if (body == nullptr || !body->IsObject()) {
    return LogError("storage", "Ignoring the topic status of key '", key, "': ", *record.value);
  }
  TopicStatus status{topic, {connector, 0}, 0};
  if (const auto* task = FindJsonMember(*body, "task"); task != nullptr && task->IsInt()) {
    status.task.task = task->GetInt();
  }
  if (const auto* at = FindJsonMember(*body, "discoverTimestamp"); at != nullptr && at->IsInt64()) {
    status.discovered_ms = at->GetInt64();
  }
  entries_[connector].topics[topic] = status;
}

void LogStatusStore::OnLeavingRecord(std::string_view key, const LogRecord& record) {
  const std::string worker_id(key.substr(kLeavingPrefix.size()));
  leaving_.erase(worker_id);
  if (!record.value) return;
  const auto document = ParseJson(*record.value);
  const auto* generation = document.ok() ? FindJsonMember(*document, "generation") : nullptr;
  const auto* back = document.ok() ? FindJsonMember(*document, "back_within_ms") : nullptr;
  if (generation == nullptr || !generation->IsInt() || back == nullptr || !back->IsInt() ||
      back->GetInt() < 0) {
    return LogError("storage", "Ignoring the record of key '", key,
                    "': it should have generation and back_within_ms, but is ", *record.value);
  }
  if (HasReturned(worker_id, generation->GetInt())) return;
  leaving_[worker_id] = {generation->GetInt(), milliseconds(back->GetInt()), clock_.Now()};
}

bool LogStatusStore::HasReturned(const std::string& worker_id, int generation) const {
  const auto is_later = [&](const PartStatus& status) {
    return status.worker_id == worker_id && status.generation > generation;
  };
  for (const auto& [connector, entry] : entries_) {
    if (entry.status && is_later(*entry.status)) return true;
    for (const auto& [number, status] : entry.tasks) {
      if (is_later(status)) return true;
    }
  }
  return false;
}

void LogStatusStore::Forget(std::string_view connector) {
  const auto found = entries_.find(connector);
  const Entry& entry = found->second;
  if (!entry.status && entry.tasks.empty() && entry.topics.empty()) entries_.erase(found);
}

const LogStatusStore::Entry* LogStatusStore::Find(std::string_view connector) const {
  const auto found = entries_.find(connector);
  return found == entries_.end() ? nullptr : &found->second;
}

std::optional<PartStatus> LogStatusStore::Connector(std::string_view connector) const {
  MutexLock lock(mutex_);
  const Entry* entry = Find(connector);
  return entry == nullptr ? std::nullopt : entry->status;
}

std::optional<PartStatus> LogStatusStore::Task(const TaskId& task) const {
  MutexLock lock(mutex_);
  const Entry* entry = Find(task.connector);
  if (entry == nullptr) return std::nullopt;
  const auto found = entry->tasks.find(task.task);
  return found == entry->tasks.end() ? std::nullopt : std::optional(found->second);
}

std::map<int, PartStatus> LogStatusStore::Tasks(std::string_view connector) const {
  MutexLock lock(mutex_);
  const Entry* entry = Find(connector);
  return entry == nullptr ? std::map<int, PartStatus>() : entry->tasks;
}

std::vector<std::string> LogStatusStore::Connectors() const {
  std::vector<std::string> names;
  MutexLock lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    if (entry.status || !entry.tasks.empty()) names.push_back(name);
  }
  return names;
}

std::optional<TopicStatus> LogStatusStore::FindTopic(std::string_view connector,
                                                     std::string_view topic) const {
  MutexLock lock(mutex_);
  const Entry* entry = Find(connector);
  if (entry == nullptr) return std::nullopt;
  const auto found = entry->topics.find(topic);
  return found == entry->topics.end() ? std::nullopt : std::optional(found->second);
}

std::vector<TopicStatus> LogStatusStore::Topics(std::string_view connector) const {
  std::vector<TopicStatus> topics;
  MutexLock lock(mutex_);
  if (const Entry* entry = Find(connector)) {
    for (const auto& [name, status] : entry->topics) topics.push_back(status);
  }
  return topics;
}

void LogStatusStore::Refresh(milliseconds timeout, Done done) {
  log_->Barrier(timeout, std::move(done));
}

std::map<std::string, Leave> LogStatusStore::Leaving() const {
  MutexLock lock(mutex_);
  return leaving_;
}

}  // namespace sluice::storage

#include "connectors/sdk/fakes.h"

#include <algorithm>

#include "connectors/sdk/fakes_internal.h"
#include "connectors/sdk/text.h"

namespace sluice::sdk {

using abi::View;

// ---- FakeHost ----------------------------------------------------------------------------------

void FakeHost::Store(const sluice_value& partition, const sluice_value& offset) {
  auto stored = std::make_unique<Stored>();
  stored->partition = abi::CopyValue(stored->arena, partition);
  stored->offset = abi::CopyValue(stored->arena, offset);
  const std::string key = ToText(partition);
  std::erase_if(stored_, [&](auto& one) { return ToText(one->partition) == key; });
  stored_.push_back(std::move(stored));
}

const sluice_value* FakeHost::FindStored(const sluice_value& partition) const {
  const std::string key = ToText(partition);
  for (const auto& one : stored_) {
    if (ToText(one->partition) == key) return &one->offset;
  }
  return nullptr;
}

void FakeHost::Log(void* context, sluice_log_level level, sluice_str text) {
  static constexpr const char* kNames[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR"};
  static_cast<FakeHost*>(context)->log.push_back(Cat(kNames[level], " ", View(text)));
}

void FakeHost::Metric(void* context, sluice_str name, sluice_metric_kind kind, double value) {
  double& number = static_cast<FakeHost*>(context)->metrics[std::string(View(name))];
  number = kind == SLUICE_METRIC_ADD ? number + value : value;
}

sluice_code FakeHost::StoredOffset(void* context, const sluice_value* partitions, size_t count,
                                   const sluice_value** offsets, sluice_error*) {
  auto* self = static_cast<FakeHost*>(context);
  self->answer_.clear();
  for (size_t i = 0; i < count; ++i) {
    const sluice_value* found = self->FindStored(partitions[i]);
    self->answer_.push_back(found == nullptr ? abi::Null() : *found);
  }
  *offsets = self->answer_.data();
  return SLUICE_OK;
}

sluice_code FakeHost::GetConfig(void* context, sluice_config* config, sluice_error*) {
  auto* self = static_cast<FakeHost*>(context);
  self->entries_ = Entries(self->config);
  *config = {self->entries_.data(), self->entries_.size()};
  return SLUICE_OK;
}

// ---- Connectors --------------------------------------------------------------------------------

namespace {

const sluice_connector_calls& CallsOf(const sluice_class& of) {
  return of.kind == SLUICE_SOURCE ? *static_cast<const sluice_source_table*>(of.table)->connector
                                  : *static_cast<const sluice_sink_table*>(of.table)->connector;
}

sluice_connector_host HostTable(FakeHost& host) {
  sluice_connector_host c_host{};
  c_host.struct_size = sizeof c_host;
  c_host.context = &host;
  c_host.log = &FakeHost::Log;
  c_host.metric = &FakeHost::Metric;
  c_host.stored_offset = &FakeHost::StoredOffset;
  c_host.config = &FakeHost::GetConfig;
  c_host.request_reconfiguration = [](void* context) {
    static_cast<FakeHost*>(context)->reconfiguration_requested = true;
  };
  c_host.raise_error = [](void* context, const sluice_error* error) {
    static_cast<FakeHost*>(context)->raised_error.assign(error->text, error->text_size);
  };
  return c_host;
}

}  // namespace

std::vector<ConfigText> RunConnector(const sluice_class& of, const ConfigText& config, int max,
                                     FakeHost& host) {
  const sluice_connector_calls& calls = CallsOf(of);
  host.config = config;
  const sluice_connector_host c_host = HostTable(host);
  sluice_error error = NewError();
  void* connector = calls.create(&c_host, &error);
  if (connector == nullptr) throw PluginFailure("create", SLUICE_FAILED, error);
  std::unique_ptr<void, void (*)(void*)> closer(connector, calls.close);
  const std::vector<sluice_key_value> entries = Entries(config);
  Check("start", calls.start(connector, {entries.data(), entries.size()}, &error), error);
  std::vector<ConfigText> tasks;
  const auto add = [](void* context, sluice_config task) {
    auto& list = *static_cast<std::vector<ConfigText>*>(context);
    ConfigText& map = list.emplace_back();
    for (size_t i = 0; i < task.count; ++i) {
      map.emplace(View(task.entries[i].key), View(task.entries[i].value));
    }
  };
  Check("task_configs", calls.task_configs(connector, max, add, &tasks, &error), error);
  if (calls.stop != nullptr) calls.stop(connector);
  return tasks;
}

bool RunAlterOffsets(const sluice_class& of, const ConfigText& config,
                     const std::vector<std::pair<sluice_value, sluice_value>>& changes) {
  const sluice_connector_calls& calls = CallsOf(of);
  FakeHost host;
  host.config = config;
  const sluice_connector_host c_host = HostTable(host);
  sluice_error error = NewError();
  if (calls.alter_offsets == nullptr) {
    throw PluginFailure("alter_offsets", SLUICE_UNSUPPORTED, error);
  }
  void* connector = calls.create(&c_host, &error);
  if (connector == nullptr) throw PluginFailure("create", SLUICE_FAILED, error);
  std::unique_ptr<void, void (*)(void*)> closer(connector, calls.close);
  std::vector<sluice_value> partitions, offsets;
  for (const auto& [partition, offset] : changes) {
    partitions.push_back(partition);
    offsets.push_back(offset);
  }
  const std::vector<sluice_key_value> entries = Entries(config);
  int32_t managed = 0;
  Check("alter_offsets",
        calls.alter_offsets(connector, {entries.data(), entries.size()}, partitions.data(),
                            offsets.data(), changes.size(), &managed, &error),
        error);
  return managed != 0;
}

std::vector<std::string> RunValidate(const sluice_class& of, const ConfigText& config) {
  std::vector<std::string> problems;
  const sluice_connector_calls& calls = CallsOf(of);
  if (calls.validate == nullptr) return problems;
  const std::vector<sluice_key_value> entries = Entries(config);
  sluice_error error = NewError();
  const auto report = [](void* context, sluice_str key, sluice_str text) {
    static_cast<std::vector<std::string>*>(context)->push_back(Cat(View(key), ": ", View(text)));
  };
  Check("validate", calls.validate({entries.data(), entries.size()}, report, &problems, &error),
        error);
  return problems;
}

std::string KeysOf(const std::vector<std::string>& problems) {
  std::string keys;
  for (const std::string& problem : problems) keys += problem.substr(0, problem.find(':')) + " ";
  return keys;
}

// ---- FakeSource --------------------------------------------------------------------------------

FakeSource::FakeSource(std::string_view class_name)
    : class_(FindClass(class_name)),
      table_(*static_cast<const sluice_source_table*>(class_.table)) {
  if (class_.kind != SLUICE_SOURCE) throw std::runtime_error(Cat(class_name, " is no source"));
  c_host_.struct_size = sizeof c_host_;
  c_host_.context = &host_;
  c_host_.log = &FakeHost::Log;
  c_host_.metric = &FakeHost::Metric;
  c_host_.stored_offset = &FakeHost::StoredOffset;
  c_host_.config = &FakeHost::GetConfig;
  c_host_.transaction_commit =
      c_host_.transaction_abort = [](void*, size_t) -> sluice_code { return SLUICE_UNSUPPORTED; };
}

FakeSource::~FakeSource() { Close(); }

void FakeSource::StoreOffset(std::pair<std::string, std::string> partition, Number offset) {
  const sluice_map_entry from{abi::String(partition.first), abi::String(partition.second)};
  const sluice_map_entry to{abi::String(offset.first), abi::Int64(offset.second)};
  host_.Store(abi::Map(&from, 1), abi::Map(&to, 1));
}

void FakeSource::Start(const ConfigText& config, int max, size_t task) {
  Close();
  task_configs_ = RunConnector(class_, config, max, host_);
  task_ = task;
  Open();
}

void FakeSource::Open() {
  host_.config = task_configs_.at(task_);
  sluice_error error = NewError();
  handle_ = table_.create(&c_host_, &error);
  if (handle_ == nullptr) throw PluginFailure("create", SLUICE_FAILED, error);
  finished_ = false;
  const std::vector<sluice_key_value> entries = Entries(host_.config);
  Check("start", table_.start(handle_, {entries.data(), entries.size()}, &error), error);
}

void FakeSource::Close() {
  if (handle_ == nullptr) return;
  if (table_.stop != nullptr) table_.stop(handle_);
  for (const sluice_batch* batch : out_) table_.release(handle_, batch);
  out_.clear();
  table_.close(handle_);
  handle_ = nullptr;
}

void FakeSource::Restart() {
  Close();
  Open();
}

void FakeSource::RequestStop() {
  if (table_.stop != nullptr) table_.stop(handle_);
}

std::vector<FakeRecord> FakeSource::Poll(std::chrono::milliseconds timeout) {
  sluice_error error = NewError();
  const sluice_batch* batch = nullptr;
  const sluice_code code = table_.poll(handle_, timeout.count(), &batch, &error);
  if (code == SLUICE_FINISHED) {
    finished_ = true;
  } else {
    Check("poll", code, error);
  }
  std::vector<FakeRecord> records;
  if (batch == nullptr) return records;
  out_.push_back(batch);
  for (size_t i = 0; i < batch->count; ++i) {
    const sluice_record& raw = abi::RecordAt(*batch, i);
    FakeRecord& record = records.emplace_back();
    record = {std::string(View(raw.topic)),
              raw.partition,
              raw.timestamp,
              ToText(raw.key),
              ToText(raw.value),
              "",
              "",
              {},
              &raw,
              batch,
              i};
    if (raw.source_partition != nullptr) record.source_partition = ToText(*raw.source_partition);
    if (raw.source_offset != nullptr) record.source_offset = ToText(*raw.source_offset);
    for (size_t h = 0; h < raw.header_count; ++h) {
      record.headers.push_back(Cat(View(raw.headers[h].key), "=", ToText(raw.headers[h].value)));
    }
  }
  return records;
}

std::vector<FakeRecord> FakeSource::PollRecords(size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::vector<FakeRecord> records;
  while (records.size() < count && !finished_ && std::chrono::steady_clock::now() < deadline) {
    for (FakeRecord& record : Poll(std::chrono::milliseconds(20))) {
      records.push_back(std::move(record));
    }
  }
  return records;
}

void FakeSource::Ack(const FakeRecord& record) {
  if (table_.acked == nullptr) return;
  table_.acked(handle_, record.batch, record.index, record.raw->topic,
               std::max(record.partition, 0), next_offset_++);
}

void FakeSource::Commit() {
  abi::Arena arena;
  std::vector<sluice_value> partitions, offsets;
  for (const sluice_batch* batch : out_) {
    for (size_t i = 0; i < batch->count; ++i) {
      const sluice_record& record = abi::RecordAt(*batch, i);
      if (table_.acked != nullptr) {
        table_.acked(handle_, batch, i, record.topic, std::max(record.partition, 0),
                     next_offset_++);
      }
      if (record.source_partition == nullptr) continue;
      const sluice_value offset =
          record.source_offset == nullptr ? abi::Null() : *record.source_offset;
      host_.Store(*record.source_partition, offset);
      const std::string key = ToText(*record.source_partition);
      auto known = std::find_if(partitions.begin(), partitions.end(),
                                [&](auto& one) { return ToText(one) == key; });
      if (known == partitions.end()) {
        partitions.push_back(abi::CopyValue(arena, *record.source_partition));
        offsets.push_back(abi::CopyValue(arena, offset));
      } else {
        offsets[static_cast<size_t>(known - partitions.begin())] = abi::CopyValue(arena, offset);
      }
    }
  }
  for (const sluice_batch* batch : out_) table_.release(handle_, batch);
  out_.clear();
  if (table_.committed != nullptr) {
    table_.committed(handle_, partitions.data(), offsets.data(), partitions.size());
  }
}

}  // namespace sluice::sdk

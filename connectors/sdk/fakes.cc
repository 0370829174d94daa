#include "connectors/sdk/fakes.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "connectors/sdk/text.h"
#include "runtime/abi/check.h"

// Defined by SLUICE_PLUGIN in the plugin under test.
extern "C" const sluice_plugin* sluice_plugin_entry_v1(uint16_t host_abi_major,
                                                       uint16_t host_abi_minor);

namespace sluice::sdk {
namespace {

using abi::View;

sluice_error NewError() {
  sluice_error error;
  error.struct_size = sizeof error;
  error.code = SLUICE_OK;
  error.type_size = error.text_size = error.trace_size = error.reserved = 0;
  return error;
}

void Check(std::string_view call, sluice_code code, const sluice_error& error) {
  if (code != SLUICE_OK) throw PluginFailure(call, code, error);
}

std::vector<sluice_key_value> Entries(const ConfigText& config) {
  std::vector<sluice_key_value> entries;
  for (const auto& [key, value] : config) entries.push_back({abi::Str(key), abi::Str(value)});
  return entries;
}

void AppendHex(std::string& out, std::string_view bytes) {
  char digits[3];
  for (char c : bytes) {
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
    out += digits;
  }
}

std::string DecimalText(const sluice_decimal& decimal) {
  if (decimal.unscaled_size > 8) {
    std::string out = "unscaled 0x";
    AppendHex(out, {reinterpret_cast<const char*>(decimal.unscaled), decimal.unscaled_size});
    return Cat(out, " scale ", decimal.scale);
  }
  int64_t number = (decimal.unscaled[0] & 0x80) != 0 ? -1 : 0;
  for (uint32_t i = 0; i < decimal.unscaled_size; ++i) {
    number = static_cast<int64_t>(static_cast<uint64_t>(number) << 8 | decimal.unscaled[i]);
  }
  std::string digits = std::to_string(number);
  const size_t sign = number < 0 ? 1 : 0;
  if (decimal.scale <= 0) return digits + std::string(static_cast<size_t>(-decimal.scale), '0');
  const size_t scale = static_cast<size_t>(decimal.scale);
  if (digits.size() - sign <= scale) digits.insert(sign, scale + 1 - (digits.size() - sign), '0');
  return digits.insert(digits.size() - scale, ".");
}

}  // namespace

std::string ToText(const sluice_value& value) {
  std::string out;
  switch (value.kind) {
    case SLUICE_NULL:
      return "null";
    case SLUICE_BOOLEAN:
      return value.as.int64 != 0 ? "true" : "false";
    case SLUICE_FLOAT32:
      return Cat(value.as.float32);
    case SLUICE_FLOAT64:
      return Cat(value.as.float64);
    case SLUICE_STRING:
      return Cat("\"", abi::Text(value), "\"");
    case SLUICE_BYTES:
      out = "0x";
      AppendHex(out, abi::Text(value));
      return out;
    case SLUICE_DECIMAL:
      return DecimalText(*value.as.decimal);
    case SLUICE_ARRAY:
      for (uint32_t i = 0; i < value.size; ++i) {
        out += (i == 0 ? "" : ",") + ToText(value.as.items[i]);
      }
      return "[" + out + "]";
    case SLUICE_MAP:
      for (uint32_t i = 0; i < value.size; ++i) {
        out += (i == 0 ? "" : ",") + ToText(value.as.entries[i].key) + ":" +
               ToText(value.as.entries[i].value);
      }
      return "{" + out + "}";
    case SLUICE_STRUCT: {
      const sluice_schema& schema = *value.as.structure->schema;
      for (uint32_t i = 0; i < value.size; ++i) {
        out += Cat(i == 0 ? "" : ",", View(schema.fields[i].name), "=",
                   ToText(value.as.structure->values[i]));
      }
      return Cat(View(schema.name), "{", out, "}");
    }
    default:
      return value.kind > abi::kKindMax ? Cat("kind ", int{value.kind}) : Cat(value.as.int64);
  }
}

PluginFailure::PluginFailure(std::string_view call, sluice_code code, const sluice_error& error)
    : std::runtime_error(Cat(call, " answered ", code, ": ",
                             std::string_view(error.text, error.text_size))),
      code(code),
      type(error.type, error.type_size) {}

const sluice_class& FindClass(std::string_view name) {
  const sluice_plugin* plugin = sluice_plugin_entry_v1(SLUICE_ABI_MAJOR, SLUICE_ABI_MINOR);
  if (plugin == nullptr) throw std::runtime_error("the plugin's entry answered NULL");
  for (size_t i = 0; i < plugin->class_count; ++i) {
    const std::string_view full = View(plugin->classes[i]->name);
    if (full == name || full.ends_with(Cat(".", name))) return *plugin->classes[i];
  }
  throw std::runtime_error(Cat("the plugin ", View(plugin->name), " has no class ", name));
}

std::string MarkdownTable(const sluice_class& of) {
  static constexpr const char* kTypes[] = {"boolean", "string", "int",   "short",   "long",
                                           "double",  "list",   "class", "password"};
  static constexpr const char* kImportance[] = {"high", "medium", "low"};
  std::string out = "| key | type | default | importance | meaning |\n|---|---|---|---|---|\n";
  for (size_t i = 0; i < of.key_count; ++i) {
    const sluice_config_key& key = of.keys[i];
    std::string meaning(View(key.documentation));
    if (key.allowed_count > 0) {
      meaning += " One of:";
      for (size_t j = 0; j < key.allowed_count; ++j) {
        meaning += Cat(j == 0 ? " `" : ", `", View(key.allowed[j]), "`");
      }
      meaning += ".";
    }
    std::string fallback = "required";
    if (key.required == 0) {
      fallback = key.default_value.data == nullptr ? "null"
                 : key.default_value.size == 0     ? "\"\""
                                                   : Cat("`", View(key.default_value), "`");
    }
    out += Cat("| `", View(key.name), "` | ", kTypes[key.type], " | ", fallback, " | ",
               kImportance[key.importance], " | ", meaning, " |\n");
  }
  return out;
}

bool ReadmeHasTable(const std::string& file, std::string_view class_name) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  const std::string table = MarkdownTable(FindClass(class_name));
  if (text.str().find(table) != std::string::npos) return true;
  std::fprintf(stderr, "%s should hold this table:\n%s", file.c_str(), table.c_str());
  return false;
}

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

}  // namespace

std::vector<ConfigText> RunConnector(const sluice_class& of, const ConfigText& config, int max,
                                     FakeHost& host) {
  const sluice_connector_calls& calls = CallsOf(of);
  host.config = config;
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
  c_host_.transaction_commit = c_host_.transaction_abort = [](void*, size_t) -> sluice_code {
    return SLUICE_UNSUPPORTED;
  };
}

FakeSource::~FakeSource() { Close(); }

void FakeSource::StoreOffset(std::pair<std::string, std::string> partition, Number offset) {
  const sluice_map_entry from{abi::String(partition.first), abi::String(partition.second)};
  const sluice_map_entry to{abi::String(offset.first), abi::Int64(offset.second)};
  host_.Store(abi::Map(&from, 1), abi::Map(&to, 1));
}

void FakeSource::Start(const ConfigText& config, int max, size_t task) {
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
    record = {std::string(View(raw.topic)), raw.partition, raw.timestamp, ToText(raw.key),
              ToText(raw.value), "", "", {}, &raw, batch, i};
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

// ---- FakeSink ----------------------------------------------------------------------------------

// A batch that owns all that its records point at.
struct FakeSink::Batch {
  abi::Arena arena;
  std::vector<FakeInput> inputs;
  std::vector<sluice_record> records;
  sluice_batch batch{};

  explicit Batch(const std::vector<FakeInput>& from) : inputs(from) {
    for (const FakeInput& input : inputs) {
      sluice_record record = abi::EmptyRecord();
      record.topic = record.original_topic = abi::Str(input.topic);
      record.partition = record.original_partition = input.partition;
      record.original_offset = input.offset;
      record.timestamp = input.timestamp;
      record.key_schema = input.key_schema.get();
      record.value_schema = input.value_schema.get();
      record.key = abi::CopyValue(arena, input.key);
      record.value = abi::CopyValue(arena, input.value);
      auto* headers = arena.NewArray<sluice_header>(input.headers.size());
      for (size_t i = 0; i < input.headers.size(); ++i) {
        headers[i] = {abi::Str(input.headers[i].first), nullptr,
                      abi::String(input.headers[i].second)};
      }
      record.headers = headers;
      record.header_count = input.headers.size();
      records.push_back(record);
    }
    batch.struct_size = sizeof batch;
    batch.record_size = sizeof(sluice_record);
    batch.count = records.size();
    batch.records = records.data();
    batch.bytes = arena.used();
  }
};

// The functions of the host's table; their context is the FakeSink.
struct FakeSink::Calls {
  static FakeSink* Self(void* context) { return static_cast<FakeSink*>(context); }
  static void Log(void* context, sluice_log_level level, sluice_str text) {
    FakeHost::Log(&Self(context)->host_, level, text);
  }
  static void Metric(void* context, sluice_str name, sluice_metric_kind kind, double value) {
    FakeHost::Metric(&Self(context)->host_, name, kind, value);
  }
  static sluice_code Config(void* context, sluice_config* config, sluice_error* error) {
    return FakeHost::GetConfig(&Self(context)->host_, config, error);
  }
  static void Assignment(void* context, const sluice_topic_partition** list, size_t* count) {
    FakeSink* self = Self(context);
    self->c_assigned_ = ToC(self->assigned_);
    *list = self->c_assigned_.data();
    *count = self->c_assigned_.size();
  }
  static sluice_code Pause(void* context, const sluice_topic_partition* list, size_t count) {
    return Each(context, list, count, [&](FakeSink& self, const std::string& name, auto&) {
      std::erase(self.paused_, name);
      self.paused_.push_back(name);
    });
  }
  static sluice_code Resume(void* context, const sluice_topic_partition* list, size_t count) {
    return Each(context, list, count, [&](FakeSink& self, const std::string& name, auto&) {
      std::erase(self.paused_, name);
    });
  }
  static sluice_code Seek(void* context, const sluice_topic_partition* list, size_t count) {
    return Each(context, list, count, [&](FakeSink& self, const std::string&, auto& one) {
      self.seeks_.push_back({std::string(View(one.topic)), one.partition, one.offset});
    });
  }
  template <typename Body>
  static sluice_code Each(void* context, const sluice_topic_partition* list, size_t count,
                          Body&& body) {
    FakeSink& self = *Self(context);
    for (size_t i = 0; i < count; ++i) {
      const bool owned =
          std::any_of(self.assigned_.begin(), self.assigned_.end(), [&](const Partition& p) {
            return p.topic == View(list[i].topic) && p.partition == list[i].partition;
          });
      if (!owned) return SLUICE_FAILED;
      body(self, Cat(View(list[i].topic), "-", list[i].partition), list[i]);
    }
    return SLUICE_OK;
  }
  static sluice_code Verdict(void* context, const sluice_batch* batch, size_t index,
                             sluice_code code, const sluice_error* error) {
    FakeSink& self = *Self(context);
    const bool known =
        (self.putting_ != nullptr && batch == &self.putting_->batch) ||
        std::any_of(self.kept_.begin(), self.kept_.end(),
                    [&](const auto& kept) { return batch == &kept->batch; });
    if (!known || index >= batch->count) return SLUICE_FAILED;
    const sluice_record& record = abi::RecordAt(*batch, index);
    const std::string where =
        Cat(View(record.topic), "-", record.partition, "@", record.original_offset);
    if (code == SLUICE_OK) {
      self.done_.push_back(where);
    } else {
      self.rejected_.push_back(
          Cat(where, ": ", std::string_view(error->text, error->text_size)));
    }
    return SLUICE_OK;
  }
  static const sluice_batch* Retain(void* context, const sluice_batch*) {
    FakeSink& self = *Self(context);
    if (self.refuse_to_keep_) return nullptr;
    self.kept_.push_back(std::make_unique<Batch>(self.putting_->inputs));
    return &self.kept_.back()->batch;
  }
  static void Release(void* context, const sluice_batch* batch) {
    std::erase_if(Self(context)->kept_, [&](const auto& one) { return &one->batch == batch; });
  }
  static std::vector<sluice_topic_partition> ToC(const std::vector<Partition>& list) {
    std::vector<sluice_topic_partition> out;
    for (const Partition& p : list) out.push_back({abi::Str(p.topic), p.partition, 0, p.offset});
    return out;
  }
};

FakeSink::FakeSink(std::string_view class_name)
    : class_(FindClass(class_name)), table_(*static_cast<const sluice_sink_table*>(class_.table)) {
  if (class_.kind != SLUICE_SINK) throw std::runtime_error(Cat(class_name, " is no sink"));
  c_host_.struct_size = sizeof c_host_;
  c_host_.context = this;
  c_host_.log = &Calls::Log;
  c_host_.metric = &Calls::Metric;
  c_host_.config = &Calls::Config;
  c_host_.assignment = &Calls::Assignment;
  c_host_.pause = &Calls::Pause;
  c_host_.resume = &Calls::Resume;
  c_host_.seek = &Calls::Seek;
  c_host_.request_commit = [](void* context) {
    static_cast<FakeSink*>(context)->commit_requested_ = true;
  };
  c_host_.retry_after = [](void* context, int64_t ms) {
    static_cast<FakeSink*>(context)->retry_after_ms_ = ms;
  };
  c_host_.verdict = &Calls::Verdict;
  c_host_.retain = &Calls::Retain;
  c_host_.release = &Calls::Release;
}

FakeSink::~FakeSink() { Close(); }

void FakeSink::Start(const ConfigText& config, int max, size_t task) {
  task_configs_ = RunConnector(class_, config, max, host_);
  task_ = task;
  Open();
}

void FakeSink::Open() {
  host_.config = task_configs_.at(task_);
  sluice_error error = NewError();
  handle_ = table_.create(&c_host_, &error);
  if (handle_ == nullptr) throw PluginFailure("create", SLUICE_FAILED, error);
  const std::vector<sluice_key_value> entries = Entries(host_.config);
  Check("start", table_.start(handle_, {entries.data(), entries.size()}, &error), error);
}

void FakeSink::Close() {
  if (handle_ == nullptr) return;
  if (table_.stop != nullptr) table_.stop(handle_);
  table_.close(handle_);
  handle_ = nullptr;
  kept_.clear();
}

void FakeSink::Restart() {
  Close();
  Open();
}

void FakeSink::RequestStop() {
  if (table_.stop != nullptr) table_.stop(handle_);
}

void FakeSink::Assign(const std::vector<Partition>& partitions) {
  assigned_.insert(assigned_.end(), partitions.begin(), partitions.end());
  if (table_.assigned == nullptr) return;
  sluice_error error = NewError();
  const auto list = Calls::ToC(partitions);
  Check("assigned", table_.assigned(handle_, list.data(), list.size(), &error), error);
}

void FakeSink::Revoke(const std::vector<Partition>& partitions, bool lost) {
  if (table_.revoked != nullptr) {
    sluice_error error = NewError();
    const auto list = Calls::ToC(partitions);
    Check("revoked", table_.revoked(handle_, list.data(), list.size(), lost, &error), error);
  }
  std::erase_if(assigned_, [&](const Partition& one) {
    return std::any_of(partitions.begin(), partitions.end(), [&](const Partition& gone) {
      return gone.topic == one.topic && gone.partition == one.partition;
    });
  });
}

void FakeSink::Put(const std::vector<FakeInput>& records) {
  const Batch batch(records);
  putting_ = &batch;
  sluice_error error = NewError();
  const sluice_code code = table_.put(handle_, &batch.batch, &error);
  putting_ = nullptr;
  Check("put", code, error);
}

std::vector<FakeSink::Partition> FakeSink::Flush(const std::vector<Partition>& offsets) {
  if (table_.flush == nullptr) return offsets;
  std::vector<sluice_topic_partition> list = Calls::ToC(offsets);
  sluice_error error = NewError();
  Check("flush", table_.flush(handle_, list.data(), list.size(), &error), error);
  std::vector<Partition> out;
  for (const auto& p : list) out.push_back({std::string(View(p.topic)), p.partition, p.offset});
  return out;
}

}  // namespace sluice::sdk

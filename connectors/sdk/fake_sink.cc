#include "connectors/sdk/fakes.h"

#include <algorithm>

#include "connectors/sdk/fakes_internal.h"
#include "connectors/sdk/text.h"

namespace sluice::sdk {

using abi::View;

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
    const bool known = (self.putting_ != nullptr && batch == &self.putting_->batch) ||
                       std::any_of(self.kept_.begin(), self.kept_.end(),
                                   [&](const auto& kept) { return batch == &kept->batch; });
    if (!known || index >= batch->count) return SLUICE_FAILED;
    const sluice_record& record = abi::RecordAt(*batch, index);
    const std::string where =
        Cat(View(record.topic), "-", record.partition, "@", record.original_offset);
    if (code == SLUICE_OK) {
      self.done_.push_back(where);
    } else {
      self.rejected_.push_back(Cat(where, ": ", std::string_view(error->text, error->text_size)));
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
  Close();
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

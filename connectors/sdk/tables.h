// The C tables over the C++ classes: one function per call, each guarded. For the SDK itself;
// authors use plugin.h.
#ifndef SLUICE_CONNECTORS_SDK_TABLES_H_
#define SLUICE_CONNECTORS_SDK_TABLES_H_

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "connectors/sdk/connector.h"
#include "connectors/sdk/sink.h"
#include "connectors/sdk/source.h"

namespace sluice::sdk {

// A connector class's description in the ABI's form; made at first use, never destroyed.
template <typename T>
class Description {
 public:
  static const Description& Get() {
    static const Description* description = new Description(T::Describe());
    return *description;
  }
  const ClassInfo info;
  const ConfigTable table;

 private:
  explicit Description(ClassInfo from) : info(std::move(from)), table(info.keys) {}
};

namespace internal {

// Has `Derived` a function of its own for this member of its base?
template <typename Derived, typename Base>
inline constexpr bool kOverrides = !std::is_same_v<Derived, Base>;

}  // namespace internal

template <typename T>
class ConnectorCalls {
 public:
  static const sluice_connector_calls* Get() {
    static const sluice_connector_calls calls = Make();
    return &calls;
  }

 private:
  static T* Self(void* handle) { return static_cast<T*>(handle); }
  static Config Read(const sluice_config& config) {
    return Config(config, &Description<T>::Get().table);
  }

  static void* Create(const sluice_connector_host* host, sluice_error* error) {
    T* made = nullptr;
    internal::Guard(error, [&] {
      auto connector = std::make_unique<T>();
      Connector& base = *connector;
      base.host_ = host;
      base.table_ = &Description<T>::Get().table;
      base.log_ = Logger(host->context, host->log, host->metric);
      made = connector.release();
      return SLUICE_OK;
    });
    return made;
  }
  static sluice_code Validate(sluice_config config, sluice_report_fn report, void* context,
                              sluice_error* error) {
    return internal::Guard(error, [&] {
      Problems problems(report, context);
      try {
        T::Validate(Read(config), problems);
      } catch (const ConfigException& wrong) {
        if (wrong.key().empty()) throw;
        // A required key that is missing has been reported by its definition.
        if (Read(config).given().contains(wrong.key())) problems.Add(wrong.key(), wrong.what());
      }
      return SLUICE_OK;
    });
  }
  static sluice_code Recommend(sluice_str key, sluice_config config, sluice_value_fn value,
                               void* context, sluice_error* error) {
    return internal::Guard(error, [&] {
      const std::vector<std::string> values = T::Recommend(abi::View(key), Read(config));
      for (const std::string& text : values) value(context, abi::Str(text));
      return SLUICE_OK;
    });
  }
  static sluice_code Start(void* handle, sluice_config config, sluice_error* error) {
    return internal::Guard(error, [&] {
      Connector& base = *Self(handle);
      base.config_ = Read(config);
      base.Start(base.config_);
      return SLUICE_OK;
    });
  }
  static sluice_code TaskConfigs(void* handle, int32_t max, sluice_task_config_fn add,
                                 void* context, sluice_error* error) {
    return internal::Guard(error, [&] {
      const auto configs = static_cast<Connector*>(Self(handle))->TaskConfigs(max);
      for (const Config::Map& config : configs) {
        std::vector<sluice_key_value> entries;
        for (const auto& [key, value] : config) {
          entries.push_back({abi::Str(key), abi::Str(value)});
        }
        add(context, {entries.data(), entries.size()});
      }
      return SLUICE_OK;
    });
  }
  static sluice_code AlterOffsets(void* handle, sluice_config config,
                                  const sluice_value* partitions, const sluice_value* offsets,
                                  size_t count, int32_t* managed, sluice_error* error) {
    return internal::Guard(error, [&] {
      std::vector<OffsetChange> changes;
      for (size_t i = 0; i < count; ++i) changes.push_back({partitions[i], offsets[i]});
      Connector& base = *Self(handle);
      *managed = base.AlterOffsets(Read(config), changes) ? 1 : 0;
      return SLUICE_OK;
    });
  }
  static sluice_code ExactlyOnce(sluice_config config, sluice_support* answer,
                                 sluice_error* error) {
    return internal::Guard(error, [&] {
      *answer = T::ExactlyOnce(Read(config)) ? SLUICE_SUPPORTED : SLUICE_NOT_SUPPORTED;
      return SLUICE_OK;
    });
  }
  static sluice_code Boundaries(sluice_config config, sluice_support* answer, sluice_error* error) {
    return internal::Guard(error, [&] {
      *answer =
          T::DefinesTransactionBoundaries(Read(config)) ? SLUICE_SUPPORTED : SLUICE_NOT_SUPPORTED;
      return SLUICE_OK;
    });
  }
  static void Stop(void* handle) {
    internal::Guard(nullptr, [&] {
      static_cast<Connector*>(Self(handle))->Stop();
      return SLUICE_OK;
    });
  }
  static void Close(void* handle) { delete Self(handle); }

  static sluice_connector_calls Make() {
    sluice_connector_calls calls{};
    calls.struct_size = sizeof calls;
    calls.create = &Create;
    calls.start = &Start;
    calls.task_configs = &TaskConfigs;
    calls.stop = &Stop;
    calls.close = &Close;
    if constexpr (requires(const Config& c, Problems& p) { T::Validate(c, p); }) {
      calls.validate = &Validate;
    }
    if constexpr (requires(const Config& c) { T::Recommend(std::string_view(), c); }) {
      calls.recommend = &Recommend;
    }
    if constexpr (requires(const Config& c) { T::ExactlyOnce(c); }) {
      calls.exactly_once_support = &ExactlyOnce;
    }
    if constexpr (requires(const Config& c) { T::DefinesTransactionBoundaries(c); }) {
      calls.can_define_transaction_boundaries = &Boundaries;
    }
    if constexpr (internal::kOverrides<decltype(&T::AlterOffsets),
                                       decltype(&Connector::AlterOffsets)>) {
      calls.alter_offsets = &AlterOffsets;
    }
    return calls;
  }
};

template <typename T>
class SourceCalls {
 public:
  static const sluice_source_table* Get() {
    static const sluice_source_table table = Make();
    return &table;
  }

 private:
  using Task = typename T::Task;
  static_assert(std::is_base_of_v<SourceTask, Task>, "a source's Task derives from SourceTask");

  // The task and the batches that it has out or has got back.
  struct Handle {
    Task task;
    std::vector<std::unique_ptr<RecordBatch>> all;
    std::vector<RecordBatch*> free;
    std::string failed;  // what Acked or Committed threw: the next poll fails with it

    RecordBatch* Take() {
      if (free.empty()) {
        auto made = std::make_unique<RecordBatch>();
        made->SetOwner(made.get());
        free.push_back(made.get());
        all.push_back(std::move(made));
      }
      RecordBatch* batch = free.back();
      free.pop_back();
      return batch;
    }
    void GiveBack(RecordBatch* batch) {
      batch->Clear();
      if (free.size() < kKeepMax) return free.push_back(batch);
      std::erase_if(all, [&](auto& one) { return one.get() == batch; });
    }
  };
  static constexpr size_t kKeepMax = 16;

  static Handle* Self(void* handle) { return static_cast<Handle*>(handle); }
  static SourceTask& Base(void* handle) { return Self(handle)->task; }

  static void* Create(const sluice_source_host* host, sluice_error* error) {
    Handle* made = nullptr;
    internal::Guard(error, [&] {
      auto handle = std::make_unique<Handle>();
      SourceTask& base = handle->task;
      base.host_ = host;
      base.table_ = &Description<T>::Get().table;
      base.log_ = Logger(host->context, host->log, host->metric);
      made = handle.release();
      return SLUICE_OK;
    });
    return made;
  }
  static sluice_code Start(void* handle, sluice_config config, sluice_error* error) {
    return internal::Guard(error, [&] {
      Base(handle).Start(Config(config, &Description<T>::Get().table));
      return SLUICE_OK;
    });
  }
  static sluice_code Poll(void* handle, int64_t timeout_ms, const sluice_batch** out,
                          sluice_error* error) {
    Handle* self = Self(handle);
    *out = nullptr;
    RecordBatch* batch = nullptr;
    const sluice_code code = internal::Guard(error, [&] {
      if (!self->failed.empty()) throw ConnectException(std::exchange(self->failed, ""));
      if (Base(handle).finished_) return SLUICE_FINISHED;
      batch = self->Take();
      Base(handle).Poll(*batch, milliseconds(timeout_ms));
      if (!batch->empty()) *out = std::exchange(batch, nullptr)->Finish();
      return Base(handle).finished_ ? SLUICE_FINISHED : SLUICE_OK;
    });
    if (batch != nullptr) self->GiveBack(batch);
    // A poll has no record to blame.
    return code == SLUICE_BAD_RECORD ? SLUICE_FAILED : code;
  }
  static void Release(void* handle, const sluice_batch* batch) {
    Self(handle)->GiveBack(static_cast<RecordBatch*>(batch->owner));
  }
  static void Acked(void* handle, const sluice_batch* batch, size_t index, sluice_str topic,
                    int32_t partition, int64_t offset) {
    Note(handle, "Acked", [&] {
      Ack ack{abi::View(topic), std::nullopt, std::nullopt};
      if (partition != SLUICE_NO_PARTITION) ack.partition = partition;
      if (offset != SLUICE_NO_OFFSET) ack.offset = offset;
      Base(handle).Acked(abi::RecordAt(*batch, index), ack);
    });
  }
  static void Committed(void* handle, const sluice_value* partitions, const sluice_value* offsets,
                        size_t count) {
    Note(handle, "Committed", [&] {
      std::vector<CommittedOffset> list;
      for (size_t i = 0; i < count; ++i) list.push_back({partitions[i], offsets[i]});
      Base(handle).Committed(list);
    });
  }
  static void Stop(void* handle) {
    internal::Guard(nullptr, [&] {
      Base(handle).RequestStop();
      return SLUICE_OK;
    });
  }
  static void Close(void* handle) { delete Self(handle); }

  // Runs a call that cannot answer an error; the next poll does it instead.
  template <typename Body>
  static void Note(void* handle, const char* call, Body&& body) {
    sluice_error error;
    const sluice_code code = internal::Guard(internal::Prepare(error), [&] {
      body();
      return SLUICE_OK;
    });
    if (code == SLUICE_OK) return;
    internal::Guard(nullptr, [&] {
      Self(handle)->failed = Cat(call, " failed: ", std::string_view(error.text, error.text_size));
      return SLUICE_OK;
    });
  }

  static sluice_source_table Make() {
    sluice_source_table table{};
    table.struct_size = sizeof table;
    table.connector = ConnectorCalls<T>::Get();
    table.create = &Create;
    table.start = &Start;
    table.poll = &Poll;
    table.release = &Release;
    if constexpr (internal::kOverrides<decltype(&Task::Acked), decltype(&SourceTask::Acked)>) {
      table.acked = &Acked;
    }
    if constexpr (internal::kOverrides<decltype(&Task::Committed),
                                       decltype(&SourceTask::Committed)>) {
      table.committed = &Committed;
    }
    table.stop = &Stop;
    table.close = &Close;
    return table;
  }
};

template <typename T>
class SinkCalls {
 public:
  static const sluice_sink_table* Get() {
    static const sluice_sink_table table = Make();
    return &table;
  }

 private:
  using Task = typename T::Task;
  static_assert(std::is_base_of_v<SinkTask, Task>, "a sink's Task derives from SinkTask");

  static SinkTask& Base(void* handle) { return *static_cast<Task*>(handle); }

  static void* Create(const sluice_sink_host* host, sluice_error* error) {
    Task* made = nullptr;
    internal::Guard(error, [&] {
      auto task = std::make_unique<Task>();
      SinkTask& base = *task;
      base.host_ = host;
      base.table_ = &Description<T>::Get().table;
      base.log_ = Logger(host->context, host->log, host->metric);
      made = task.release();
      return SLUICE_OK;
    });
    return made;
  }
  static sluice_code Start(void* handle, sluice_config config, sluice_error* error) {
    return internal::Guard(error, [&] {
      Base(handle).Start(Config(config, &Description<T>::Get().table));
      return SLUICE_OK;
    });
  }
  static sluice_code Assigned(void* handle, const sluice_topic_partition* list, size_t count,
                              sluice_error* error) {
    return internal::Guard(error, [&] {
      Base(handle).Assigned(SinkTask::FromC(list, count));
      return SLUICE_OK;
    });
  }
  static sluice_code Revoked(void* handle, const sluice_topic_partition* list, size_t count,
                             int32_t lost, sluice_error* error) {
    return internal::Guard(error, [&] {
      Base(handle).Revoked(SinkTask::FromC(list, count), lost != 0);
      return SLUICE_OK;
    });
  }
  static sluice_code Put(void* handle, const sluice_batch* batch, sluice_error* error) {
    return internal::Guard(error, [&] {
      Base(handle).Put(SinkBatch(Base(handle).host_, batch));
      return SLUICE_OK;
    });
  }
  static sluice_code Flush(void* handle, sluice_topic_partition* offsets, size_t count,
                           sluice_error* error) {
    return internal::Guard(error, [&] {
      std::vector<PartitionOffset> list = SinkTask::FromC(offsets, count);
      Base(handle).Flush(list);
      if (list.size() != count) throw ConnectException("Flush may not add or remove partitions");
      for (size_t i = 0; i < count; ++i) {
        if (list[i].partition != offsets[i].partition ||
            list[i].topic != abi::View(offsets[i].topic)) {
          throw ConnectException("Flush may not reorder partitions");
        }
        offsets[i].offset = list[i].offset;
      }
      return SLUICE_OK;
    });
  }
  static void Stop(void* handle) {
    internal::Guard(nullptr, [&] {
      Base(handle).Stop();
      return SLUICE_OK;
    });
  }
  static void Close(void* handle) { delete static_cast<Task*>(handle); }

  static sluice_sink_table Make() {
    sluice_sink_table table{};
    table.struct_size = sizeof table;
    table.connector = ConnectorCalls<T>::Get();
    table.put_atomic = Description<T>::Get().info.put_atomic;
    table.create = &Create;
    table.start = &Start;
    table.assigned = &Assigned;
    table.revoked = &Revoked;
    table.put = &Put;
    if constexpr (internal::kOverrides<decltype(&Task::Flush), decltype(&SinkTask::Flush)>) {
      table.flush = &Flush;
    }
    table.stop = &Stop;
    table.close = &Close;
    return table;
  }
};

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_TABLES_H_

#include "connectors/shared/sink_bench.h"

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "connectors/sdk/text.h"
#include "connectors/sdk/value.h"

namespace sluice::shared {
namespace {

using sdk::Cat;
namespace schemas = sdk::schemas;

class Orders {
 public:
  explicit Orders(size_t in_a_put) : size_(in_a_put), arena_(4 << 20), records_(in_a_put) {}

  // The records from number `first` on; valid until the next call.
  const sluice_batch* Make(int64_t first) {
    arena_.Reset(64 << 20);
    for (size_t i = 0; i < size_; ++i) Fill(records_[i], first + static_cast<int64_t>(i));
    batch_ = {sizeof batch_, sizeof(sluice_record), size_, records_.data(), arena_.used(), nullptr};
    return &batch_;
  }

 private:
  void Fill(sluice_record& record, int64_t number) {
    record = abi::EmptyRecord();
    record.topic = record.original_topic = abi::Str("bench_orders");
    record.partition = record.original_partition = 0;
    record.original_offset = number;
    record.timestamp = 1'700'000'000'000 + number;
    record.key_schema = key_.get();
    record.key = sdk::Int64(number);
    record.value_schema = schema_.get();
    const auto price = static_cast<uint32_t>(100 + number % 99900);
    const uint8_t unscaled[] = {0, static_cast<uint8_t>(price >> 16),
                                static_cast<uint8_t>(price >> 8), static_cast<uint8_t>(price)};
    const std::string_view bytes =
        arena_.Copy({reinterpret_cast<const char*>(unscaled), sizeof unscaled});
    auto* values = arena_.NewArray<sluice_value>(6);
    values[0] = sdk::Int64(number);
    values[1] = arena_.CopyString(Cat("customer-", number % 5000));
    values[2] = arena_.CopyString(Cat("item number ", number % 300));
    values[3] = sdk::Int32(static_cast<int32_t>(number % 10 + 1));
    values[4] = abi::Decimal(arena_.New(
        sluice_decimal{2, sizeof unscaled, reinterpret_cast<const uint8_t*>(bytes.data())}));
    values[5] = sdk::Timestamp(1'700'000'000'000 + number);
    record.value = arena_.NewStruct(schema_.get(), values);
  }

  const size_t size_;
  const sdk::Schema key_ = schemas::Int64();
  const sdk::Schema schema_ = schemas::Struct("Order")
                                  .Field("id", schemas::Int64())
                                  .Field("customer", schemas::String())
                                  .Field("item", schemas::String())
                                  .Field("quantity", schemas::Int32())
                                  .Field("price", schemas::Decimal(2))
                                  .Field("ordered_at", schemas::Timestamp())
                                  .Build();
  abi::Arena arena_;
  std::vector<sluice_record> records_;
  sluice_batch batch_{};
};

double CpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

sluice_sink_host Host() {
  sluice_sink_host host{};
  host.struct_size = sizeof host;
  host.log = [](void*, sluice_log_level level, sluice_str text) {
    if (level >= SLUICE_LOG_INFO) {
      std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size), text.data);
    }
  };
  host.metric = [](void*, sluice_str, sluice_metric_kind, double) {};
  host.retry_after = [](void*, int64_t) {};
  host.verdict = [](void*, const sluice_batch*, size_t, sluice_code,
                    const sluice_error*) -> sluice_code { return SLUICE_OK; };
  return host;
}

void Check(sluice_code code, const sluice_error& error) {
  if (code == SLUICE_OK) return;
  std::fprintf(stderr, "code %d: %.*s\n", code, static_cast<int>(error.text_size), error.text);
  std::exit(1);
}

}  // namespace

int Run(const SinkBench& bench) {
  std::vector<sluice_key_value> entries;
  for (const auto& [key, value] : bench.config) entries.push_back({abi::Str(key), abi::Str(value)});

  const auto& sink = *static_cast<const sluice_sink_table*>(sdk::FindClass(bench.class_name).table);
  const sluice_sink_host host = Host();
  const auto error = std::make_unique<sluice_error>();
  error->struct_size = sizeof *error;
  void* task = sink.create(&host, error.get());
  Check(sink.start(task, {entries.data(), entries.size()}, error.get()), *error);
  Orders orders(bench.in_a_put);
  Check(sink.put(task, orders.Make(0), error.get()), *error);

  double making = 0;
  const double cpu = CpuSeconds();
  const auto began = std::chrono::steady_clock::now();
  int64_t number = static_cast<int64_t>(bench.in_a_put);
  for (; number < bench.records; number += static_cast<int64_t>(bench.in_a_put)) {
    const double before = CpuSeconds();
    const sluice_batch* batch = orders.Make(number);
    making += CpuSeconds() - before;
    Check(sink.put(task, batch, error.get()), *error);
  }
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const auto taken = static_cast<double>(number - static_cast<int64_t>(bench.in_a_put));
  std::printf("%.0f records/s, %.2f s for %.0f records, %.2f CPU-s of the sink per million\n",
              taken / (wall - making), wall - making, taken,
              (CpuSeconds() - cpu - making) / taken * 1e6);
  sink.stop(task);
  sink.close(task);
  return 0;
}

}  // namespace sluice::shared

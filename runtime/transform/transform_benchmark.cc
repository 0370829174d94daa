// What a record costs in each transform, in ns:
//   bazel run -c opt //runtime/transform:transform_benchmark
#include <cstdlib>
#include <string>

#include "benchmark/benchmark.h"
#include "runtime/transform/sample_records.h"

namespace sluice::transform {
namespace {

void Apply(benchmark::State& state, const testing::Sample& sample, const sluice_record& from) {
  const auto transform = testing::New(sample.name, sample.settings);
  if (transform == nullptr) std::abort();
  BatchMemory memory;
  size_t records = 0;
  for (auto _ : state) {
    sluice_record record = from;
    benchmark::DoNotOptimize(transform->Apply(record, memory));
    if (++records % 500 == 0) memory.Reset();
  }
  state.SetItemsProcessed(state.iterations());
}

void Register() {
  static const auto* const orders = new testing::OrderMaker;
  for (const testing::Sample& sample : testing::Samples()) {
    const auto type = sample.settings.Find("target.type");
    for (const auto& [form, record] : orders->For(sample)) {
      benchmark::RegisterBenchmark(
          StrCat(sample.name, type != nullptr ? "/to " + *type : "", "/", form).c_str(),
          [&sample, record = record](benchmark::State& state) { Apply(state, sample, *record); });
    }
  }
}

}  // namespace
}  // namespace sluice::transform

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  sluice::transform::Register();
  benchmark::RunSpecifiedBenchmarks();
}

// What a record costs in each transform, in ns:
//   bazel run -c opt //runtime/transform:transform_benchmark
#include <cstdlib>
#include <string>

#include "benchmark/benchmark.h"
#include "runtime/transform/sample_records.h"

namespace sluice::transform {
namespace {

void Apply(benchmark::State& state, const testing::Sample& sample, bool schema) {
  const testing::OrderMaker orders;
  const auto transform = testing::New(sample.name, sample.settings);
  if (transform == nullptr) std::abort();
  BatchMemory memory;
  sluice_record record = orders.Get(schema);
  if (!transform->Apply(record, memory).ok()) return state.SkipWithError("only with a schema");
  size_t records = 0;
  for (auto _ : state) {
    record = orders.Get(schema);
    benchmark::DoNotOptimize(transform->Apply(record, memory));
    if (++records % 500 == 0) memory.Reset();
  }
  state.SetItemsProcessed(state.iterations());
}

void Register() {
  for (const testing::Sample& sample : testing::Samples()) {
    const auto type = sample.settings.Find("target.type");
    for (const bool schema : {false, true}) {
      if (!schema && sample.name.starts_with("SetSchema")) continue;  // it needs one
      benchmark::RegisterBenchmark(
          StrCat(sample.name, type != nullptr ? "/to " + *type : "", schema ? "/schema" : "/bare")
              .c_str(),
          [&sample, schema](benchmark::State& state) { Apply(state, sample, schema); });
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

// What a record costs in each converter, in ns:
//   bazel run -c opt //runtime/convert:convert_benchmark
// tools/bench data asks the same of Java, by the same names.
#include <string>

#include "benchmark/benchmark.h"
#include "runtime/base/text.h"
#include "runtime/convert/sample_converters.h"

namespace sluice::convert {
namespace {

// One record after the other; memory is taken back after each 500, as after a batch.
template <typename Convert>
void Time(benchmark::State& state, const Convert& convert) {
  BatchMemory memory;
  size_t records = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(convert(memory));
    if (++records % 500 == 0) memory.Reset();
  }
  state.SetItemsProcessed(state.iterations());
}

void Register() {
  for (const testing::Sample& sample : testing::Samples()) {
    benchmark::RegisterBenchmark(StrCat(sample.name, "/in").c_str(), [&](benchmark::State& state) {
      const testing::Prepared prepared(sample);
      Time(state, [&](BatchMemory& memory) { return prepared.In(memory); });
    });
    benchmark::RegisterBenchmark(StrCat(sample.name, "/out").c_str(), [&](benchmark::State& state) {
      const testing::Prepared prepared(sample);
      Time(state, [&](BatchMemory& memory) { return prepared.Out(memory); });
    });
  }
  benchmark::RegisterBenchmark("StringConverter/struct out", [](benchmark::State& state) {
    const testing::Prepared order({"", "JsonConverter", true, testing::Data::kStruct});
    BatchMemory kept;
    const SchemaAndValue data = order.In(kept).value();
    const auto converter = testing::Make("StringConverter", {});
    Time(state, [&](BatchMemory& memory) {
      return converter->FromConnect("t", data.schema, data.value, memory);
    });
  });
}

}  // namespace
}  // namespace sluice::convert

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  sluice::convert::Register();
  benchmark::RunSpecifiedBenchmarks();
}

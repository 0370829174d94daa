// What a leader pays for a round, in the assignor alone:
//
//   bazel run -c opt //runtime/cluster:assignor_benchmark
//
// Arguments: tasks, workers; ten tasks to a connector.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/text.h"
#include "runtime/cluster/assignor.h"
#include "runtime/cluster/connect_protocol.h"
#include "runtime/config/config_map.h"
#include "runtime/storage/cluster_config.h"

namespace sluice::cluster {
namespace {

constexpr int kTasksOfOne = 10;

storage::ClusterConfig Config(int tasks) {
  storage::ClusterConfig config;
  config.offset = 1;
  for (int i = 0; i < tasks / kTasksOfOne; ++i) {
    auto entry = std::make_shared<storage::ConnectorEntry>();
    entry->config = std::make_shared<config::ConfigMap>();
    entry->task_count = kTasksOfOne;
    config.entries[StrCat("a-connector-with-a-usual-name-", i)] = std::move(entry);
  }
  return config;
}

AssignmentRound Round(const storage::ClusterConfig& config, int workers) {
  AssignmentRound round;
  round.generation = 1;
  round.leader_id = "worker-0";
  round.config = &config;
  for (int i = 0; i < workers; ++i) {
    round.members.push_back({StrCat("worker-", i), {.url = StrCat("http://", i, "/")}});
  }
  return round;
}

// All that `round` assigned is what its members run; one round later.
void Complete(AssignmentRound& round, std::map<std::string, GroupAssignment> assignments) {
  for (GroupMember& member : round.members) {
    member.subscription.allocation = std::move(assignments[member.id]);
  }
  round.last_completed_generation = round.generation++;
}

// Nobody runs anything: all is assigned.
void BM_First(benchmark::State& state) {
  const storage::ClusterConfig config = Config(static_cast<int>(state.range(0)));
  const AssignmentRound round = Round(config, static_cast<int>(state.range(1)));
  for (auto _ : state) {
    IncrementalAssignor assignor({});
    benchmark::DoNotOptimize(assignor.Assign(round));
  }
}

// All have joined again, and nothing changes.
void BM_Nothing(benchmark::State& state) {
  const storage::ClusterConfig config = Config(static_cast<int>(state.range(0)));
  AssignmentRound round = Round(config, static_cast<int>(state.range(1)));
  IncrementalAssignor assignor({});
  Complete(round, assignor.Assign(round));
  for (auto _ : state) benchmark::DoNotOptimize(assignor.Assign(round));
}

// As many workers again have joined: half of all is revoked.
void BM_Revoke(benchmark::State& state) {
  const storage::ClusterConfig config = Config(static_cast<int>(state.range(0)));
  AssignmentRound round = Round(config, static_cast<int>(state.range(1)));
  IncrementalAssignor assignor({});
  Complete(round, assignor.Assign(round));
  for (const GroupMember& member : Round(config, static_cast<int>(state.range(1))).members) {
    round.members.push_back({"new-" + member.id, {.url = "http://new-" + member.id}});
  }
  for (auto _ : state) benchmark::DoNotOptimize(assignor.Assign(round));
}

// Half of the workers cannot run half of the connectors.
void BM_CannotRun(benchmark::State& state) {
  const storage::ClusterConfig config = Config(static_cast<int>(state.range(0)));
  AssignmentRound round = Round(config, static_cast<int>(state.range(1)));
  const std::vector<std::string> connectors = config.Connectors();
  for (size_t i = 0; i < round.members.size(); i += 2) {
    round.members[i].subscription.cannot_run.assign(
        connectors.begin(), connectors.begin() + static_cast<long>(connectors.size() / 2));
  }
  for (auto _ : state) {
    IncrementalAssignor assignor({});
    benchmark::DoNotOptimize(assignor.Assign(round));
  }
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Args({1'000, 3})->Args({5'000, 50})->Unit(benchmark::kMillisecond);
}

BENCHMARK(BM_First)->Apply(Sizes);
BENCHMARK(BM_Nothing)->Apply(Sizes);
BENCHMARK(BM_Revoke)->Apply(Sizes);
BENCHMARK(BM_CannotRun)->Apply(Sizes);

}  // namespace
}  // namespace sluice::cluster

BENCHMARK_MAIN();

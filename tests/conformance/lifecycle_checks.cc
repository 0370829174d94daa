// Starts and stops, in every order that is legal, and what is left behind.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "runtime/base/text.h"
#include "tests/conformance/child.h"
#include "tests/conformance/resources.h"
#include "tests/conformance/sink_run.h"
#include "tests/conformance/source_run.h"

namespace sluice::conformance {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kRecordsACycle = 20;
constexpr int kCycles = 8;
constexpr int kWarmCyclesMax = 30, kMeasuredCyclesMax = 200;
constexpr milliseconds kWarmTime{700}, kMeasuredTime{2500};

// The connector by itself: made and never started; started twice with a stop between.
Outcome ConnectorOrder(Scene& scene) {
  const Offsets none;
  Host host(scene, &none);
  SetStep("create and close of a connector");
  if (auto unused = scene.registry.NewConnector(scene.info, host); !unused.ok()) {
    return FailWith("create", unused.status());
  }
  auto connector = scene.registry.NewConnector(scene.info, host);
  if (!connector.ok()) return FailWith("create", connector.status());
  for (const char* time : {"the first", "the second"}) {
    SetStep(StrCat("the connector's start, ", time, " time"));
    CONFORMANCE_TRY(StrCat("start, ", time, " time"), (*connector)->Start(scene.config));
    CONFORMANCE_TRY("task_configs", (*connector)->TaskConfigs(1).status());
    (*connector)->Stop();
  }
  return Pass();
}

// A task by itself: made and never started; started and stopped at once.
Outcome TaskOrder(Scene& scene) {
  const Offsets none;
  Host host(scene, &none);
  SetStep("create and close of a task");
  const Status made = scene.source() ? scene.registry.NewSourceTask(scene.info, host).status()
                                     : scene.registry.NewSinkTask(scene.info, host).status();
  CONFORMANCE_TRY("create", made);
  CONFORMANCE_TRY("start and close", StartAll(scene, scene.config, 1).status);
  return Pass();
}

Outcome Order(Scene& scene) {
  const Outcome outcome = ConnectorOrder(scene);
  return outcome.kind == Outcome::Kind::kPass ? TaskOrder(scene) : outcome;
}

Outcome Tasks(Scene& scene) {
  for (const int max : {1, 2, 3, 7}) {
    config::ConfigMap config = scene.config;
    config.Set("tasks.max", StrCat(max));
    const StartReport report = StartAll(scene, config, max);
    if (!report.status.ok()) return FailWith(StrCat("with at most ", max, " tasks"), report.status);
    if (report.tasks == 0) return Fail("there is no task");
    if (report.tasks > static_cast<size_t>(max)) {
      return Fail("of at most ", max, " tasks there are ", report.tasks);
    }
  }
  return Pass();
}

// Runs `loop`, which is in one call or another, and stops the task from here. It must end.
Outcome StopDuring(Scene& scene, const std::function<void()>& loop,
                   const std::function<void()>& stop) {
  auto ended = std::make_shared<std::promise<void>>();
  auto end = ended->get_future();
  std::thread thread([loop, ended] {
    loop();
    ended->set_value();
  });
  end.wait_for(milliseconds(150));
  stop();
  if (end.wait_for(scene.patience) == std::future_status::ready) {
    thread.join();
    return Pass();
  }
  thread.detach();  // the process ends with this check
  return Fail("the call goes on ", scene.patience.count(), " ms after stop: ", LastStep());
}

Outcome StopSource(Scene& scene) {
  Offsets offsets;
  auto run = std::make_unique<SourceRun>(scene, offsets);
  CONFORMANCE_TRY("start", run->Start());
  // All there is, so that the poll waits.
  if (scene.profile->records) {
    CONFORMANCE_TRY("poll", run->PollRecords(static_cast<size_t>(*scene.profile->records)));
  }
  run->Commit(run->seen().size());
  SourceRun* const running = run.get();
  const auto stopped = std::make_shared<std::atomic<bool>>(false);
  const Outcome outcome = StopDuring(
      scene,
      [stopped, running] {
        while (!*stopped && !running->finished() && running->Poll(milliseconds(60'000)).ok()) {
          if (running->batches().size() > 3) running->Commit(running->seen().size());
        }
      },
      [stopped, running] {
        *stopped = true;
        running->task()->RequestStop();
      });
  if (outcome.kind != Outcome::Kind::kPass) return run.release(), outcome;
  return outcome;
}

Outcome StopSink(Scene& scene) {
  auto run = std::make_unique<SinkRun>(scene);
  CONFORMANCE_TRY("start", run->Begin({{0, 0}}));
  if (!scene.profile->outage.empty()) {  // a put that waits for its target
    CONFORMANCE_TRY("put", run->PutNext(1).status());
    CONFORMANCE_TRY("outage", scene.Shell(scene.profile->outage).status());
  }
  SinkRun* const running = run.get();
  const auto stopped = std::make_shared<std::atomic<bool>>(false);
  const Outcome outcome = StopDuring(
      scene,
      [stopped, running, &scene] {
        SinkBatch batch(scene);
        for (int64_t i = 0; i < 10; ++i) {
          if (!batch.Add(0, running->position().at(0) + i).ok()) return;
        }
        const sluice_batch& view = batch.View(0, batch.size());
        while (!*stopped) running->PutOnce(view);
      },
      [stopped, running] {
        *stopped = true;
        running->task()->RequestStop();
      });
  if (outcome.kind != Outcome::Kind::kPass) return run.release(), outcome;
  return outcome;
}

Outcome Stop(Scene& scene) { return scene.source() ? StopSource(scene) : StopSink(scene); }

// A whole life of a task: `batches` are put, or about as many polled.
Status Live(Scene& scene, int64_t& next, int batches) {
  if (scene.source()) {
    Offsets offsets;
    SourceRun run(scene, offsets);
    SLUICE_RETURN_IF_ERROR(run.Start());
    for (int i = 0, idle = 0; i < batches && idle < 2; ++i) {
      const size_t before = run.seen().size();
      const Status polled = run.Poll(milliseconds(20));
      if (!polled.ok() && !IsRetriable(polled)) return polled;
      idle = run.seen().size() > before ? 0 : idle + 1;
      run.Commit(run.seen().size());
    }
    return OkStatus();
  }
  SinkRun run(scene);
  SLUICE_RETURN_IF_ERROR(run.Begin({{0, next}}));
  for (int i = 0; i < batches; ++i) {
    SLUICE_RETURN_IF_ERROR(run.PutNext(kRecordsACycle).status());
    SLUICE_RETURN_IF_ERROR(run.Flush());
  }
  next = run.position().at(0);
  return run.Revoke(0, false);
}

// What `list` answers after many lives and did not answer after the first two.
Outcome LeftBehind(Scene& scene, std::string_view what,
                   std::map<std::string, std::string> (*list)()) {
  int64_t next = 0;
  for (int i = 0; i < 2; ++i) CONFORMANCE_TRY("a task", Live(scene, next, 2));
  const auto before = list();
  for (int i = 0; i < kCycles; ++i) CONFORMANCE_TRY("a task", Live(scene, next, 2));
  const auto deadline = SteadyClock::now() + std::min(scene.patience, milliseconds(2000));
  auto after = list();
  while (after.size() > before.size() && SteadyClock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(10));  // a thread that has been joined is listed still
    after = list();
  }
  if (after.size() <= before.size()) return Pass();
  std::string names;
  for (const auto& [id, name] : after) {
    if (!before.contains(id)) StrAppend(names, names.empty() ? "" : ", ", name);
  }
  return Fail(after.size() - before.size(), " ", what, " are left of ", kCycles,
              " tasks that were closed: ", names);
}

Outcome ThreadsLeft(Scene& scene) { return LeftBehind(scene, "threads", Threads); }
Outcome DescriptorsLeft(Scene& scene) { return LeftBehind(scene, "descriptors", Descriptors); }

Outcome MemoryGrows(Scene& scene) {
  int64_t next = 0;
  int cycles = 0;
  const auto live = [&](int most, milliseconds time) {
    const auto end = SteadyClock::now() + time;
    cycles = 0;
    while (cycles < most && SteadyClock::now() < end) {
      SLUICE_RETURN_IF_ERROR(Live(scene, next, 10));
      ++cycles;
    }
    return OkStatus();
  };
  CONFORMANCE_TRY("a task", live(kWarmCyclesMax, kWarmTime));
  const Memory before = MemoryInUse();
  CONFORMANCE_TRY("a task", live(kMeasuredCyclesMax, kMeasuredTime));
  const Memory after = MemoryInUse();
  const size_t bound = static_cast<size_t>(scene.profile->memory_mb) << 20;
  const auto kib = [](size_t a, size_t b) { return b > a ? (b - a) >> 10 : 0; };
  if (after.heap <= before.heap + bound && after.resident <= before.resident + bound) return Pass();
  return Fail("over ", cycles, " tasks the heap grew by ", kib(before.heap, after.heap),
              " KiB, the process by ", kib(before.resident, after.resident), " KiB; the bound is ",
              scene.profile->memory_mb, " MiB");
}

}  // namespace

std::vector<Check> LifecycleChecks() {
  return {
      {"lifecycle.order", Who::kAll, true,
       "Made and not started, stopped at once, started again: all goes well.", Order},
      {"lifecycle.tasks", Who::kAll, true,
       "Of at most n tasks there are 1 to n, and each of them starts.", Tasks},
      {"lifecycle.stop", Who::kAll, true, "A call that waits ends when the task is stopped.", Stop},
      {"lifecycle.threads", Who::kAll, true, "Tasks that are closed leave no thread.", ThreadsLeft},
      {"lifecycle.descriptors", Who::kAll, true, "Nor an open file or connection.",
       DescriptorsLeft},
      {"lifecycle.memory", Who::kAll, true, "Nor memory, beyond a bound.", MemoryGrows},
  };
}

}  // namespace sluice::conformance

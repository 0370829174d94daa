// Sinks: what they take arrives, what they cannot take does not hold up its neighbours, and what
// they say is committed is there, however the task ended.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <thread>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "tests/conformance/child.h"
#include "tests/conformance/sink_run.h"

namespace sluice::conformance {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kBatch = 20;
constexpr int64_t kRecords = 100;  // of a partition
constexpr int kPutsBeforeKill = 4;

Status PutAll(SinkRun& run, int64_t end) {
  while (true) {
    SLUICE_ASSIGN_OR_RETURN(const bool some, run.PutNext(kBatch, end));
    if (!some) return OkStatus();
    SLUICE_RETURN_IF_ERROR(run.Flush());
  }
}

// What was committed must be there once the task is closed.
Outcome Arrives(Scene& scene, SinkRun& run, bool once) {
  run.Close();
  for (const auto& [partition, end] : run.committed()) {
    if (end == 0) return Fail("nothing of partition ", partition, " was committed");
  }
  const auto wrong = WhatIsWrong(scene, run.committed(), run.rejected(), once);
  if (!wrong.ok()) return FailWith("read", wrong.status());
  return wrong->empty() ? Pass() : Fail(*wrong);
}

Outcome Put(Scene& scene) {
  SinkRun run(scene);
  CONFORMANCE_TRY("start", run.Begin({{0, 0}, {1, 0}}));
  CONFORMANCE_TRY("put", PutAll(run, kRecords));
  if (!run.rejected().empty()) return Fail(run.rejected().size(), " good records were rejected");
  return Arrives(scene, run, true);
}

Outcome Empty(Scene& scene) {
  SinkRun run(scene);
  CONFORMANCE_TRY("start", run.Start());
  SinkBatch nothing(scene);
  CONFORMANCE_TRY("put of nothing before there is a partition", run.Deliver(nothing));
  CONFORMANCE_TRY("flush without a partition", run.Flush());
  CONFORMANCE_TRY("assigned", run.Assign({{0, 0}}));
  CONFORMANCE_TRY("put of nothing", run.Deliver(nothing));
  CONFORMANCE_TRY("put", run.PutNext(1).status());
  CONFORMANCE_TRY("put of nothing behind a record", run.Deliver(nothing));
  CONFORMANCE_TRY("revoked", run.Revoke(0, false));
  CONFORMANCE_TRY("put of nothing without a partition", run.Deliver(nothing));
  return Pass();
}

// One record among four good ones: what became of it, and of them.
struct Among {
  Outcome outcome;
  bool rejected = false;
};
Among PutAmong(Scene& scene, SinkRun& run, const std::string& name, int64_t& offset,
               const std::function<Status(SinkBatch&, int64_t)>& add) {
  auto batch = std::make_unique<SinkBatch>(scene);
  constexpr size_t kPlace = 2;
  for (size_t i = 0; i < 5; ++i, ++offset) {
    const Status made = i == kPlace ? add(*batch, offset) : batch->Add(0, offset);
    if (!made.ok()) return {FailWith(name, made)};
  }
  const Status put = run.Deliver(*batch);
  if (!put.ok()) return {FailWith(StrCat("a batch with a ", name), put)};
  for (const size_t index : batch->rejected) {
    if (index != kPlace) return {Fail("a good record was rejected together with a ", name)};
  }
  return {Pass(), batch->rejected.contains(kPlace)};
}

// That the neighbours have arrived, whatever became of what stood between them.
Outcome NeighboursArrive(Scene& scene, SinkRun& run, int64_t end) {
  // Behind what a sink may hold back until there is more.
  CONFORMANCE_TRY("put", PutAll(run, end + kRecords));
  run.Close();
  std::set<int64_t> not_asked = run.rejected();
  for (int64_t offset = 2; offset < end; offset += 5) not_asked.insert(NumberOf(0, offset));
  const auto wrong = WhatIsWrong(scene, run.committed(), not_asked, false);
  if (!wrong.ok()) return FailWith("read", wrong.status());
  return wrong->empty() ? Pass() : Fail("neighbours of odd records: ", *wrong);
}

Outcome BadRecords(Scene& scene) {
  if (scene.profile->bad.empty()) return Skip("the profile has no \"bad\" values");
  SinkRun run(scene);
  CONFORMANCE_TRY("start", run.Begin({{0, 0}}));
  int64_t offset = 0;
  for (const std::string& bad : scene.profile->bad) {
    const Among among = PutAmong(scene, run, bad, offset, [&](SinkBatch& batch, int64_t at) {
      return batch.Add(0, at, bad);
    });
    if (among.outcome.kind != Outcome::Kind::kPass) return among.outcome;
    if (!among.rejected) return Fail("a bad record was not rejected: ", bad);
  }
  run.MoveTo(0, offset);
  return NeighboursArrive(scene, run, offset);
}

Outcome OddRecords(Scene& scene) {
  SinkRun run(scene);
  CONFORMANCE_TRY("start", run.Begin({{0, 0}}));
  record::BatchMemory memory;
  int64_t offset = 0;
  for (const OddValue& odd : OddValues(memory)) {
    SetStep("put of a " + odd.name);
    const Among among = PutAmong(scene, run, odd.name, offset, [&](SinkBatch& batch, int64_t at) {
      return batch.AddOdd(0, at, odd.value);
    });
    if (among.outcome.kind != Outcome::Kind::kPass) return among.outcome;
  }
  run.MoveTo(0, offset);
  return NeighboursArrive(scene, run, offset);
}

// The table's wrapper refuses an offset beyond what was put; so a flush need only come to pass.
Outcome Flush(Scene& scene) {
  SinkRun run(scene);
  CONFORMANCE_TRY("start", run.Begin({{0, 0}, {1, 7}}));
  CONFORMANCE_TRY("flush before a put", run.Flush());
  CONFORMANCE_TRY("put", run.PutNext(kBatch).status());
  CONFORMANCE_TRY("flush", run.Flush());
  const Positions first = run.committed();
  CONFORMANCE_TRY("flush again", run.Flush());
  for (const auto& [partition, offset] : run.committed()) {
    if (offset < first.at(partition)) {
      return Fail("a flush took partition ", partition, " back from ", first.at(partition), " to ",
                  offset);
    }
  }
  return Pass();
}

Outcome Rebalance(Scene& scene) {
  SinkRun run(scene);
  CONFORMANCE_TRY("start", run.Begin({{0, 0}, {1, 0}}));
  CONFORMANCE_TRY("put", run.PutNext(kBatch).status());
  CONFORMANCE_TRY("revoke", run.Revoke(1, false));
  const int64_t back = run.committed().at(1);
  CONFORMANCE_TRY("put of the partition that stays", run.PutNext(kBatch).status());
  CONFORMANCE_TRY("assigned again", run.Assign({{1, back}}));
  CONFORMANCE_TRY("put of both", run.PutNext(kBatch).status());
  CONFORMANCE_TRY("flush", run.Flush());
  const int64_t kept = run.committed().at(1);
  CONFORMANCE_TRY("put that is lost", run.PutNext(kBatch).status());
  CONFORMANCE_TRY("revoked, lost", run.Revoke(1, true));
  CONFORMANCE_TRY("put behind it", run.PutNext(kBatch).status());
  CONFORMANCE_TRY("assigned once more", run.Assign({{1, kept}}));
  CONFORMANCE_TRY("put to the end", PutAll(run, kRecords));
  return Arrives(scene, run, scene.profile->exactly_once);
}

void WriteLine(int to, std::string_view text) {
  const std::string line = StrCat(text, "\n");
  if (write(to, line.data(), line.size()) < 0) _exit(3);
}

// Puts and flushes until it is killed; tells what it has committed.
[[noreturn]] void PutUntilKilled(Scene& scene, const std::string& file) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int to = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  SinkRun run(scene);
  Status status = run.Begin({{0, 0}, {1, 0}});
  for (int puts = 1; status.ok(); ++puts) {
    status = run.PutNext(kBatch).status();
    if (!status.ok()) break;
    WriteLine(to, "put");
    if (puts % 2 != 0) continue;  // something is always not committed
    status = run.Flush();
    if (!status.ok()) break;
    WriteLine(to, StrCat("committed ", run.committed().at(0), " ", run.committed().at(1)));
  }
  WriteLine(to, StrCat("!", Message(status)));
  _exit(1);
}

// What the child told: how often it put, and the last that it committed.
struct Told {
  int puts = 0;
  Positions committed = {{0, 0}, {1, 0}};
  std::string error;
};
Told ReadTold(const std::string& file) {
  Told told;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line) && !in.eof();) {
    const auto words = Split(line, ' ');
    if (line.starts_with('!')) told.error = line.substr(1);
    if (words[0] == "put") ++told.puts;
    if (words[0] != "committed" || words.size() != 3) continue;
    for (int32_t partition = 0; partition < 2; ++partition) {
      told.committed[partition] = ParseInt64(words[static_cast<size_t>(partition) + 1]).value_or(0);
    }
  }
  return told;
}

Outcome Kill(Scene& scene) {
  const std::string file = scene.dir + ".told";
  // Before this process has loaded the plugin: the child has all of it to itself.
  const pid_t child = fork();
  if (child == 0) PutUntilKilled(scene, file);
  const auto deadline = SteadyClock::now() + scene.patience;
  Told told;
  while (told.puts < kPutsBeforeKill && told.error.empty() && SteadyClock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(2));
    told = ReadTold(file);
  }
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  told = ReadTold(file);
  if (!told.error.empty()) return Fail("before the kill: ", told.error);
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
    return Fail("the process that was to be killed ended: ", DeathOf(status));
  }
  if (told.puts == 0) return Fail("before the kill no put ended in time");
  // First of all what was committed; then a task goes on from there, to a common end.
  auto wrong = WhatIsWrong(scene, told.committed, {}, scene.profile->exactly_once);
  if (!wrong.ok()) return FailWith("read", wrong.status());
  if (!wrong->empty()) return Fail("after the kill ", *wrong);
  SinkRun run(scene);
  CONFORMANCE_TRY("start after the kill", run.Begin(told.committed));
  const int64_t end = told.puts * static_cast<int64_t>(kBatch) + kRecords;
  CONFORMANCE_TRY("put after the kill", PutAll(run, end));
  return Arrives(scene, run, scene.profile->exactly_once);
}

Outcome Outage(Scene& scene) {
  if (scene.profile->outage.empty()) return Skip("the profile has no \"outage\"");
  SinkRun run(scene);
  CONFORMANCE_TRY("start", run.Begin({{0, 0}}));
  CONFORMANCE_TRY("put", run.PutNext(kBatch).status());
  CONFORMANCE_TRY("flush", run.Flush());
  CONFORMANCE_TRY("outage", scene.Shell(scene.profile->outage).status());
  // Its next records, put by hand: they must be refused for now, and taken later.
  SinkBatch batch(scene);
  const int64_t next = run.position().at(0);
  for (size_t i = 0; i < kBatch; ++i) {
    CONFORMANCE_TRY("a record", batch.Add(0, next + static_cast<int64_t>(i)));
  }
  const auto result = run.PutOnce(batch.View(0, batch.size()));
  if (result.code != SLUICE_RETRY) {
    return Fail("a put during the outage should answer RETRY (1), but answers ", result.code, ": ",
                Message(result.error));
  }
  CONFORMANCE_TRY("mend", scene.Shell(scene.profile->mend).status());
  CONFORMANCE_TRY("the same batch after the outage", run.Deliver(batch));
  if (!batch.rejected.empty()) return Fail("records were rejected that had come in the outage");
  run.MoveTo(0, next + static_cast<int64_t>(kBatch));
  CONFORMANCE_TRY("put", PutAll(run, kRecords));
  return Arrives(scene, run, scene.profile->exactly_once);
}

}  // namespace

std::vector<Check> SinkChecks() {
  const Who who = Who::kSinks;
  return {
      {"sink.put", who, true, "What is committed has arrived, and once.", Put},
      {"sink.empty", who, true, "A put of no records, and a flush of nothing, do no harm.", Empty},
      {"sink.bad", who, true, "Bad records are rejected, and their neighbours arrive.", BadRecords},
      {"sink.odd", who, true,
       "Nulls, missing and unexpected schemas, extreme values: no crash, no failure.", OddRecords},
      {"sink.flush", who, true, "A flush never answers an offset beyond what was put.", Flush},
      {"sink.rebalance", who, true, "Partitions come, go and are lost; nothing is.", Rebalance},
      {"sink.kill", who, true, "What was committed survives kill -9, and the rest comes again.",
       Kill},
      {"sink.outage", who, true, "While its target is gone, put is for later: RETRY.", Outage},
  };
}

}  // namespace sluice::conformance

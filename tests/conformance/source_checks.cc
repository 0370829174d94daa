// Sources: what they give, what becomes of a batch that is held, and that a task goes on where its
// stored offsets say, however the one before it ended.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "runtime/base/text.h"
#include "tests/conformance/child.h"
#include "tests/conformance/source_run.h"

namespace sluice::conformance {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Identities = std::set<std::string>;

constexpr size_t kEndless = 60;  // records that are looked at of a source without an end
constexpr size_t kRecordsMax = 400;
constexpr milliseconds kPollTimeout{100}, kPollGrace{1000};
constexpr size_t kHeldBatches = 3;

// How many records a check looks at.
size_t Wanted(const Scene& scene) {
  if (!scene.profile->records) return kEndless;
  return std::min(static_cast<size_t>(*scene.profile->records), kRecordsMax);
}

std::string Few(size_t seen, size_t wanted) {
  return StrCat("of ", wanted, " records ", seen, " came in time");
}

Outcome Records(Scene& scene) {
  Offsets offsets;
  SourceRun run(scene, offsets);
  CONFORMANCE_TRY("start", run.Start());
  const size_t all =
      scene.profile->records ? static_cast<size_t>(*scene.profile->records) : kEndless;
  CONFORMANCE_TRY("poll", run.PollRecords(all));
  if (run.seen().size() < all) return Fail(Few(run.seen().size(), all));
  if (scene.profile->records) {
    if (!run.finished()) CONFORMANCE_TRY("poll", run.Poll(kPollTimeout));
    if (run.seen().size() > all) {
      return Fail("there should be ", all, " records, but there are ", run.seen().size());
    }
  }
  if (!run.bad_value().empty()) return Fail("a value does not fit its schema: ", run.bad_value());
  return Pass();
}

Outcome BatchesStay(Scene& scene) {
  Offsets offsets;
  SourceRun run(scene, offsets);
  CONFORMANCE_TRY("start", run.Start());
  std::vector<std::string> texts;
  const auto deadline = SteadyClock::now() + std::min(scene.patience, milliseconds(2000));
  while (run.batches().size() < kHeldBatches && !run.finished() && SteadyClock::now() < deadline) {
    const Status polled = run.Poll(kPollTimeout);
    if (!polled.ok() && !IsRetriable(polled)) return FailWith("poll", polled);
    while (texts.size() < run.batches().size()) {
      texts.push_back(BatchText(*run.batches()[texts.size()]));
    }
  }
  if (texts.empty()) return Fail("no record came in time");
  for (size_t i = 0; i < texts.size(); ++i) {
    if (BatchText(*run.batches()[i]) != texts[i]) {
      return Fail("batch ", i, " has changed while it was out, after ", texts.size(), " polls");
    }
  }
  return Pass();
}

Outcome PollInTime(Scene& scene) {
  Offsets offsets;
  SourceRun run(scene, offsets);
  CONFORMANCE_TRY("start", run.Start());
  CONFORMANCE_TRY("poll", run.PollRecords(Wanted(scene)));
  for (int i = 0; i < 3 && !run.finished(); ++i) {
    const auto began = SteadyClock::now();
    const Status polled = run.Poll(kPollTimeout);
    const auto took = std::chrono::ceil<milliseconds>(SteadyClock::now() - began);
    if (!polled.ok() && !IsRetriable(polled)) return FailWith("poll", polled);
    if (took > kPollTimeout + kPollGrace) {
      return Fail("a poll of at most ", kPollTimeout.count(), " ms took ", took.count(), " ms");
    }
  }
  return Pass();
}

// All records of all tasks, when there are at most `max`.
Outcome TasksCover(Scene& scene, int max) {
  const size_t all = static_cast<size_t>(*scene.profile->records);
  size_t seen = 0, tasks = 1;
  std::set<std::pair<std::string, std::string>> places;
  for (size_t task = 0; task < tasks; ++task) {
    Offsets offsets;
    SourceRun run(scene, offsets);
    CONFORMANCE_TRY("start", run.Start(max, task));
    tasks = run.tasks();
    for (int idle = 0; idle < 3 && !run.finished() && seen + run.seen().size() <= all;) {
      const size_t before = run.seen().size();
      const Status polled = run.Poll(kPollTimeout);
      if (!polled.ok() && !IsRetriable(polled)) return FailWith("poll", polled);
      idle = run.seen().size() > before ? 0 : idle + 1;
    }
    seen += run.seen().size();
    for (const Seen& one : run.seen()) {
      const bool known = one.partition.empty() || scene.profile->repeats;
      if (!known && !places.emplace(one.partition, one.offset).second) {
        return Fail("of ", tasks, " tasks two give the record at ", one.partition, " ", one.offset);
      }
    }
  }
  if (seen == all) return Pass();
  return Fail(tasks, " tasks give ", seen, " records; there are ", all);
}

Outcome Cover(Scene& scene) {
  if (!scene.profile->records) return Skip("the profile says of no number of records");
  for (const int max : {1, 2, 3}) {
    const Outcome outcome = TasksCover(scene, max);
    if (outcome.kind != Outcome::Kind::kPass) return outcome;
  }
  return Pass();
}

// All records that a task gives which is left alone.
StatusOr<std::vector<std::string>> Undisturbed(Scene& scene) {
  Offsets offsets;
  SourceRun run(scene, offsets);
  SLUICE_RETURN_IF_ERROR(run.Start());
  SLUICE_RETURN_IF_ERROR(run.PollRecords(Wanted(scene)));
  if (run.seen().size() < Wanted(scene)) {
    return ConnectError(Few(run.seen().size(), Wanted(scene)));
  }
  std::vector<std::string> all;
  for (const Seen& one : run.seen()) all.push_back(one.identity);
  if (Identities(all.begin(), all.end()).size() != all.size()) {
    return ConnectError(
        "the profile should make records that all differ, so that one that is "
        "lost can be told from one that comes twice");
  }
  return all;
}

// A new task from these offsets: it must give each of `all` that is not in `committed`, and none
// that is.
Outcome GoesOn(Scene& scene, Offsets& offsets, const std::vector<std::string>& all,
               const Identities& committed) {
  Identities missing;
  for (const std::string& one : all) {
    if (!committed.contains(one)) missing.insert(one);
  }
  const size_t expected = missing.size();
  SourceRun run(scene, offsets);
  CONFORMANCE_TRY("start after a stop", run.Start());
  const auto deadline = SteadyClock::now() + scene.patience;
  size_t twice = 0, looked_at = 0;
  while (!missing.empty() && !run.finished() && SteadyClock::now() < deadline) {
    const Status polled = run.Poll(kPollTimeout);
    if (!polled.ok() && !IsRetriable(polled)) return FailWith("poll after a stop", polled);
    for (; looked_at < run.seen().size(); ++looked_at) {
      const std::string& identity = run.seen()[looked_at].identity;
      missing.erase(identity);
      if (committed.contains(identity)) ++twice;
    }
    if (twice > 0 && !scene.profile->repeats) break;
  }
  if (twice > 0 && !scene.profile->repeats) {
    return Fail("after a restart ", twice, " records come again whose offsets were stored");
  }
  if (missing.empty()) return Pass();
  return Fail("after a restart ", missing.size(), " of ", expected,
              " records are lost that were not committed: ", *missing.begin());
}

Outcome Resume(Scene& scene) {
  const auto all = Undisturbed(scene);
  if (!all.ok()) return FailWith("undisturbed", all.status());
  Offsets offsets;
  Identities committed;
  {
    SourceRun run(scene, offsets);
    CONFORMANCE_TRY("start", run.Start());
    CONFORMANCE_TRY("poll", run.PollRecords(Wanted(scene) / 2));
    const size_t half = (run.seen().size() + 1) / 2;
    run.Commit(half);
    for (size_t i = 0; i < half; ++i) committed.insert(run.seen()[i].identity);
  }
  if (offsets.stored().empty()) return Skip("the source gives no offsets");
  return GoesOn(scene, offsets, *all, committed);
}

// Polls and commits until it is killed; what is committed is a line of the file.
[[noreturn]] void PollUntilKilled(Scene& scene, const std::string& file, size_t commit_max) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int to = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  Offsets offsets;
  SourceRun run(scene, offsets);
  size_t written = 0;
  Status status = run.Start();
  while (status.ok()) {
    status = run.Poll(kPollTimeout);
    if (IsRetriable(status)) status = OkStatus();
    // All but the last: something is always under way.
    const size_t commit = std::min(run.seen().empty() ? 0 : run.seen().size() - 1, commit_max);
    if (!status.ok() || commit <= written) continue;
    run.Commit(commit);
    std::string lines;
    for (; written < commit; ++written) {
      const Seen& one = run.seen()[written];
      StrAppend(lines, one.partition, "\t", one.offset, "\t", one.identity, "\n");
    }
    if (write(to, lines.data(), lines.size()) < 0) break;
  }
  const std::string why = StrCat("!", Message(status), "\n");
  const ssize_t unused = write(to, why.data(), why.size());
  _exit(unused > 0 ? 1 : 2);
}

// Whole lines of the file; "" if there are none.
std::vector<std::string> WholeLines(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  std::string all = text.str();
  all.erase(all.rfind('\n') == std::string::npos ? 0 : all.rfind('\n'));
  std::vector<std::string> lines;
  if (all.empty()) return lines;
  for (const std::string_view line : Split(all, '\n')) lines.emplace_back(line);
  return lines;
}

// Waits until the child has committed something, and kills it.
StatusOr<std::vector<std::string>> KillAfter(const Scene& scene, pid_t child,
                                             const std::string& file, size_t lines) {
  const auto deadline = SteadyClock::now() + scene.patience;
  while (WholeLines(file).size() < lines && SteadyClock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(2));
  }
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  const auto found = WholeLines(file);
  if (!found.empty() && found.back().starts_with('!')) return ConnectError(found.back().substr(1));
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
    return ConnectError(StrCat("the process that was to be killed ended: ", DeathOf(status)));
  }
  return found;
}

Outcome Kill(Scene& scene) {
  const size_t half = std::max<size_t>(Wanted(scene) / 2, 1);
  const std::string file = scene.dir + ".committed";
  // Before this process has loaded the plugin: the child has all of it to itself.
  const pid_t child = fork();
  if (child == 0) PollUntilKilled(scene, file, half);
  const auto lines = KillAfter(scene, child, file, std::max<size_t>(half / 2, 1));
  if (!lines.ok()) return FailWith("before the kill", lines.status());
  if (lines->empty()) return Fail("before the kill no record came in time");
  Offsets offsets;
  Identities committed;
  for (const std::string& line : *lines) {
    const auto parts = Split(line, '\t');
    if (parts.size() < 3 || parts[0].empty()) return Skip("the source gives no offsets");
    offsets.Set(std::string(parts[0]), std::string(parts[1]));
    committed.insert(line.substr(parts[0].size() + parts[1].size() + 2));
  }
  const auto all = Undisturbed(scene);
  if (!all.ok()) return FailWith("undisturbed", all.status());
  return GoesOn(scene, offsets, *all, committed);
}

Outcome AlterOffsets(Scene& scene) {
  if (!scene.info.has_alter_offsets) return Skip("the class does not support it");
  Offsets offsets;
  {
    SourceRun run(scene, offsets);
    CONFORMANCE_TRY("start", run.Start());
    CONFORMANCE_TRY("poll", run.PollRecords(1));
    run.Commit(run.seen().size());
  }
  if (offsets.stored().empty()) return Skip("the source gives no offsets");
  abi::Arena arena;
  Host host(scene, &offsets);
  const auto alter = [&](const std::string& partition, const std::string& offset) -> Status {
    SLUICE_ASSIGN_OR_RETURN(const sluice_value from, JsonMap(partition, arena));
    SLUICE_ASSIGN_OR_RETURN(const sluice_value to, JsonMap(offset, arena));
    SLUICE_ASSIGN_OR_RETURN(auto connector, scene.registry.NewConnector(scene.info, host));
    SetStep(StrCat("alter_offsets of ", partition, " to ", offset));
    return connector->AlterOffsets(scene.config, {{from, to}}).status();
  };
  const auto& [partition, offset] = *offsets.stored().begin();
  CONFORMANCE_TRY("its own offset", alter(partition, offset));
  CONFORMANCE_TRY("a reset of its own partition", alter(partition, "null"));
  // What users may send: anything but a crash will do.
  for (const char* odd : {"{}", R"({"conformance":null})", R"({"conformance":[1]})", "null"}) {
    (void)alter(odd, odd);
    (void)alter(partition, odd);
  }
  return Pass();
}

Outcome Outage(Scene& scene) {
  if (scene.profile->outage.empty()) return Skip("the profile has no \"outage\"");
  const auto all = Undisturbed(scene);
  if (!all.ok()) return FailWith("undisturbed", all.status());
  Offsets offsets;
  SourceRun run(scene, offsets);
  CONFORMANCE_TRY("start", run.Start());
  CONFORMANCE_TRY("poll", run.Poll(kPollTimeout));
  CONFORMANCE_TRY("outage", scene.Shell(scene.profile->outage).status());
  for (int i = 0; i < 5; ++i) {
    const Status polled = run.Poll(kPollTimeout);
    if (!polled.ok() && !IsRetriable(polled)) return FailWith("poll during the outage", polled);
  }
  CONFORMANCE_TRY("mend", scene.Shell(scene.profile->mend).status());
  Identities missing(all->begin(), all->end());
  const auto deadline = SteadyClock::now() + scene.patience;
  for (size_t looked_at = 0;;) {
    for (; looked_at < run.seen().size(); ++looked_at) {
      missing.erase(run.seen()[looked_at].identity);
    }
    if (missing.empty()) return Pass();
    if (run.finished() || SteadyClock::now() > deadline) break;
    const Status polled = run.Poll(kPollTimeout);
    if (!polled.ok() && !IsRetriable(polled)) return FailWith("poll after the outage", polled);
  }
  return Fail("after the outage ", missing.size(), " of ", all->size(), " records did not come");
}

}  // namespace

std::vector<Check> SourceChecks() {
  const Who who = Who::kSources;
  return {
      {"source.records", who, true, "All records come, and fit their schemas.", Records},
      {"source.batches", who, true, "A batch stays as it is until it is released.", BatchesStay},
      {"source.poll", who, true, "A poll answers by its time-out.", PollInTime},
      {"source.tasks", who, true, "However many tasks there are, each record comes once.", Cover},
      {"source.resume", who, true, "A new task goes on behind the offsets that were stored.",
       Resume},
      {"source.kill", who, true, "Also after kill -9, in another process.", Kill},
      {"source.alter_offsets", who, true, "Its own offsets may be altered, and any text refused.",
       AlterOffsets},
      {"source.outage", who, true, "While its origin is gone it waits, and then goes on.", Outage},
  };
}

}  // namespace sluice::conformance

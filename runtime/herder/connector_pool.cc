#include "runtime/herder/connector_pool.h"

#include <deque>
#include <list>
#include <map>
#include <set>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/base/log.h"
#include "runtime/base/mutex.h"
#include "runtime/base/text.h"

namespace sluice::herder {
namespace {

// One call under way.
struct Running {
  ConnectorCall call;
  TimePoint began;
  TimePoint deadline;
  bool abandoned = false;
  bool replaced = false;  // its thread, since it takes long
};

const std::string& LaneOf(const ConnectorCall& call) {
  return call.lane.empty() ? call.connector : call.lane;
}

// What is told, without the lock, of a call that was abandoned or stood behind one.
struct Late {
  std::function<void(Status)> done;
  std::function<void()> on_abandon;
  Status error;
};

Status Refused(const ConnectorCall& call, std::string_view why) {
  return ConnectError(call.connector.empty()
                          ? StrCat("Cannot ", call.what, ": ", why)
                          : StrCat("Cannot ", call.what, " connector ", call.connector, ": ", why));
}

Status Overdue(const ConnectorCall& call) {
  return TimeoutError(StrCat(
      call.connector.empty() ? "" : "Connector " + call.connector + ": ", "the call to ", call.what,
      " has not returned after ", call.deadline.count(),
      " ms and was abandoned. The plugin hangs; until the call returns this connector cannot be "
      "used on this worker, unless the worker is restarted"));
}

}  // namespace

struct ConnectorPool::Core : std::enable_shared_from_this<ConnectorPool::Core> {
  explicit Core(ConnectorPoolOptions pool_options) : options(std::move(pool_options)) {}

  const ConnectorPoolOptions options;
  Mutex mutex;
  CondVar changed;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::deque<ConnectorCall> queue ABSL_GUARDED_BY(mutex);
  std::list<Running> running ABSL_GUARDED_BY(mutex);
  std::set<std::string> busy ABSL_GUARDED_BY(mutex);               // lanes with a call under way
  std::set<std::string> hung ABSL_GUARDED_BY(mutex);               // whose call was abandoned
  std::map<std::string, int> abandoned_of ABSL_GUARDED_BY(mutex);  // by connector
  int threads ABSL_GUARDED_BY(mutex) = 0;                          // without replaced ones
  int slow ABSL_GUARDED_BY(mutex) = 0;                             // replaced ones
  int idle ABSL_GUARDED_BY(mutex) = 0;
  int abandoned ABSL_GUARDED_BY(mutex) = 0;

  void ThreadMain() {
    while (true) {
      std::list<Running>::iterator mine;
      {
        MutexLock lock(mutex);
        ++idle;
        while (!Take(mine)) {
          if (stopping) {
            --idle;
            --threads;
            changed.NotifyAll();
            return;
          }
          changed.WaitFor(mutex, milliseconds(60'000));
        }
        --idle;
      }
      mine->call.work();
      std::list<Running> finished;  // destroyed without the lock: it owns parts of plugins
      {
        MutexLock lock(mutex);
        finished.splice(finished.begin(), running, mine);
        busy.erase(LaneOf(mine->call));
        if (mine->abandoned) Returned(mine->call);
        changed.NotifyAll();
      }
      if (!mine->abandoned) mine->call.done(OkStatus());
      if (!mine->replaced) continue;
      finished.clear();  // before the pool's end may be told
      MutexLock lock(mutex);
      --slow;
      changed.NotifyAll();
      return;
    }
  }

  // The first queued call whose connector is free.
  bool Take(std::list<Running>::iterator& mine) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    for (auto it = queue.begin(); it != queue.end(); ++it) {
      const std::string& lane = LaneOf(*it);
      if (!lane.empty() && !busy.insert(lane).second) continue;
      const TimePoint now = options.clock->Now();
      const TimePoint deadline = now + it->deadline;
      running.push_back({std::move(*it), now, deadline});
      queue.erase(it);
      mine = std::prev(running.end());
      return true;
    }
    return false;
  }

  void Returned(const ConnectorCall& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    hung.erase(LaneOf(call));
    --abandoned;
    if (call.connector.empty()) return;
    const auto it = abandoned_of.find(call.connector);
    if (--it->second == 0) abandoned_of.erase(it);
  }

  // The calls that were queued behind one that hangs are taken along.
  void Abandon(Running& one, std::vector<Late>& late) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    one.abandoned = true;
    ++abandoned;
    late.push_back({std::move(one.call.done), std::move(one.call.on_abandon), Overdue(one.call)});
    if (!one.call.connector.empty()) ++abandoned_of[one.call.connector];
    const std::string& lane = LaneOf(one.call);
    if (lane.empty()) return;
    hung.insert(lane);
    for (auto it = queue.begin(); it != queue.end();) {
      if (LaneOf(*it) != lane) {
        ++it;
        continue;
      }
      late.push_back({std::move(it->done), nullptr, Overdue(one.call)});
      it = queue.erase(it);
    }
  }

  // Another thread takes the place of one whose call takes long.
  void Replace(Running& one) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    one.replaced = true;
    ++slow;
    --threads;
  }

  // Why a call cannot even be queued; OK if it can.
  Status Admit(const ConnectorCall& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    if (stopping) return Refused(call, "the worker is shutting down");
    const auto hang = abandoned_of.find(call.connector);
    const bool many = hang != abandoned_of.end() && hang->second >= options.abandoned_of_one_max;
    if (many || hung.contains(LaneOf(call))) {
      return Refused(call,
                     "an earlier call has not returned yet and was abandoned; the plugin hangs. "
                     "Try again once it has returned, or restart the worker");
    }
    if (abandoned >= options.abandoned_max) {
      return Refused(call, StrCat(abandoned,
                                  " calls on connectors hang on this worker, which is "
                                  "the most that it bears; restart it"));
    }
    if (static_cast<int>(queue.size()) >= options.queued_max) {
      return Refused(call, "too many calls wait already");
    }
    return OkStatus();
  }

  // Error: the system has no thread. What is queued waits for another one; Sweep tries again.
  Status AddThread() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    SLUICE_RETURN_IF_ERROR(StartThread([core = shared_from_this()] { core->ThreadMain(); }));
    ++threads;
    return OkStatus();
  }

  Status StartThread(std::function<void()> work) const {
    try {
      if (options.start_thread) {
        options.start_thread(std::move(work));
      } else {
        std::thread(std::move(work)).detach();
      }
      return OkStatus();
    } catch (const std::system_error& error) {
      return ConnectError(StrCat("this worker gets no thread from the system (", error.what(),
                                 "). Raise its limit (ulimit -u, TasksMax, the pids limit of its "
                                 "container), or give it fewer connectors and tasks"));
    }
  }
};

ConnectorPool::ConnectorPool(ConnectorPoolOptions options)
    : core_(std::make_shared<Core>(std::move(options))) {}

ConnectorPool::~ConnectorPool() {
  std::deque<ConnectorCall> refused;
  {
    MutexLock lock(core_->mutex);
    core_->stopping = true;
    refused.swap(core_->queue);
    core_->changed.NotifyAll();
  }
  for (ConnectorCall& call : refused) call.done(Refused(call, "the worker is shutting down"));
  while (true) {
    Sweep();
    MutexLock lock(core_->mutex);
    if (core_->threads == 0 && core_->slow == core_->abandoned) return;
    core_->changed.WaitFor(core_->mutex, milliseconds(50));
  }
}

void ConnectorPool::Run(ConnectorCall call) {
  Status admitted;
  {
    MutexLock lock(core_->mutex);
    admitted = core_->Admit(call);
    if (admitted.ok()) {
      core_->queue.push_back(std::move(call));
      const bool starved = core_->idle < static_cast<int>(core_->queue.size());
      if (starved && core_->threads < core_->options.threads_max) {
        const Status added = core_->AddThread();
        if (!added.ok() && core_->threads == 0) {  // nobody would ever take it
          call = std::move(core_->queue.back());
          core_->queue.pop_back();
          admitted = Refused(call, Message(added));
        }
      }
      core_->changed.NotifyAll();
    }
  }
  if (!admitted.ok()) call.done(admitted);
}

void ConnectorPool::Sweep() {
  std::vector<Late> late;
  Status added;
  {
    MutexLock lock(core_->mutex);
    const TimePoint now = core_->options.clock->Now();
    for (Running& one : core_->running) {
      const bool is_slow = now >= one.began + core_->options.slow_after;
      const bool late_now = !one.abandoned && now >= one.deadline;
      if (!one.replaced && (late_now || (is_slow && core_->slow < core_->options.abandoned_max))) {
        core_->Replace(one);
      }
      if (late_now) core_->Abandon(one, late);
    }
    if (!core_->queue.empty() && core_->idle == 0 && core_->threads < core_->options.threads_max &&
        !core_->stopping) {
      added = core_->AddThread();
    }
    core_->changed.NotifyAll();
  }
  if (!added.ok()) LogError("herder", "Calls on connectors wait: ", Message(added));
  for (Late& one : late) {
    LogError("herder", Message(one.error));
    if (one.on_abandon) one.on_abandon();
    one.done(one.error);
  }
}

bool ConnectorPool::Aside(std::function<void()> work) {
  const Status started = core_->StartThread(std::move(work));
  if (!started.ok()) LogError("herder", "Nothing is done beside a call: ", Message(started));
  return started.ok();
}

int ConnectorPool::abandoned() const {
  MutexLock lock(core_->mutex);
  return core_->abandoned;
}

}  // namespace sluice::herder

// Calls on connectors: validate, start, stop, task configs. They may run any code of a plugin and
// take any time, so they run on threads of their own, one at a time in each lane (an instance of a
// connector), each with a deadline. A call that passes it is abandoned, and until it returns every
// later one in that lane fails at once with a text that says so. The thread of a call that takes
// longer than a moment is replaced before that, so that slow plugins hold up no others.
//
// ConnectorCalls is the interface, so that the herder's tests need no threads.
#ifndef SLUICE_RUNTIME_HERDER_CONNECTOR_POOL_H_
#define SLUICE_RUNTIME_HERDER_CONNECTOR_POOL_H_

#include <functional>
#include <memory>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"

namespace sluice::herder {

struct ConnectorCall {
  std::string connector;          // for errors, and how many may hang; empty: of none
  std::string what;               // for errors: "start"
  milliseconds deadline{60'000};  // from when the work begins
  // The work owns (shares) all that it uses: an abandoned call may return at any time later.
  std::function<void()> work;
  // Once, on a thread of the pool. OK: the work has returned. Error: it was not begun, or is
  // abandoned.
  std::function<void(Status)> done;
  std::function<void()> on_abandon;  // asks the plugin to give up; may be empty
  std::string lane = {};             // calls of one never overlap; empty: the connector's name
};

class ConnectorCalls {
 public:
  virtual ~ConnectorCalls() = default;
  virtual void Run(ConnectorCall call) = 0;
  // Plugin code that must not wait for a call that runs, since it is to end it: on a thread of its
  // own, which nobody waits for. `work` owns all that it touches. False: there is no thread to be
  // had, and nothing is run.
  virtual bool Aside(std::function<void()> work) = 0;
};

struct ConnectorPoolOptions {
  int threads_max = 8;             // without those of slow and of abandoned calls
  milliseconds slow_after{1'000};  // then a call's thread is replaced
  int abandoned_max = 64;          // then every call is refused; also the most slow ones
  int abandoned_of_one_max = 8;    // of one connector: then its calls are refused
  int queued_max = 20'000;
  Clock* clock = &Clock::System();
  // Runs work on a new thread; throws std::system_error if there is none. Empty: a real one.
  std::function<void(std::function<void()>)> start_thread = {};
};

class ConnectorPool : public ConnectorCalls {
 public:
  explicit ConnectorPool(ConnectorPoolOptions options);
  // Waits for the calls that run, up to their deadlines; queued ones are refused. The threads of
  // abandoned calls are left to themselves.
  ~ConnectorPool() override;
  void Run(ConnectorCall call) override;
  bool Aside(std::function<void()> work) override;  // any thread
  // Abandons the calls whose time is over. Called every second or so, any thread.
  void Sweep();
  // Calls that were abandoned and have not returned: with any, the process must end by _exit.
  int abandoned() const;

 private:
  struct Core;
  const std::shared_ptr<Core> core_;  // shared with the threads, which may outlive the pool
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_CONNECTOR_POOL_H_

// What is being done, in a sentence for people whose request was not answered in time: the peer's
// TickThreadStage. A worker has one for its herder's thread, and each REST request has its own,
// which goes with it from thread to thread: whoever works for a request holds a StageScope, and
// whoever hands its work on takes StageScope::Current() along.
//
// A Stage is thread-safe.
#ifndef SLUICE_RUNTIME_BASE_STAGE_H_
#define SLUICE_RUNTIME_BASE_STAGE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"

namespace sluice {

class Stage {
 public:
  explicit Stage(Clock& clock = Clock::System()) : clock_(clock) {}
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // `reading to the end of the config topic`. Takes the place of what was before.
  void Begin(std::string description);
  void End();
  bool running() const;
  std::string Sentence() const;  // "" if nothing ever began

 private:
  Clock& clock_;
  mutable Mutex mutex_;
  std::string description_ ABSL_GUARDED_BY(mutex_);
  int64_t began_ms_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t ended_ms_ ABSL_GUARDED_BY(mutex_) = 0;  // 0: it goes on
};

// This thread works for the request whose stage this is (null: for none), until the end of the
// scope.
class StageScope {
 public:
  explicit StageScope(std::shared_ptr<Stage> stage);
  ~StageScope();
  StageScope(const StageScope&) = delete;
  StageScope& operator=(const StageScope&) = delete;

  static std::shared_ptr<Stage> Current();     // may be null
  static void Begin(std::string description);  // of the current one, if there is one
  static void End();

 private:
  std::shared_ptr<Stage> previous_;
};

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_STAGE_H_

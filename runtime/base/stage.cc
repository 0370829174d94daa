#include "runtime/base/stage.h"

#include <cstdio>
#include <ctime>
#include <utility>

#include "runtime/base/text.h"

namespace sluice {
namespace {

std::string IsoInstant(int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  const size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(ms % 1000));
  return text;
}

std::shared_ptr<Stage>& OfThisThread() {
  thread_local std::shared_ptr<Stage> current;
  return current;
}

}  // namespace

void Stage::Begin(std::string description) {
  MutexLock lock(mutex_);
  description_ = std::move(description);
  began_ms_ = clock_.WallMillis();
  ended_ms_ = 0;
}

void Stage::End() {
  MutexLock lock(mutex_);
  ended_ms_ = clock_.WallMillis();
}

bool Stage::running() const {
  MutexLock lock(mutex_);
  return !description_.empty() && ended_ms_ == 0;
}

std::string Stage::Sentence() const {
  MutexLock lock(mutex_);
  if (description_.empty()) return {};
  if (ended_ms_ == 0) {
    return StrCat("The worker is currently ", description_, ", which began at ",
                  IsoInstant(began_ms_), ".");
  }
  return StrCat("The last operation the worker completed was ", description_, ", which began at ",
                IsoInstant(began_ms_), " and completed at ", IsoInstant(ended_ms_), ".");
}

StageScope::StageScope(std::shared_ptr<Stage> stage)
    : previous_(std::exchange(OfThisThread(), std::move(stage))) {}

StageScope::~StageScope() { OfThisThread() = std::move(previous_); }

std::shared_ptr<Stage> StageScope::Current() { return OfThisThread(); }

void StageScope::Begin(std::string description) {
  if (Stage* stage = OfThisThread().get()) stage->Begin(std::move(description));
}

void StageScope::End() {
  if (Stage* stage = OfThisThread().get()) stage->End();
}

}  // namespace sluice

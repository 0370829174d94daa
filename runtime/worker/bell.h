// What main waits on: SIGTERM, SIGINT, and other threads that have news for it. One per process.
#ifndef SLUICE_RUNTIME_WORKER_BELL_H_
#define SLUICE_RUNTIME_WORKER_BELL_H_

#include "runtime/base/clock.h"

namespace sluice::worker {

class Bell {
 public:
  Bell();  // takes the signals over; later ones of either kind change nothing
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  void Ring() const;  // any thread
  // Until somebody rings, a signal arrives, or `time` is over.
  void Wait(milliseconds time) const;
  bool stop_requested() const;  // a signal has arrived

 private:
  int fd_;  // an eventfd, open for ever
};

}  // namespace sluice::worker

#endif  // SLUICE_RUNTIME_WORKER_BELL_H_

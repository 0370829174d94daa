// Which fault the environment asks for; none: a plugin without one. The plugin is right in all
// else, so that exactly one check may fail.
#ifndef TESTS_CONFORMANCE_FAULTY_FAULT_H_
#define TESTS_CONFORMANCE_FAULTY_FAULT_H_

#include <fcntl.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace sluice::faulty {

inline bool Has(std::string_view fault) {
  static const char* const asked = std::getenv("CONFORMANCE_FAULT");
  return asked != nullptr && fault == asked;
}

[[noreturn]] inline void WaitForEver() {
  while (true) pause();
}

// What a task takes when it starts, and never gives back.
inline void Leak() {
  if (Has("leaks_thread")) std::thread(WaitForEver).detach();
  if (Has("leaks_descriptor")) (void)!open("/dev/null", O_RDONLY);
  if (Has("leaks_memory")) {
    constexpr size_t kSize = 1 << 20;
    static char* volatile last = nullptr;
    last = new char[kSize];
    std::memset(last, 1, kSize);
  }
}

inline bool IsOutage(const std::string& dir) {
  return access((dir + "/outage").c_str(), F_OK) == 0;
}

}  // namespace sluice::faulty

#endif  // TESTS_CONFORMANCE_FAULTY_FAULT_H_

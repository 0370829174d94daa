// An identity provider for tests: answers one request after the other, each on a connection of its
// own, with the texts that it was given; the last one for ever.
#ifndef SLUICE_RUNTIME_OAUTH_FAKE_PROVIDER_H_
#define SLUICE_RUNTIME_OAUTH_FAKE_PROVIDER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "runtime/base/mutex.h"

namespace sluice::oauth {

inline constexpr char kHttpOk[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

class FakeProvider {
 public:
  explicit FakeProvider(std::vector<std::string> answers);
  ~FakeProvider();
  FakeProvider(const FakeProvider&) = delete;
  FakeProvider& operator=(const FakeProvider&) = delete;

  std::string url() const;
  // All so far.
  std::vector<std::string> Requests() const;
  // False: there were not so many within 30 s.
  bool WaitFor(size_t requests) const;

 private:
  void Serve();

  const std::vector<std::string> answers_;
  int listener_ = -1;
  uint16_t port_ = 0;
  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace sluice::oauth

#endif  // SLUICE_RUNTIME_OAUTH_FAKE_PROVIDER_H_

// A client for tests: answers are what a function of the test makes of each request, at once or
// when the test says so. Waiting turns the test's clock instead. One thread.
#ifndef SLUICE_CONNECTORS_HTTP_FAKE_CLIENT_H_
#define SLUICE_CONNECTORS_HTTP_FAKE_CLIENT_H_

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "connectors/http/client.h"

namespace sluice::http {

inline Outcome Answer(int status, std::string body = "", Headers headers = {}) {
  Outcome outcome;
  outcome.result = Result::kAnswered;
  outcome.status = status;
  outcome.body = std::move(body);
  outcome.headers = std::move(headers);
  return outcome;
}
inline Outcome Away(Result result = Result::kAway) {
  Outcome outcome;
  outcome.result = result;
  outcome.error = "http://fake:80: Connection refused";
  return outcome;
}

struct FakeClock {
  std::chrono::steady_clock::time_point now{};
  std::function<std::chrono::steady_clock::time_point()> reader() {
    return [this] { return now; };
  }
};

class FakeClient : public Client {
 public:
  explicit FakeClient(FakeClock& clock, size_t slots = 1) : clock_(clock), slots_(slots) {}

  // What a request is answered with; 200 unless set.
  std::function<Outcome(const Request&)> on_request = [](const Request&) { return Answer(200); };
  bool hold = false;              // nothing is answered
  std::vector<Request> requests;  // all that came
  size_t most_under_way = 0;
  size_t wakes = 0;

  size_t slots() const override { return slots_; }
  size_t under_way() const override { return pending_.size(); }
  void Send(uint64_t id, Request request) override {
    if (pending_.size() >= slots_) throw std::runtime_error("more requests than slots");
    requests.push_back(request);
    pending_.emplace_back(id, std::move(request));
    most_under_way = std::max(most_under_way, pending_.size());
  }
  // The last one that began ends first: whoever needs an order has to see to it.
  std::optional<Done> Next(std::chrono::milliseconds wait) override {
    if (hold || pending_.empty()) {
      clock_.now += wait;
      return std::nullopt;
    }
    auto [id, request] = std::move(pending_.back());
    pending_.pop_back();
    return Done{id, on_request(request)};
  }
  void Cancel() override { pending_.clear(); }
  void Wake() override { ++wakes; }

  std::vector<std::string> bodies() const {
    std::vector<std::string> all;
    for (const Request& request : requests) all.push_back(request.body);
    return all;
  }

 private:
  FakeClock& clock_;
  const size_t slots_;
  std::deque<std::pair<uint64_t, Request>> pending_;
};

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_FAKE_CLIENT_H_

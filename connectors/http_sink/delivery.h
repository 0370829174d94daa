// Delivers the records of one put, over several calls if need be. Records are spread over lanes by
// topic, partition and key; each lane has one request under way at a time, so that records of a key
// keep their order, and there are as many lanes as connections. In a lane, records that follow each
// other and go to the same target share a request, up to the batch's bounds.
//
// done: its records are settled.
// may pass: it is tried again after a back-off, at its lane's head; the other lanes go on.
// refused: several records are halved, the left half first, so that nothing that was taken is sent
// again and all keep their order; one is rejected. Those that are refused alone are held back until
// the server takes one of the same request. If it takes none of them all, or of the first
// kRefusedMost, the fault is hardly theirs: the task fails, and none is rejected.
// all else: the task fails.
//
// What was settled stays settled while the same put comes again. One thread, but for Stop.
#ifndef SLUICE_CONNECTORS_HTTP_SINK_DELIVERY_H_
#define SLUICE_CONNECTORS_HTTP_SINK_DELIVERY_H_

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "connectors/http/authorization.h"
#include "connectors/http/client.h"
#include "connectors/http/retry.h"
#include "connectors/http_sink/renderer.h"
#include "connectors/http_sink/sink_config.h"
#include "connectors/http_sink/verdict.h"
#include "connectors/sdk/logger.h"

namespace sluice::http_sink {

// A record to be sent. Its part of the body is body[begin, end).
struct Item {
  uint32_t index = 0;  // in the put
  // Its place in Kafka.
  std::shared_ptr<const std::string> topic;
  int32_t partition = 0;
  int64_t offset = 0;
  size_t lane = 0;  // any number
  TargetPtr target;
  size_t begin = 0, end = 0;
};

class Delivery {
 public:
  // So many records of a request may be refused alone before one is taken.
  static constexpr size_t kRefusedMost = 100;

  struct Rejected {
    uint32_t index;
    std::string why;
    uint32_t item = 0;  // its number in the work
  };

  Delivery(const SinkConfig& config, http::Client& client, http::Authorization& authorization,
           http::Now now, sdk::Logger log);

  // New work; what was there before is dropped.
  void Begin(std::vector<Item> items, std::string body);
  void Drop();
  // Works for `most` at most. Nothing: all is settled. Else: nothing can be done for so long; call
  // again then. Throws DataException (a record is bad, and none may be rejected), ConnectException
  // (the task cannot go on); then the work is dropped.
  std::optional<std::chrono::milliseconds> Run(std::chrono::milliseconds most);
  // Records that are settled by not being delivered, in the order of their verdicts.
  const std::vector<Rejected>& rejected() const { return rejected_; }
  // What is settled so far: calls look(const Item&, const std::string* why) for each; `why` is null
  // unless it was rejected.
  template <typename Look>
  void EachSettled(Look&& look) const {
    for (uint32_t number : taken_) look(items_[number], nullptr);
    for (const Rejected& one : rejected_) look(items_[one.item], &one.why);
  }
  const std::vector<Item>& items() const { return items_; }
  // Why Run wants to be called again.
  const std::string& waiting_for() const { return waiting_for_; }
  // Any thread: nothing new is begun, and Run ends soon.
  void Stop();
  bool stopping() const { return stopping_; }

 private:
  struct Family;
  struct Job {
    std::vector<uint32_t> items;
    std::shared_ptr<Family> family;
  };
  // Of the requests that one was halved into.
  struct Family {
    size_t open = 0;                                        // records without a verdict
    bool taken = false;                                     // the server takes some
    std::vector<std::pair<uint32_t, std::string>> refused;  // until then: records, and why
  };
  struct Lane {
    std::deque<Job> jobs;
    bool busy = false;
    http::TimePoint not_before{};
    int64_t failures = 0;  // of the job at the head
    bool renewed = false;  // it was sent with a fresh token
    bool warned = false;   // the log has a warning of it
    std::string token;     // that it was sent with
  };

  void MakeJobs();
  // `most`: how long it may be waited for a token.
  void StartJobs(std::chrono::milliseconds most);
  bool StartJob(size_t number, std::chrono::milliseconds most);
  http::Request MakeRequest(const Job& job);
  std::string IdempotencyKey(const Job& job) const;
  void Settle(size_t number, const http::Outcome& outcome);
  void Taken(Lane& lane);
  void TryAgain(Lane& lane, const http::Outcome& outcome, const std::string& what);
  void TryAgainAfter(Lane& lane, std::chrono::milliseconds time, const std::string& what);
  void GiveUp(Lane& lane, const std::string& what);
  void Refused(Lane& lane, const std::string& what, bool too_large);
  void RefusedAlone(Lane& lane, const std::string& what, bool too_large);
  void EndJob(Lane& lane);
  void Judge(Family& family);
  void RefusedHost(Lane& lane, const std::string& what);
  void CheckTolerance(const Job& job, const std::string& what) const;
  void Reject(const std::vector<uint32_t>& items, const std::string& what);
  void Halve(Lane& lane);
  void NextJob(Lane& lane);
  void LeaveOut(const std::vector<uint32_t>& items, const std::string& what);
  std::string Describe(const Job& job, const http::Outcome& outcome,
                       const std::string& token) const;
  std::string NameOf(const Job& job) const;
  bool finished() const;
  std::chrono::milliseconds UntilNextStart(http::TimePoint now) const;

  const SinkConfig& config_;
  http::Client& client_;
  http::Authorization& authorization_;
  const http::Now now_;
  const sdk::Logger log_;
  std::minstd_rand random_;
  std::atomic<bool> stopping_{false};

  std::vector<Item> items_;
  std::string body_;
  std::vector<Lane> lanes_;
  std::vector<uint32_t> taken_;  // or left out
  std::vector<Rejected> rejected_;
  std::string waiting_for_;
  bool waits_for_token_ = false;  // without it nothing more is begun
};

}  // namespace sluice::http_sink

#endif  // SLUICE_CONNECTORS_HTTP_SINK_DELIVERY_H_

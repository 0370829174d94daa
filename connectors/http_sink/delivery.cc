#include "connectors/http_sink/delivery.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "connectors/http/text.h"
#include "connectors/http_sink/place_hash.h"

namespace sluice::http_sink {
namespace {

using http::Outcome;
using http::TimePoint;
using sdk::ConnectException;
using std::chrono::milliseconds;

// What is under way when a stop comes may end for so long; then it is dropped, and comes again.
constexpr milliseconds kStopGrace{3000};
constexpr milliseconds kLookAgain{200};
// While other requests are under way a token is looked for so often.
constexpr milliseconds kTokenLook{20};

}  // namespace

Delivery::Delivery(const SinkConfig& config, http::Client& client,
                   http::Authorization& authorization, http::Now now, sdk::Logger log)
    : config_(config),
      client_(client),
      authorization_(authorization),
      now_(std::move(now)),
      log_(log),
      random_(std::random_device{}()),
      lanes_(client.slots()) {}

void Delivery::Stop() {
  stopping_ = true;
  client_.Wake();
  authorization_.Wake();
}

void Delivery::Drop() {
  client_.Cancel();
  items_.clear();
  body_.clear();
  if (body_.capacity() > (4 << 20)) body_.shrink_to_fit();
  taken_.clear();
  rejected_.clear();
  waiting_for_.clear();
  lanes_.assign(client_.slots(), Lane());
}

void Delivery::Begin(std::vector<Item> items, std::string body) {
  Drop();
  items_ = std::move(items);
  body_ = std::move(body);
  MakeJobs();
}

void Delivery::MakeJobs() {
  const Batching& batching = config_.batching;
  std::vector<size_t> bytes(lanes_.size(), 0);
  for (uint32_t i = 0; i < items_.size(); ++i) {
    const Item& item = items_[i];
    const size_t number = item.lane % lanes_.size();
    std::deque<Job>& jobs = lanes_[number].jobs;
    const size_t size = item.end - item.begin;
    bool joins = batching.enabled && !jobs.empty() && item.target->method != "DELETE";
    if (joins) {
      const Job& last = jobs.back();
      const TargetPtr& target = items_[last.items[0]].target;
      joins = last.items.size() < batching.records &&
              bytes[number] + batching.separator.size() + size <= batching.bytes &&
              (target == item.target || *target == *item.target);
    }
    if (joins) {
      jobs.back().items.push_back(i);
      bytes[number] += batching.separator.size() + size;
    } else {
      jobs.push_back({{i}, nullptr});
      bytes[number] = batching.prefix.size() + size + batching.suffix.size();
    }
  }
}

bool Delivery::finished() const {
  return std::all_of(lanes_.begin(), lanes_.end(),
                     [](const Lane& lane) { return lane.jobs.empty(); });
}

milliseconds Delivery::UntilNextStart(TimePoint now) const {
  milliseconds least{86'400'000};
  for (const Lane& lane : lanes_) {
    if (lane.jobs.empty() || lane.busy) continue;
    least = std::min(least, std::chrono::ceil<milliseconds>(lane.not_before - now));
  }
  return std::max(least, milliseconds(0));
}

std::optional<milliseconds> Delivery::Run(milliseconds most) {
  const TimePoint began = now_();
  const auto left_of = [&] {
    return most - std::chrono::duration_cast<milliseconds>(now_() - began);
  };
  std::optional<TimePoint> stopped_at;
  try {
    while (!finished()) {
      const TimePoint now = now_();
      if (stopping_) {
        if (!stopped_at) stopped_at = now;
        if (client_.under_way() == 0 || now - *stopped_at >= kStopGrace) {
          waiting_for_ = "the task is being stopped";
          return milliseconds(0);
        }
      } else {
        StartJobs(std::max(left_of(), milliseconds(0)));
      }
      if (client_.under_way() == 0 && !waits_for_token_) {
        if (stopping_) continue;
        const milliseconds wait = UntilNextStart(now_());
        if (wait > milliseconds(0)) return wait;
        continue;
      }
      const milliseconds left = left_of();
      if (left <= milliseconds(0) && !stopping_) {
        waiting_for_ = waits_for_token_ ? "an OAuth2 token is still being fetched"
                                        : "requests are still under way";
        return milliseconds(0);
      }
      if (client_.under_way() == 0) continue;
      const milliseconds next = waits_for_token_ ? kTokenLook : UntilNextStart(now_());
      const milliseconds wait = stopping_ ? kLookAgain : std::min(left, next);
      if (std::optional<http::Client::Done> done = client_.Next(std::max(wait, milliseconds(1)))) {
        Settle(static_cast<size_t>(done->id), done->outcome);
      }
    }
  } catch (...) {
    Drop();
    throw;
  }
  return std::nullopt;
}

void Delivery::StartJobs(milliseconds most) {
  waits_for_token_ = false;
  for (size_t number = 0; number < lanes_.size(); ++number) {
    Lane& lane = lanes_[number];
    if (lane.busy || lane.jobs.empty() || now_() < lane.not_before) continue;
    if (client_.under_way() >= client_.slots() || !StartJob(number, most)) return;
  }
}

// False: it could not be started, and neither could another.
bool Delivery::StartJob(size_t number, milliseconds most) {
  Lane& lane = lanes_[number];
  http::Request request = MakeRequest(lane.jobs.front());
  try {
    // Nobody waits for a token while there are answers to wait for.
    std::optional<std::string> token =
        authorization_.Set(request.headers, client_.under_way() > 0 ? milliseconds(0) : most);
    if (!token) {
      waits_for_token_ = true;
      return false;
    }
    lane.token = *std::move(token);
  } catch (const sdk::RetriableException& error) {
    if (stopping_) return false;
    if (config_.retries.UsedUp(++lane.failures)) {
      throw ConnectException("Gave up after max.retries=", config_.retries.max_retries,
                             " retries: ", error.what());
    }
    const milliseconds time =
        config_.retries.backoff.Before(lane.failures, authorization_.retry_after(), random_);
    for (Lane& each : lanes_) {  // they need a token, too
      if (!each.busy) each.not_before = std::max(each.not_before, now_() + time);
    }
    TryAgainAfter(lane, time, error.what());
    return false;
  }
  client_.Send(number, std::move(request));
  lane.busy = true;
  log_.Count("requests");
  return true;
}

http::Request Delivery::MakeRequest(const Job& job) {
  const Item& first = items_[job.items[0]];
  http::Request request;
  request.method = first.target->method;
  request.url = first.target->url;
  request.headers = first.target->headers;
  if (config_.idempotency_key) {
    http::SetHeader(request.headers, "Idempotency-Key", IdempotencyKey(job));
  }
  if (request.method == "DELETE") return request;
  if (!config_.batching.enabled) {
    request.body = body_.substr(first.begin, first.end - first.begin);
    return request;
  }
  const Batching& batching = config_.batching;
  request.body = batching.prefix;
  for (size_t i = 0; i < job.items.size(); ++i) {
    const Item& item = items_[job.items[i]];
    if (i > 0) request.body += batching.separator;
    request.body.append(body_, item.begin, item.end - item.begin);
  }
  request.body += batching.suffix;
  return request;
}

// Where the first record and the count are the same the others need not be: partitions are mixed in
// another way each time. The hash is of all of them.
std::string Delivery::IdempotencyKey(const Job& job) const {
  const Item& first = items_[job.items[0]];
  std::string key = sdk::Cat(*first.topic, "-", first.partition, "-", first.offset);
  if (job.items.size() == 1) return key;
  PlaceHash hash;
  for (uint32_t number : job.items) {
    const Item& item = items_[number];
    hash.Add(*item.topic).Add(item.partition).Add(item.offset);
  }
  char hex[16];
  const auto [end, error] = std::to_chars(hex, hex + sizeof hex, hash.value(), 16);
  return key + sdk::Cat("+", job.items.size(), "-", std::string(hex, end));
}

void Delivery::Settle(size_t number, const Outcome& outcome) {
  Lane& lane = lanes_[number];
  lane.busy = false;
  const std::string token = std::exchange(lane.token, "");
  if (outcome.answered() && !outcome.ok() && authorization_.Refused(outcome.status, token) &&
      !std::exchange(lane.renewed, true)) {
    log_.Info("The OAuth2 token was refused with ", outcome.status, "; another one is fetched");
    return;  // it is started again at once
  }
  const Job& job = lane.jobs.front();
  const Verdict verdict = VerdictOf(outcome, config_, items_[job.items[0]].target->method);
  if (verdict == Verdict::kDone) return Taken(lane);
  const std::string what = Describe(job, outcome, token);
  switch (verdict) {
    case Verdict::kRetry:
      return TryAgain(lane, outcome, what);
    case Verdict::kGiveUp:
      return GiveUp(lane, what);
    case Verdict::kTooLarge:
      if (job.items.size() > 1) return Halve(lane);
      return Refused(lane, what, true);
    case Verdict::kRecord:
      return Refused(lane, what, false);
    case Verdict::kHost:
      return RefusedHost(lane, what);
    default:
      throw ConnectException(what);
  }
}

void Delivery::Taken(Lane& lane) {
  const Job& job = lane.jobs.front();
  if (job.family != nullptr) job.family->taken = true;
  taken_.insert(taken_.end(), job.items.begin(), job.items.end());
  log_.Count("records-sent", static_cast<double>(job.items.size()));
  EndJob(lane);
}

// Its records have their verdicts.
void Delivery::EndJob(Lane& lane) {
  const Job job = std::move(lane.jobs.front());
  NextJob(lane);
  if (job.family == nullptr) return;
  job.family->open -= job.items.size();
  Judge(*job.family);
}

void Delivery::NextJob(Lane& lane) {
  lane.jobs.pop_front();
  lane.failures = 0;
  lane.renewed = false;
  lane.warned = false;
  lane.not_before = TimePoint{};
}

void Delivery::TryAgain(Lane& lane, const Outcome& outcome, const std::string& what) {
  const http::RetryOptions& retries = config_.retries;
  if (!retries.backoff.IsLimit(outcome)) ++lane.failures;
  if (retries.UsedUp(lane.failures)) {
    const std::string text =
        sdk::Cat("Gave up after max.retries=", retries.max_retries, " retries: ", what);
    // Elsewhere the host is the configuration's, and all records wait for it.
    if (outcome.no_such_host && config_.origin.empty()) return RefusedHost(lane, text);
    return GiveUp(lane, text);
  }
  const milliseconds time = retries.backoff.Before(std::max<int64_t>(lane.failures, 1),
                                                   http::RetryAfterOf(outcome), random_);
  TryAgainAfter(lane, time, what);
}

// No record is to blame.
void Delivery::GiveUp(Lane& lane, const std::string& what) {
  if (config_.on_error == ErrorBehavior::kFail) throw ConnectException(what);
  LeaveOut(lane.jobs.front().items, what);
  EndJob(lane);
}

void Delivery::TryAgainAfter(Lane& lane, milliseconds time, const std::string& what) {
  lane.not_before = now_() + time;
  lane.renewed = false;
  waiting_for_ = what;
  log_.Count("request-retries");
  // The first says it; those that follow are many.
  if (!std::exchange(lane.warned, true)) {
    log_.Warn("A request failed and will be tried again in ", time.count(), " ms: ", what);
  } else {
    log_.Debug("A request failed again and will be tried again in ", time.count(), " ms: ", what);
  }
}

void Delivery::CheckTolerance(const Job& job, const std::string& what) const {
  if (config_.on_error != ErrorBehavior::kFail || config_.tolerant) return;
  throw sdk::DataException(
      what, job.items.size() > 1 ? ". errors.tolerance=all finds the records to blame" : "");
}

void Delivery::Refused(Lane& lane, const std::string& what, bool too_large) {
  const Job& job = lane.jobs.front();
  CheckTolerance(job, what);
  if (job.items.size() > 1) return Halve(lane);
  RefusedAlone(lane, what, too_large);
}

// What is too large is so by itself, and says nothing of the others.
void Delivery::RefusedAlone(Lane& lane, const std::string& what, bool too_large) {
  const Job& job = lane.jobs.front();
  if (job.family != nullptr && !too_large) {
    job.family->refused.emplace_back(job.items[0], what);
  } else {
    Reject(job.items, what);
  }
  EndJob(lane);
}

// Whose fault the refusals are: the records', if the server takes others; one of them may be bad in
// any case.
void Delivery::Judge(Family& family) {
  const size_t count = family.refused.size();
  if (!family.taken && count < kRefusedMost && family.open > 0) return;  // not yet known
  if (!family.taken && count > 1) {
    throw ConnectException(family.open > 0 ? "The first " : "All ", count, " records of a refused ",
                           "request were refused alone, and none was taken; the fault is hardly ",
                           "theirs. If it is, batching.enabled=false takes each for itself. ",
                           family.refused[0].second);
  }
  for (const auto& [number, why] : family.refused) Reject({number}, why);
  family.refused.clear();
}

// All records of the job name it.
void Delivery::RefusedHost(Lane& lane, const std::string& what) {
  const Job& job = lane.jobs.front();
  CheckTolerance(job, what);
  Reject(job.items, what);
  EndJob(lane);
}

void Delivery::Reject(const std::vector<uint32_t>& items, const std::string& what) {
  if (config_.on_error != ErrorBehavior::kFail) return LeaveOut(items, what);
  for (uint32_t number : items) rejected_.push_back({items_[number].index, what, number});
  log_.Count("records-rejected", static_cast<double>(items.size()));
}

void Delivery::Halve(Lane& lane) {
  Job job = std::move(lane.jobs.front());
  NextJob(lane);
  if (job.family == nullptr) {
    job.family = std::make_shared<Family>();
    job.family->open = job.items.size();
  }
  const auto middle = job.items.begin() + static_cast<std::ptrdiff_t>((job.items.size() + 1) / 2);
  lane.jobs.push_front({{middle, job.items.end()}, job.family});
  lane.jobs.push_front({{job.items.begin(), middle}, job.family});
}

void Delivery::LeaveOut(const std::vector<uint32_t>& items, const std::string& what) {
  taken_.insert(taken_.end(), items.begin(), items.end());
  log_.Count("records-left-out", static_cast<double>(items.size()));
  if (config_.on_error == ErrorBehavior::kLog) {
    log_.Error("Left out by behavior.on.error=log: ", what);
  }
}

std::string Delivery::NameOf(const Job& job) const {
  const auto place = [](const Item& item) {
    return sdk::Cat(*item.topic, "-", item.partition, "@", item.offset);
  };
  const std::string first = place(items_[job.items[0]]);
  if (job.items.size() == 1) return sdk::Cat("The record ", first);
  return sdk::Cat("The ", job.items.size(), " records ", first, " to ",
                  place(items_[job.items.back()]));
}

std::string Delivery::Describe(const Job& job, const Outcome& outcome,
                               const std::string& token) const {
  if (!outcome.answered()) return sdk::Cat(NameOf(job), " could not be sent: ", outcome.error);
  std::string text = sdk::Cat(NameOf(job), ": ", items_[job.items[0]].target->method, " to ",
                              config_.origin.empty() ? "the server" : config_.origin,
                              " was answered with ", outcome.status);
  const std::string said = http::Snippet(outcome.body, authorization_.SecretsWith(token));
  if (!said.empty()) text += sdk::Cat(": ", said);
  return text;
}

}  // namespace sluice::http_sink

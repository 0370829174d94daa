#include "runtime/errors/dlq_reporter.h"

#include <algorithm>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::errors {
namespace {

constexpr milliseconds kAdminSlice{1000};
constexpr milliseconds kCreateSlice{5000};
constexpr int kPartitions = 1;
constexpr milliseconds kServeStep{20};
constexpr milliseconds kMakeDelay{1000};
constexpr milliseconds kRetryDelay{100};
constexpr int kRetryShiftMax = 6;
constexpr size_t kOwnTopicsMax = 4096;
constexpr std::string_view kNoTopic = "no-topic";  // a record whose connector named none

Status NotInitialized(const Status& cause, std::string_view topic) {
  return WrapConnect(cause, StrCat("Could not initialize dead letter queue with topic=", topic));
}

Status IsOwnTopic(std::string_view topic) {
  return ConnectError(StrCat("The DLQ topic '", topic,
                             "' is one that the connector's own records go to; dead letters need a "
                             "topic of their own"));
}

// Where a source's record goes, as far as it is known.
std::string_view OwnTopic(const Subject& subject) {
  const sluice_record* record = subject.current != nullptr ? subject.current : subject.source;
  return record == nullptr ? std::string_view() : abi::View(record->topic);
}

// What ${topic} stands for.
std::string_view TopicBefore(const Subject& subject) {
  if (subject.consumed != nullptr) return subject.consumed->topic;
  if (subject.source != nullptr && subject.source->topic.size > 0) {
    return abi::View(subject.source->topic);
  }
  const std::string_view own = OwnTopic(subject);
  return own.empty() ? kNoTopic : own;
}

bool IsTooLarge(const Status& status) {
  return ExceptionClass(status) == "org.apache.kafka.common.errors.RecordTooLargeException";
}

// Calls `ask` with a slice of `timeout` while it answers `pending`, so that a task that is to stop
// does not wait for a broker that is away.
template <typename Ask, typename Pending>
auto InSlices(milliseconds timeout, milliseconds slice_max, Waiter& waiter, const Ask& ask,
              const Pending& pending) -> decltype(ask(timeout)) {
  milliseconds slice = std::min(timeout, slice_max);
  auto answer = ask(slice);
  for (milliseconds left = timeout - slice; pending(answer) && left > milliseconds(0);
       left -= slice) {
    if (!waiter.Wait(milliseconds(0))) return StoppedError();
    slice = std::min(left, slice_max);
    answer = ask(slice);
  }
  return answer;
}

}  // namespace

struct DlqReporter::Pending {
  Pending(const Failure& failure, const LetterFormat& format, const std::string& to)
      : letter(failure, format), topic(to) {}

  Letter letter;
  const std::string& topic;  // in `topics_`
  size_t bytes = 0;          // counted
  int attempts = 0;
  bool postponed = false;
  TimePoint again_at{};
};

Status EnsureDlqTopic(std::string_view topic, int replication_factor, kafka::Admin& admin,
                      milliseconds timeout, Waiter& waiter) {
  const auto found = InSlices(
      timeout, kAdminSlice, waiter,
      [&](milliseconds slice) { return admin.DescribeTopic(topic, slice); },
      [](const auto& answer) { return !answer.ok() && IsRetriable(answer.status()); });
  if (!found.ok()) {
    return IsStopped(found.status()) ? found.status() : NotInitialized(found.status(), topic);
  }
  if (found->has_value()) return OkStatus();
  LogWarn("errors", "Topic ", topic, " doesn't exist. Will attempt to create topic.");
  kafka::NewTopic wanted;
  wanted.name = std::string(topic);
  wanted.partitions = kPartitions;
  wanted.replication_factor = replication_factor;
  const Status created = InSlices(
      timeout, kCreateSlice, waiter,
      [&](milliseconds slice) { return admin.CreateTopic(wanted, slice); },
      // Not all that is retriable: a replication factor that is too large stays so.
      [](const Status& answer) { return answer.code() == absl::StatusCode::kDeadlineExceeded; });
  if (created.ok() || created.code() == absl::StatusCode::kAlreadyExists) return OkStatus();
  return IsStopped(created) ? created : NotInitialized(created, topic);
}

DlqReporter::DlqReporter(DlqOptions options, DlqOutside outside, Clock& clock, Waiter& waiter)
    : options_(std::move(options)), outside_(std::move(outside)), clock_(clock), waiter_(waiter) {}

DlqReporter::~DlqReporter() = default;

Status DlqReporter::Failed(const Status& cause, std::string_view topic) const {
  const Status failed =
      WrapConnect(cause, StrCat("Could not produce message to dead letter queue. topic=", topic));
  if (!IsTooLarge(cause)) return failed;
  return WrapConnect(failed, StrCat(Message(failed),
                                    "; raise max.message.bytes of the topic, and "
                                    "producer.override.max.request.size if it is less"));
}

Status DlqReporter::Prepare() {
  if (!options_.topic.fixed()) return OkStatus();
  return TopicOf({Stage::kTaskPoll, {}, OkStatus(), 1, {}}).status();
}

StatusOr<const std::string*> DlqReporter::TopicOf(const Failure& failure) {
  if (options_.topic.fixed() && !topics_.empty()) [[likely]]
    return &*topics_.begin();
  scratch_.clear();
  options_.topic.AppendName(scratch_, TopicBefore(failure.subject), StageName(failure.stage));
  if (const auto known = topics_.find(scratch_); known != topics_.end()) return &*known;
  return NewTopic(scratch_);
}

StatusOr<const std::string*> DlqReporter::NewTopic(std::string name) {
  if (topics_.size() >= options_.topics_max) {
    return ConnectError(StrCat("The dead letter queue has ", topics_.size(),
                               " topics, and may have no more; the next would be ", name,
                               ". Use fewer variables in ", config::kDlqTopicKey));
  }
  if (Status valid = config::CheckTopicName(name); !valid.ok()) {
    return NotInitialized(valid, name);
  }
  if (outside_.check_topic) SLUICE_RETURN_IF_ERROR(outside_.check_topic(name));
  if (own_topics_.count(name) > 0) return IsOwnTopic(name);
  if (outside_.make_topic) SLUICE_RETURN_IF_ERROR(outside_.make_topic(name, waiter_));
  return &*topics_.insert(std::move(name)).first;
}

// Of a name that does not depend on the record it is known before the first letter.
Status DlqReporter::NoteOwnTopic(std::string_view topic) {
  if (topics_.find(topic) != topics_.end()) return IsOwnTopic(topic);
  if (options_.topic.fixed()) {
    return options_.topic.Name("", "") == topic ? IsOwnTopic(topic) : OkStatus();
  }
  if (own_topics_.find(topic) != own_topics_.end()) return OkStatus();
  if (own_topics_.size() >= kOwnTopicsMax) own_topics_.clear();
  own_topics_.emplace(topic);
  return OkStatus();
}

Status DlqReporter::NeedProducer() {
  if (producer_ != nullptr) return OkStatus();
  auto made = outside_.make_producer();
  while (!made.ok() && IsRetriable(made.status())) {
    if (!waiter_.Wait(kMakeDelay)) return StoppedError();
    if (producer_ != nullptr) return OkStatus();  // made meanwhile
    made = outside_.make_producer();
  }
  SLUICE_RETURN_IF_ERROR(made.status());
  producer_ = *std::move(made);
  return OkStatus();
}

Status DlqReporter::Report(const Failure& failure) {
  if (!broken_.ok()) return broken_;
  if (counts_ != nullptr) ++counts_->dead_letters;
  const Subject& subject = failure.subject;
  if (const std::string_view own = OwnTopic(subject); !own.empty()) {
    if (Status apart = NoteOwnTopic(own); !apart.ok()) return broken_ = apart;
  }
  const auto topic = TopicOf(failure);
  if (!topic.ok()) return IsStopped(topic.status()) ? topic.status() : broken_ = topic.status();
  if (subject.consumed == nullptr && (subject.source == nullptr || !options_.format.write_record)) {
    return Failed(ConnectError("the failed record has no consumed original"), **topic);
  }
  if (Status made = NeedProducer(); !made.ok()) {
    return IsStopped(made) ? made : broken_ = Failed(made, **topic);
  }
  auto letter = std::make_unique<Pending>(failure, options_.format, **topic);
  letter->bytes = letter->letter.size();
  SLUICE_RETURN_IF_ERROR(MakeRoom(letter->bytes));
  const uint64_t tag = next_tag_++;
  pending_bytes_ += letter->bytes;
  Pending& kept = *(letters_[tag] = std::move(letter));
  Status sent = Send(tag, kept);
  if (!sent.ok() && IsStopped(sent)) {  // never handed over, so nobody will acknowledge it
    pending_bytes_ -= kept.bytes;
    letters_.erase(tag);
  }
  return sent;
}

// A letter larger than the bound gets in when it is alone.
Status DlqReporter::MakeRoom(size_t bytes) {
  while (!letters_.empty() && pending_bytes_ + bytes > options_.pending_bytes_max) {
    SLUICE_RETURN_IF_ERROR(Serve(kServeStep));
    if (!waiter_.Wait(milliseconds(0))) return StoppedError();
  }
  return OkStatus();
}

Status DlqReporter::Send(uint64_t tag, Pending& letter) {
  kafka::OutRecord record = letter.letter.record();
  record.topic = letter.topic;
  record.tag = tag;
  while (true) {
    StatusOr<kafka::Producer::Sent> sent = producer_->Send(record);
    if (!sent.ok()) {
      if (counts_ != nullptr) ++counts_->dead_letter_failures;
      Postpone(letter, sent.status());
      return broken_;
    }
    if (*sent == kafka::Producer::Sent::kSent) return OkStatus();
    producer_->ServeAcks(kServeStep, *this);
    if (!broken_.ok()) return broken_;
    if (!waiter_.Wait(milliseconds(0))) return StoppedError();
  }
}

// Leaves the letter for SendAgain, or gives up for good.
void DlqReporter::Postpone(Pending& letter, const Status& why) {
  letter.again_at = clock_.Now();
  if (IsTooLarge(why) && letter.letter.Shorten()) {
    LogWarn("errors", "A dead letter is too large for topic ", letter.topic,
            " and will be sent in a short form: ", Describe(why));
  } else {
    ++letter.attempts;
    if (!IsRetriable(why) || letter.attempts >= options_.attempts_max) {
      if (broken_.ok()) broken_ = Failed(why, letter.topic);
      LogError("errors", StackTrace(broken_));
      return;
    }
    LogWarn("errors",
            "A send to the dead letter queue failed and will be tried again. topic=", letter.topic,
            " attempt=", letter.attempts, ": ", Describe(why));
    letter.again_at += kRetryDelay * (1 << std::min(letter.attempts - 1, kRetryShiftMax));
  }
  letter.postponed = true;
  ++postponed_;
}

Status DlqReporter::SendAgain() {
  if (postponed_ == 0) return OkStatus();
  const TimePoint now = clock_.Now();
  for (auto& [tag, letter] : letters_) {
    if (!letter->postponed || letter->again_at > now) continue;
    letter->postponed = false;
    --postponed_;
    Status sent = Send(tag, *letter);
    if (!sent.ok()) {
      if (!IsStopped(sent)) return sent;
      letter->postponed = true;  // the queue was still full when stop was asked for
      ++postponed_;
      return OkStatus();
    }
    if (postponed_ == 0) break;
  }
  return OkStatus();
}

void DlqReporter::OnAck(const kafka::Ack& ack) {
  auto found = letters_.find(ack.tag);
  if (found == letters_.end()) return;
  if (!ack.status.ok()) {
    if (counts_ != nullptr) ++counts_->dead_letter_failures;
    Postpone(*found->second, ack.status);
    return;
  }
  if (counts_ != nullptr) ++counts_->dead_letters_written;
  pending_bytes_ -= found->second->bytes;
  letters_.erase(found);
}

Status DlqReporter::Serve(milliseconds wait) {
  if (producer_ != nullptr && !letters_.empty()) {
    producer_->ServeAcks(wait, *this);
    SLUICE_RETURN_IF_ERROR(broken_);
    SLUICE_RETURN_IF_ERROR(SendAgain());
  }
  return broken_;
}

}  // namespace sluice::errors

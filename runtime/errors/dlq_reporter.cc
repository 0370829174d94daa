#include "runtime/errors/dlq_reporter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/base/log.h"
#include "runtime/base/secrets.h"
#include "runtime/base/text.h"

namespace sluice::errors {
namespace {

constexpr milliseconds kAdminSlice{1000};
constexpr int kPartitions = 1;
constexpr milliseconds kServeStep{20};
constexpr milliseconds kMakeDelay{1000};
constexpr milliseconds kRetryDelay{100};
constexpr int kRetryShiftMax = 6;
constexpr int64_t kNoKafkaTimestamp = -1;
constexpr size_t kLetterOverhead =
    512;  // of the letter itself and of its place in the producer's queue

}  // namespace

// One record to be written. All its bytes stand in `bytes`; the rest points into it.
struct DlqReporter::Letter {
  std::string bytes;
  record::Bytes key = record::kNullBytes;
  record::Bytes value = record::kNullBytes;
  std::vector<kafka::OutHeader> headers;
  int64_t timestamp = INT64_MIN;
  int attempts = 0;
  bool postponed = false;
  TimePoint again_at{};

  size_t size() const {
    return bytes.capacity() + headers.size() * sizeof headers[0] + kLetterOverhead;
  }
};

Status EnsureDlqTopic(const DlqOptions& options, kafka::Admin& admin, milliseconds timeout,
                      Waiter& waiter) {
  const std::string topic(Trim(options.topic));
  const auto failed = [&](const Status& cause) {
    return WrapConnect(cause, StrCat("Could not initialize dead letter queue with topic=", topic));
  };
  // In slices, so that a task that is to stop does not wait for a broker that is away.
  milliseconds slice = std::min(timeout, kAdminSlice);
  auto found = admin.DescribeTopic(topic, slice);
  for (milliseconds left = timeout - slice;
       !found.ok() && IsRetriable(found.status()) && left > milliseconds(0); left -= slice) {
    if (!waiter.Wait(milliseconds(0))) return StoppedError();
    slice = std::min(left, kAdminSlice);
    found = admin.DescribeTopic(topic, slice);
  }
  if (!found.ok()) return failed(found.status());
  if (found->has_value()) return OkStatus();
  LogWarn("errors", "Topic ", topic, " doesn't exist. Will attempt to create topic.");
  kafka::NewTopic wanted;
  wanted.name = topic;
  wanted.partitions = kPartitions;
  wanted.replication_factor = options.replication_factor;
  Status created = admin.CreateTopic(wanted, timeout);
  if (created.ok() || created.code() == absl::StatusCode::kAlreadyExists) return OkStatus();
  return failed(created);
}

DlqReporter::DlqReporter(DlqOptions options, ProducerFactory make_producer, Clock& clock,
                         Waiter& waiter)
    : options_(std::move(options)),
      topic_(Trim(options_.topic)),
      make_producer_(std::move(make_producer)),
      clock_(clock),
      waiter_(waiter) {}

DlqReporter::~DlqReporter() = default;

Status DlqReporter::Failed(const Status& cause) const {
  return WrapConnect(cause,
                     StrCat("Could not produce message to dead letter queue. topic=", topic_));
}

namespace {

// Gathers the bytes of a letter first, and hands out pointers when their place is known.
class Packer {
 public:
  struct Place {
    bool null;
    size_t start, size;
  };
  Place Add(std::string_view text) {
    const Place place{false, bytes_.size(), text.size()};
    bytes_.append(text);
    return place;
  }
  Place Add(record::Bytes bytes) {
    if (record::IsNull(bytes)) return {true, 0, 0};
    return Add(std::string_view(bytes.data, bytes.size));
  }
  void AddHeader(std::string_view key, record::Bytes value) {
    const Place key_place = Add(key);
    headers_.emplace_back(key_place, Add(value));
  }
  void AddHeader(std::string_view key, std::string_view value) {
    AddHeader(key, record::Bytes{value.data() == nullptr ? "" : value.data(), value.size()});
  }
  std::string TakeBytes() { return std::move(bytes_); }
  const std::vector<std::pair<Place, Place>>& headers() const { return headers_; }

 private:
  std::string bytes_;
  std::vector<std::pair<Place, Place>> headers_;
};

void AddContextHeaders(Packer& packer, const DlqOptions& options, const Failure& failure) {
  const auto add = [&](std::string_view name, std::string_view value) {
    packer.AddHeader(StrCat("__connect.errors.", name), value);
  };
  const ConsumedRecord& consumed = *failure.subject.consumed;
  add("topic", consumed.topic);
  add("partition", StrCat(consumed.partition));
  add("offset", StrCat(consumed.offset));
  add("connector.name", options.connector);
  add("task.id", StrCat(options.task));
  add("stage", StageName(failure.stage));
  add("class.name", failure.executing_class);
  if (failure.error.ok()) return;
  add("exception.class.name", ExceptionClass(failure.error));
  if (Message(failure.error).empty()) {
    packer.AddHeader("__connect.errors.exception.message", record::kNullBytes);
  } else {
    add("exception.message", WithoutSecrets(std::string(Message(failure.error))));
  }
  add("exception.stacktrace", WithoutSecrets(StackTrace(failure.error)) + "\n");
}

}  // namespace

std::unique_ptr<DlqReporter::Letter> DlqReporter::Write(const Failure& failure) const {
  const ConsumedRecord& consumed = *failure.subject.consumed;
  Packer packer;
  const Packer::Place key = packer.Add(consumed.key);
  const Packer::Place value = packer.Add(consumed.value);
  for (size_t i = 0; i < consumed.header_count; ++i) {
    packer.AddHeader(consumed.headers[i].key, consumed.headers[i].value);
  }
  if (options_.context_headers) AddContextHeaders(packer, options_, failure);

  auto letter = std::make_unique<Letter>();
  letter->bytes = packer.TakeBytes();
  const auto bytes_at = [&](const Packer::Place& place) {
    return place.null ? record::kNullBytes
                      : record::Bytes{letter->bytes.data() + place.start, place.size};
  };
  letter->key = bytes_at(key);
  letter->value = bytes_at(value);
  letter->headers.reserve(packer.headers().size());
  for (const auto& [name, content] : packer.headers()) {
    letter->headers.push_back({{letter->bytes.data() + name.start, name.size}, bytes_at(content)});
  }
  if (consumed.timestamp != kNoKafkaTimestamp) letter->timestamp = consumed.timestamp;
  return letter;
}

Status DlqReporter::Report(const Failure& failure) {
  if (!broken_.ok()) return broken_;
  if (counts_ != nullptr) ++counts_->dead_letters;
  if (failure.subject.consumed == nullptr) {
    return Failed(ConnectError("the failed record has no consumed original"));
  }
  if (producer_ == nullptr) {
    auto made = make_producer_();
    while (!made.ok() && IsRetriable(made.status())) {
      if (!waiter_.Wait(kMakeDelay)) return StoppedError();
      made = make_producer_();
    }
    if (!made.ok()) return broken_ = Failed(made.status());
    producer_ = *std::move(made);
  }
  std::unique_ptr<Letter> letter = Write(failure);
  SLUICE_RETURN_IF_ERROR(MakeRoom(letter->size()));
  const uint64_t tag = next_tag_++;
  pending_bytes_ += letter->size();
  Letter& kept = *(letters_[tag] = std::move(letter));
  Status sent = Send(tag, kept);
  if (!sent.ok() && IsStopped(sent)) {  // never handed over, so nobody will acknowledge it
    pending_bytes_ -= kept.size();
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

Status DlqReporter::Send(uint64_t tag, Letter& letter) {
  kafka::OutRecord record;
  record.topic = topic_;
  record.timestamp = letter.timestamp;
  record.key = letter.key;
  record.value = letter.value;
  record.headers = letter.headers.data();
  record.header_count = letter.headers.size();
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
void DlqReporter::Postpone(Letter& letter, const Status& why) {
  ++letter.attempts;
  if (!IsRetriable(why) || letter.attempts >= options_.attempts_max) {
    if (broken_.ok()) broken_ = Failed(why);
    LogError("errors", StackTrace(broken_));
    return;
  }
  LogWarn("errors",
          "A send to the dead letter queue failed and will be tried again. topic=", topic_,
          " attempt=", letter.attempts, ": ", Describe(why));
  letter.again_at =
      clock_.Now() + kRetryDelay * (1 << std::min(letter.attempts - 1, kRetryShiftMax));
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
  pending_bytes_ -= found->second->size();
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

#include "runtime/kafka/producer.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <unordered_map>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/kafka/handle.h"
#include "runtime/kafka/kafka_error.h"
#include "runtime/kafka/queue.h"

namespace sluice::kafka {
namespace {

constexpr size_t kTopicsMax = 1000;       // open topic handles; a router may name topics for ever
constexpr milliseconds kPurgeWait{1000};  // in the destructor
constexpr size_t kAcksAtOnce = 1024;

Status InvalidRecord(std::string_view java_class, std::string_view message) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, java_class, message);
}

class RdkafkaProducer : public Producer {
 public:
  RdkafkaProducer(std::shared_ptr<Handle> handle, std::string max_request_size)
      : handle_(std::move(handle)),
        max_request_size_(std::move(max_request_size)),
        queue_(rd_kafka_queue_get_main(handle_->get())) {}

  ~RdkafkaProducer() override {
    if (in_flight_ > 0) {
      Purge();
      struct Ignore : AckListener {
        void OnAck(const Ack&) override {}
      } ignore;
      const TimePoint deadline = std::chrono::steady_clock::now() + kPurgeWait;
      while (in_flight_ > 0 && std::chrono::steady_clock::now() < deadline) {
        ServeAcks(milliseconds(50), ignore);
      }
    }
    ForgetTopics();
  }

  StatusOr<Sent> Send(const OutRecord& record) override {
    if (!fatal_.ok()) return fatal_;
    SLUICE_ASSIGN_OR_RETURN(rd_kafka_topic_t * topic, FindTopic(record.topic));
    if (record.partition < -1) {
      return InvalidRecord("java.lang.IllegalArgumentException",
                           StrCat("Invalid partition: ", record.partition,
                                  ". Partition number should always be non-negative or null."));
    }
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (record.header_count == 0 && record.timestamp == INT64_MIN) [[likely]] {
      if (rd_kafka_produce(topic, record.partition, 0, const_cast<char*>(record.value.data),
                           record.value.size, record.key.data, record.key.size,
                           reinterpret_cast<void*>(record.tag)) != 0) {
        code = rd_kafka_last_error();
      }
    } else {
      SLUICE_ASSIGN_OR_RETURN(code, SendWithMore(topic, record));
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) [[likely]] {
      ++in_flight_;
      return Sent::kSent;
    }
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) return Sent::kQueueFull;
    return SendError(code, record);
  }

  size_t ServeAcks(milliseconds timeout, AckListener& listener) override {
    size_t served = 0;
    int wait_ms = static_cast<int>(std::clamp<int64_t>(timeout.count(), 0, 3'600'000));
    while (rd_kafka_event_t* event = rd_kafka_queue_poll(queue_.get(), wait_ms)) {
      switch (rd_kafka_event_type(event)) {
        case RD_KAFKA_EVENT_DR:
          served += DeliverAcks(event, listener);
          break;
        case RD_KAFKA_EVENT_ERROR:
          OnError(event);
          break;
        default:
          break;
      }
      rd_kafka_event_destroy(event);
      if (served > 0) wait_ms = 0;
    }
    return served;
  }

  size_t in_flight() const override { return in_flight_; }

  void Purge() override {
    rd_kafka_purge(handle_->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                       RD_KAFKA_PURGE_F_NON_BLOCKING);
  }

 private:
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  StatusOr<rd_kafka_topic_t*> FindTopic(std::string_view name) {
    if (last_topic_ != nullptr && name == last_name_) [[likely]]
      return last_topic_;
    auto found = topics_.find(name);
    if (found == topics_.end()) {
      if (name.empty() || name.find('\0') != std::string_view::npos) {
        return InvalidRecord("org.apache.kafka.common.errors.InvalidTopicException",
                             StrCat("Invalid topic name: '", name, "'"));
      }
      if (topics_.size() >= kTopicsMax) ForgetTopics();
      const std::string text(name);
      rd_kafka_topic_t* topic = rd_kafka_topic_new(handle_->get(), text.c_str(), nullptr);
      if (topic == nullptr) {
        return InvalidRecord(
            "org.apache.kafka.common.errors.InvalidTopicException",
            StrCat("Invalid topic name: '", name, "': ", rd_kafka_err2str(rd_kafka_last_error())));
      }
      found = topics_.emplace(text, topic).first;
    }
    last_name_ = found->first;
    last_topic_ = found->second;
    return last_topic_;
  }

  // Messages in flight keep references of their own.
  void ForgetTopics() {
    for (const auto& [name, topic] : topics_) rd_kafka_topic_destroy(topic);
    topics_.clear();
    last_topic_ = nullptr;
    last_name_ = {};
  }

  // The slower way, for records with headers or a timestamp.
  StatusOr<rd_kafka_resp_err_t> SendWithMore(rd_kafka_topic_t* topic, const OutRecord& record) {
    if (record.timestamp != INT64_MIN && record.timestamp < 0) {
      return InvalidRecord("java.lang.IllegalArgumentException",
                           StrCat("Invalid timestamp: ", record.timestamp,
                                  ". Timestamp should always be non-negative or null."));
    }
    std::array<rd_kafka_vu_t, 8> args;
    size_t count = 0;
    args[count].vtype = RD_KAFKA_VTYPE_RKT;
    args[count++].u.rkt = topic;
    args[count].vtype = RD_KAFKA_VTYPE_PARTITION;
    args[count++].u.i32 = record.partition;
    args[count].vtype = RD_KAFKA_VTYPE_VALUE;
    args[count].u.mem.ptr = const_cast<char*>(record.value.data);
    args[count++].u.mem.size = record.value.size;
    args[count].vtype = RD_KAFKA_VTYPE_KEY;
    args[count].u.mem.ptr = const_cast<char*>(record.key.data);
    args[count++].u.mem.size = record.key.size;
    args[count].vtype = RD_KAFKA_VTYPE_OPAQUE;
    args[count++].u.ptr = reinterpret_cast<void*>(record.tag);
    if (record.timestamp != INT64_MIN) {
      args[count].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
      args[count++].u.i64 = record.timestamp;
    }
    rd_kafka_headers_t* headers = nullptr;
    if (record.header_count > 0) {
      headers = rd_kafka_headers_new(record.header_count);
      for (size_t i = 0; i < record.header_count; ++i) {
        const OutHeader& header = record.headers[i];
        rd_kafka_header_add(headers, header.key.data(), static_cast<ssize_t>(header.key.size()),
                            header.value.data, static_cast<ssize_t>(header.value.size));
      }
      args[count].vtype = RD_KAFKA_VTYPE_HEADERS;
      args[count++].u.headers = headers;
    }
    rd_kafka_error_t* error = rd_kafka_produceva(handle_->get(), args.data(), count);
    if (error == nullptr) return RD_KAFKA_RESP_ERR_NO_ERROR;
    const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    if (headers != nullptr) rd_kafka_headers_destroy(headers);  // ours again after a failure
    return code;
  }

  Status SendError(rd_kafka_resp_err_t code, const OutRecord& record) {
    switch (code) {
      case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        return KafkaError(code,
                          StrCat("The message is ", record.key.size + record.value.size,
                                 " bytes when serialized which is larger than ", max_request_size_,
                                 ", which is the value of the max.request.size "
                                 "configuration."));
      case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        return KafkaError(code, StrCat("Partition ", record.partition, " of topic ", record.topic,
                                       " does not exist"));
      case RD_KAFKA_RESP_ERR__FATAL:
        fatal_ = handle_->FatalError();
        return fatal_;
      default:
        return KafkaError(code, StrCat("Failed to send a record to topic ", record.topic, ": ",
                                       rd_kafka_err2str(code)));
    }
  }

  size_t DeliverAcks(rd_kafka_event_t* event, AckListener& listener) {
    const rd_kafka_message_t* messages[kAcksAtOnce];
    size_t served = 0;
    while (const size_t count = rd_kafka_event_message_array(event, messages, kAcksAtOnce)) {
      for (size_t i = 0; i < count; ++i) {
        const rd_kafka_message_t& message = *messages[i];
        Ack ack;
        ack.tag = reinterpret_cast<uint64_t>(message._private);
        ack.topic = rd_kafka_topic_name(message.rkt);
        ack.partition = message.partition;
        ack.offset = message.offset;
        ack.timestamp = rd_kafka_message_timestamp(&message, nullptr);
        if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) [[unlikely]] {
          ack.status = AckError(message, ack.topic);
          ack.offset = -1;
        }
        if (in_flight_ > 0) --in_flight_;
        listener.OnAck(ack);
      }
      served += count;
    }
    handle_->CountRecords(served);
    return served;
  }

  Status AckError(const rd_kafka_message_t& message, std::string_view topic) {
    switch (message.err) {
      case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        return KafkaError(message.err, StrCat("Not authorized to access topics: [", topic, "]"));
      case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        return KafkaError(message.err, StrCat("Topic ", topic, " not present in metadata"));
      case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
      case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
        // kAborted: no broker has it. Else nobody knows.
        if (rd_kafka_message_status(&message) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED) {
          return ExceptionError(absl::StatusCode::kUnknown,
                                "org.apache.kafka.common.KafkaException",
                                "The record was given up; a broker may have written it");
        }
        return ExceptionError(absl::StatusCode::kAborted, "org.apache.kafka.common.KafkaException",
                              "The record was dropped because its task gave up");
      case RD_KAFKA_RESP_ERR__FATAL:
        if (fatal_.ok()) fatal_ = handle_->FatalError();
        return fatal_;
      default:
        return KafkaError(message.err,
                          StrCat("Failed to write to topic ", topic, ": ", Reason(message)));
    }
  }

  // What the broker said, else what its code means. Not rd_kafka_message_errstr: that is the
  // payload here, and a payload ends where it wants.
  static std::string_view Reason(const rd_kafka_message_t& message) {
    const char* said = rd_kafka_message_produce_errstr(&message);
    return said != nullptr ? said : rd_kafka_err2str(message.err);
  }

  void OnError(rd_kafka_event_t* event) {
    const rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    const std::string_view text = rd_kafka_event_error_string(event);
    LogDebug("kafka", rd_kafka_name(handle_->get()), ": ", text);
    if (!fatal_.ok()) return;
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
      fatal_ = handle_->FatalError();
    } else if (IsRefusal(code, text)) {
      fatal_ = KafkaError(code, text);  // librdkafka would try for ever
    }
  }

  const std::shared_ptr<Handle> handle_;
  const std::string max_request_size_;
  const Queue queue_;
  std::unordered_map<std::string, rd_kafka_topic_t*, TextHash, std::equal_to<>> topics_;
  std::string_view last_name_;
  rd_kafka_topic_t* last_topic_ = nullptr;
  size_t in_flight_ = 0;
  Status fatal_;
};

}  // namespace

StatusOr<std::unique_ptr<Producer>> NewProducer(const config::ClientProperties& properties,
                                                metrics::Registry* registry) {
  SLUICE_ASSIGN_OR_RETURN(
      std::shared_ptr<Handle> handle,
      Handle::Make(properties, Handle::Kind::kProducer, registry, [](rd_kafka_conf_t* conf) {
        rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
      }));
  const auto size = properties.rdkafka.find("message.max.bytes");
  return std::make_unique<RdkafkaProducer>(
      std::move(handle), size == properties.rdkafka.end() ? "1000000" : size->second);
}

}  // namespace sluice::kafka

#include "runtime/errors/letter.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/secrets.h"
#include "runtime/base/status.h"
#include "runtime/base/text.h"

namespace sluice::errors {
namespace {

constexpr int64_t kNoKafkaTimestamp = -1;
constexpr size_t kShortMessage = 1024;
constexpr size_t kShortRecord = 16 * 1024;  // a smaller one has no short form of its own
constexpr size_t kOverhead = 512;  // of the letter itself and of its place in the producer's queue
constexpr std::string_view kMessage = "__connect.errors.exception.message";
constexpr std::string_view kStackTrace = "__connect.errors.exception.stacktrace";
constexpr std::string_view kTruncated = "__connect.errors.truncated";
constexpr size_t kContextHeadersMax = 13;
constexpr size_t kContextBytes = 1024;  // mostly enough for them

// The beginning of a text, which does not end within a character.
record::Bytes Cut(record::Bytes text) {
  if (text.size <= kShortMessage) return text;
  size_t size = kShortMessage;
  while (size > 0 && (static_cast<unsigned char>(text.data[size]) & 0xC0) == 0x80) --size;
  return {text.data, size};
}

// A number's text without an allocation.
class NumberText {
 public:
  explicit NumberText(int64_t number)
      : end_(std::to_chars(text_, text_ + sizeof text_, number).ptr) {}
  std::string_view view() const { return {text_, static_cast<size_t>(end_ - text_)}; }

 private:
  char text_[24];
  const char* end_;
};

}  // namespace

// Gathers the bytes of a letter first, and hands out pointers when their place is known. Names of
// context headers are constants, and not copied.
class Letter::Packer {
 public:
  struct Place {
    const char* constant;  // not in `bytes`
    size_t start, size;
    bool null = false;
  };
  struct Header {
    Place key, value;
  };

  Packer(size_t headers, size_t bytes) {
    headers_.reserve(headers);
    bytes_.reserve(bytes);
  }

  Place Add(std::string_view text) {
    const Place place{nullptr, bytes_.size(), text.size()};
    bytes_.append(text);
    return place;
  }
  Place Add(record::Bytes bytes) {
    if (record::IsNull(bytes)) return {nullptr, 0, 0, true};
    return Add(std::string_view(bytes.data, bytes.size));
  }
  template <typename Write>
  Place AddWritten(const Write& write) {
    const size_t start = bytes_.size();
    write(bytes_);
    return {nullptr, start, bytes_.size() - start};
  }
  void AddHeader(const RawHeader& header) {
    const Place key = Add(header.key);
    headers_.push_back({key, Add(header.value)});
  }
  // `name` lives for ever.
  void AddContext(std::string_view name, Place value) {
    headers_.push_back({{name.data(), 0, name.size()}, value});
  }
  void AddContext(std::string_view name, std::string_view value) { AddContext(name, Add(value)); }

  std::string& bytes() { return bytes_; }
  const std::vector<Header>& headers() const { return headers_; }

 private:
  std::string bytes_;
  std::vector<Header> headers_;
};

namespace {

// Where the record comes from.
template <typename Packer>
void AddOrigin(Packer& packer, const Subject& subject, const LetterFormat& format) {
  if (subject.consumed != nullptr) {
    const ConsumedRecord& consumed = *subject.consumed;
    packer.AddContext("__connect.errors.topic", consumed.topic);
    packer.AddContext("__connect.errors.partition", NumberText(consumed.partition).view());
    packer.AddContext("__connect.errors.offset", NumberText(consumed.offset).view());
    return;
  }
  const sluice_record& source = *subject.source;
  packer.AddContext("__connect.errors.topic", abi::View(source.topic));
  if (source.partition != SLUICE_NO_PARTITION) {
    packer.AddContext("__connect.errors.partition", NumberText(source.partition).view());
  }
  if (!format.write_map) return;
  packer.AddContext("__connect.errors.source.partition", packer.AddWritten([&](std::string& out) {
    format.write_map(source.source_partition, out);
  }));
  packer.AddContext("__connect.errors.source.offset", packer.AddWritten([&](std::string& out) {
    format.write_map(source.source_offset, out);
  }));
}

template <typename Packer>
void AddContextHeaders(Packer& packer, const LetterFormat& format, const Failure& failure) {
  AddOrigin(packer, failure.subject, format);
  packer.AddContext("__connect.errors.connector.name", format.connector);
  packer.AddContext("__connect.errors.task.id", NumberText(format.task).view());
  packer.AddContext("__connect.errors.stage", StageName(failure.stage));
  packer.AddContext("__connect.errors.class.name", failure.executing_class);
  if (failure.error.ok()) return;
  packer.AddContext("__connect.errors.exception.class.name", ExceptionClass(failure.error));
  const std::string_view message = Message(failure.error);
  packer.AddContext(kMessage, message.empty() ? packer.Add(record::kNullBytes)
                                              : packer.Add(WithoutSecrets(std::string(message))));
  packer.AddContext(kStackTrace, packer.AddWritten([&](std::string& out) {
    out.append(WithoutSecrets(StackTrace(failure.error)));
    out.push_back('\n');
  }));
}

}  // namespace

Letter::Letter(const Failure& failure, const LetterFormat& format)
    : context_(format.context_headers) {
  const ConsumedRecord* consumed = failure.subject.consumed;
  const size_t own = consumed == nullptr ? 0 : consumed->header_count;
  Packer packer(
      own + kContextHeadersMax,
      kContextBytes + (consumed == nullptr ? 0 : consumed->key.size + consumed->value.size));
  Packer::Place key{nullptr, 0, 0, true}, value = key, short_value = key;
  if (consumed != nullptr) {
    key = packer.Add(consumed->key);
    value = packer.Add(consumed->value);
    for (size_t i = 0; i < own; ++i) packer.AddHeader(consumed->headers[i]);
    if (consumed->timestamp != kNoKafkaTimestamp) record_.timestamp = consumed->timestamp;
  } else if (failure.subject.source != nullptr) {
    const sluice_record& source = *failure.subject.source;
    if (source.source_partition != nullptr) {
      key = packer.AddWritten([&](std::string& out) {  // what is of one partition stays together
        format.write_map(source.source_partition, out);
      });
    }
    const auto write = [&](bool short_form) {
      return packer.AddWritten(
          [&](std::string& out) { format.write_record(source, short_form, out); });
    };
    value = write(false);
    if (value.size > kShortRecord) short_value = write(true);
    if (source.timestamp >= 0) record_.timestamp = source.timestamp;
  }
  context_begin_ = own;
  if (context_) AddContextHeaders(packer, format, failure);

  bytes_ = std::move(packer.bytes());
  const auto bytes_at = [&](const Packer::Place& place) {
    if (place.null) return record::kNullBytes;
    const char* data = place.constant != nullptr ? place.constant : bytes_.data() + place.start;
    return record::Bytes{data, place.size};
  };
  headers_.reserve(packer.headers().size() + 1);
  for (const Packer::Header& header : packer.headers()) {
    headers_.push_back({abi::View(bytes_at(header.key)), bytes_at(header.value)});
  }
  record_.key = bytes_at(key);
  record_.value = bytes_at(value);
  short_value_ = bytes_at(short_value);
  record_.headers = headers_.data();
  record_.header_count = headers_.size();
}

size_t Letter::size() const {
  return bytes_.capacity() + headers_.capacity() * sizeof headers_[0] + kOverhead;
}

bool Letter::Shorten() {
  if (std::exchange(shortened_, true)) return false;
  if (!context_ && record::IsNull(short_value_)) return false;
  if (!record::IsNull(short_value_)) record_.value = short_value_;
  if (context_) {
    const auto context = headers_.begin() + static_cast<ptrdiff_t>(context_begin_);
    headers_.erase(std::remove_if(context, headers_.end(),
                                  [](const auto& header) { return header.key == kStackTrace; }),
                   headers_.end());
    for (size_t i = context_begin_; i < headers_.size(); ++i) {
      if (headers_[i].key == kMessage) headers_[i].value = Cut(headers_[i].value);
    }
    headers_.push_back({kTruncated, abi::Str("true")});
  }
  record_.headers = headers_.data();
  record_.header_count = headers_.size();
  return true;
}

}  // namespace sluice::errors

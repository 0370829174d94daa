#include "runtime/convert/registry_converter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/clock.h"
#include "runtime/base/lru_cache.h"
#include "runtime/base/text.h"
#include "runtime/convert/registry_references.h"
#include "runtime/convert/schema_id.h"

namespace sluice::convert {
namespace {

using schema_registry::Client;
using schema_registry::Registered;

constexpr std::string_view kSerializationException =
    "org.apache.kafka.common.errors.SerializationException";
constexpr uint8_t kMagic = 0;
constexpr size_t kTopicsPerSchema = 4;  // what is remembered is by topic, too
// A schema that cannot be used is not looked at for each record, nor refused for ever: it may come
// to be compatible, or allowed.
constexpr milliseconds kFailureTtl{1000};
constexpr size_t kFailuresMax = 1000;

Status Serialization(std::string_view text) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, kSerializationException, text);
}

// How a record of one schema for one topic is written.
struct Written {
  int32_t id = 0;
  std::shared_ptr<FormatWriter> writer;
  TimePoint until = TimePoint::max();
};
// How records of one id and selector from one topic are read.
struct Known {
  std::unique_ptr<FormatReader> reader;
  TimePoint until = TimePoint::max();
};
// Why one of those cannot be had.
struct Failure {
  Status status;
  TimePoint until;
};

class RegistryConverter : public Converter {
 public:
  RegistryConverter(RegistrySettings settings, std::unique_ptr<RegistryFormat> format,
                    std::shared_ptr<Client> client)
      : settings_(std::move(settings)),
        format_(std::move(format)),
        client_(std::move(client)),
        writers_(settings_.schemas_cache_size),
        written_(settings_.schemas_cache_size * kTopicsPerSchema),
        unwritable_(kFailuresMax),
        readers_(settings_.schemas_cache_size * kTopicsPerSchema),
        unreadable_(kFailuresMax) {}

  std::string_view class_name() const override { return format_->class_name(); }
  void SetWaiter(Waiter* waiter) override { waiter_ = waiter; }

  StatusOr<Bytes> FromConnect(std::string_view topic, const sluice_schema* schema,
                              const sluice_value& value, BatchMemory& memory) override {
    if (abi::IsNull(value)) {
      const RegistryFormat::Null null =
          schema == nullptr ? RegistryFormat::Null::kTombstone : format_->OfNull(*schema);
      if (null == RegistryFormat::Null::kTombstone) return record::kNullBytes;
      if (null == RegistryFormat::Null::kRefused) {
        return DataError("Found null value for non-optional schema");
      }
    }
    StatusOr<Written*> how = HowToWrite(topic, schema);
    if (!how.ok()) return Failed(format_->FailedToWrite(topic), how.status());
    out_.Clear();
    out_.Byte(kMagic);
    out_.BigEndian32(static_cast<uint32_t>((*how)->id));
    if (Status done = (*how)->writer->Write(value, out_); !done.ok()) {
      return Failed(format_->FailedToWrite(topic), std::move(done));
    }
    return abi::Str(memory.arena().Copy(out_.view()));
  }

  StatusOr<SchemaAndValue> ToConnect(std::string_view topic, Bytes bytes,
                                     BatchMemory& memory) override {
    if (record::IsNull(bytes)) return SchemaAndValue{};
    StatusOr<SchemaAndValue> result = Read(topic, abi::View(bytes), std::nullopt, memory);
    if (result.ok()) return result;
    return Failed(format_->FailedToRead(topic), result.status());
  }

  std::string_view id_header() const override {
    if (!settings_.id_in_header) return {};
    return settings_.is_key ? "__key_schema_id" : "__value_schema_id";
  }
  StatusOr<SchemaAndValue> ToConnectWithId(std::string_view topic, Bytes id, Bytes bytes,
                                           BatchMemory& memory) override {
    if (record::IsNull(id) || record::IsNull(bytes)) return ToConnect(topic, bytes, memory);
    StatusOr<SchemaAndValue> result = Read(topic, abi::View(id), abi::View(bytes), memory);
    if (result.ok()) return result;
    return Failed(format_->FailedToRead(topic), result.status());
  }

 private:
  // As Java's converter wraps it: what the registry says may come back is retriable, what the
  // format's library says is bad data.
  static Status Failed(const std::string& what, Status why) {
    if (IsStopped(why)) return why;
    const std::string text = StrCat(what, Message(why));
    if (IsRetriable(why)) return Wrap(why, kRetriableException, text);
    if (ExceptionClass(why) == kSerializationException) return Wrap(why, kDataException, text);
    return why;
  }

  // ---- Out

  StatusOr<Written*> HowToWrite(std::string_view topic, const sluice_schema* schema) {
    const sluice_fingerprint print = schema == nullptr ? sluice_fingerprint{} : schema->fingerprint;
    if (last_written_ != nullptr && abi::operator==(print, last_print_) && topic == last_topic_ &&
        Fresh(last_written_->until)) [[likely]] {
      return last_written_;
    }
    key_.assign(reinterpret_cast<const char*>(&print), sizeof print);
    key_.append(topic);
    Written* found = written_.Find(key_);
    last_written_ = nullptr;  // what is put may drop it
    if (found == nullptr || !Fresh(found->until)) {
      SLUICE_ASSIGN_OR_RETURN(found, Renew(written_, unwritable_, found,
                                           [&] { return Resolve(topic, schema, print); }));
    }
    last_print_ = print;
    last_topic_.assign(topic);
    last_written_ = found;
    return found;
  }

  // What stands under key_ from here on; `found` does until now, or nothing. While nobody answers,
  // what was the latest goes on working. What failed is not tried again for a while, but for what
  // the client remembers by itself.
  template <typename Entry, typename Make>
  StatusOr<Entry*> Renew(LruCache<Entry>& cache, LruCache<Failure>& failures, Entry* found,
                         const Make& make) {
    Failure* failure = failures.Find(key_);
    if (failure != nullptr && Fresh(failure->until)) return failure->status;
    StatusOr<Entry> made = make();
    if (IsRetriable(made.status()) && found != nullptr) {
      found->until = Now() + std::max(settings_.client.latest_ttl, milliseconds(1000));
      return found;
    }
    if (!made.ok()) {
      const Status& why = made.status();
      if (IsRetriable(why) || IsStopped(why) || IsNotFound(why)) return why;
      if (failure == nullptr) failure = failures.Put(key_, {});
      *failure = {why, Now() + kFailureTtl};
      return why;
    }
    if (found == nullptr) return cache.Put(key_, *std::move(made));
    *found = *std::move(made);
    return found;
  }

  TimePoint Now() const { return client_->clock().Now(); }
  bool Fresh(TimePoint until) const { return until == TimePoint::max() || Now() < until; }

  StatusOr<Written> Resolve(std::string_view topic, const sluice_schema* schema,
                            const sluice_fingerprint& print) {
    const std::string_view by_print{reinterpret_cast<const char*>(&print), sizeof print};
    std::shared_ptr<FormatWriter>* own = writers_.Find(by_print);
    if (own == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<FormatWriter> made,
                              format_->NewWriter(schema, nullptr));
      own = writers_.Put(by_print, std::move(made));
    }
    const std::shared_ptr<FormatWriter> writer = *own;
    SLUICE_ASSIGN_OR_RETURN(const std::string subject, SubjectOf(topic, writer->record_name()));
    if (settings_.auto_register) {
      SLUICE_ASSIGN_OR_RETURN(
          const auto registered,
          client_->Register(subject, writer->schema(), settings_.normalize, waiter_));
      return Written{registered->id, writer};
    }
    if (settings_.use_schema_id >= 0) {
      SLUICE_ASSIGN_OR_RETURN(const auto given,
                              client_->ById(settings_.use_schema_id, subject, waiter_));
      return WithTarget(schema, *writer, *given, settings_.id_strict, "id.compatibility.strict");
    }
    if (settings_.use_latest_version) {
      SLUICE_ASSIGN_OR_RETURN(const auto latest, client_->Latest(subject, waiter_));
      SLUICE_ASSIGN_OR_RETURN(Written how,
                              WithTarget(schema, *writer, *latest, settings_.latest_strict,
                                         "latest.compatibility.strict"));
      how.until = latest->until;
      return how;
    }
    SLUICE_ASSIGN_OR_RETURN(
        const auto found,
        client_->Find(subject, writer->schema(), {.normalize = settings_.normalize}, waiter_));
    return Written{found->id, writer};
  }

  StatusOr<Written> WithTarget(const sluice_schema* schema, const FormatWriter& own,
                               const Registered& given, bool strict, std::string_view setting) {
    SLUICE_ASSIGN_OR_RETURN(const ResolvedSchema target,
                            ResolveReferences(given, *client_, waiter_));
    if (strict) {
      SLUICE_ASSIGN_OR_RETURN(const auto why,
                              format_->WhyNotReadable(target, {.schema = own.schema()}));
      if (why) {
        return Serialization(StrCat("Incompatible schema of type '", given.schema.type, "' (id ",
                                    given.id, "): ", *why, ". Set ", setting,
                                    "=false to disable this check"));
      }
    }
    SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<FormatWriter> writer,
                            format_->NewWriter(schema, &target));
    return Written{given.id, std::move(writer)};
  }

  StatusOr<std::string> SubjectOf(std::string_view topic, std::string_view record) const {
    if (settings_.subjects == SubjectStrategy::kTopic) {
      return StrCat(topic, settings_.is_key ? "-key" : "-value");
    }
    if (record.empty()) {
      const std::string_view role = settings_.is_key ? "key" : "value";
      return Serialization(StrCat("In configuration ", role, ".subject.name.strategy, the message ",
                                  role, " must only be a record schema"));
    }
    return settings_.subjects == SubjectStrategy::kRecord ? std::string(record)
                                                          : StrCat(topic, "-", record);
  }

  // ---- In

  // `front`: the id, the selector and, if `apart` has it not, the payload.
  StatusOr<SchemaAndValue> Read(std::string_view topic, std::string_view front,
                                std::optional<std::string_view> apart, BatchMemory& memory) {
    const std::optional<SchemaId> id = TakeSchemaId(front);
    if (!id) return Serialization("Unknown magic byte!");
    const std::string_view selector = front.substr(0, format_->SelectorSize(front));
    SLUICE_ASSIGN_OR_RETURN(FormatReader * reader, ReaderOf(topic, *id, selector));
    StatusOr<SchemaAndValue> result =
        reader->Read(apart ? *apart : front.substr(selector.size()), memory);
    if (result.ok() || ExceptionClass(result.status()) != kSerializationException) return result;
    return Wrap(result.status(), kSerializationException,
                StrCat("Error deserializing ", format_->name(), " message for id ", id->Text()));
  }

  StatusOr<FormatReader*> ReaderOf(std::string_view topic, const SchemaId& id,
                                   std::string_view selector) {
    if (last_known_ != nullptr && id.bytes == last_id_ && selector == last_selector_ &&
        topic == last_read_topic_ && Fresh(last_known_->until)) [[likely]] {
      return last_known_->reader.get();
    }
    const size_t sizes[] = {id.bytes.size(), selector.size()};
    key_.assign(reinterpret_cast<const char*>(sizes), sizeof sizes);
    key_.append(id.bytes);
    key_.append(selector);
    key_.append(topic);
    Known* known = readers_.Find(key_);
    last_known_ = nullptr;
    if (known == nullptr || !Fresh(known->until)) {
      SLUICE_ASSIGN_OR_RETURN(
          known, Renew(readers_, unreadable_, known, [&] { return Learn(topic, id, selector); }));
    }
    last_id_.assign(id.bytes);
    last_selector_.assign(selector);
    last_read_topic_.assign(topic);
    last_known_ = known;
    return known->reader.get();
  }

  Client::Answer Retrieve(std::string_view topic, const SchemaId& id) {
    if (id.is_guid()) return client_->ByGuid(id.Text(), waiter_);
    // A subject by record is known when the schema is.
    std::string subject;
    if (settings_.subjects == SubjectStrategy::kTopic) {
      SLUICE_ASSIGN_OR_RETURN(subject, SubjectOf(topic, ""));
    }
    return client_->ById(id.number(), subject, waiter_);
  }

  StatusOr<Known> Learn(std::string_view topic, const SchemaId& id, std::string_view selector) {
    SLUICE_ASSIGN_OR_RETURN(const auto registered, Retrieve(topic, id));
    SLUICE_ASSIGN_OR_RETURN(ResolvedSchema writer,
                            ResolveReferences(*registered, *client_, waiter_));
    writer.selector = selector;
    SLUICE_ASSIGN_OR_RETURN(const std::string record, format_->RecordName(writer));
    const StatusOr<std::string> subject = SubjectOf(topic, record);
    Known known;
    std::optional<int32_t> version;
    std::optional<ResolvedSchema> latest;
    if (subject.ok()) {
      SLUICE_ASSIGN_OR_RETURN(version, VersionOf(*subject, writer.schema));
      if (settings_.use_latest_version) {
        SLUICE_ASSIGN_OR_RETURN(const auto found, client_->Latest(*subject, waiter_));
        SLUICE_ASSIGN_OR_RETURN(latest, ResolveReferences(*found, *client_, waiter_));
        known.until = found->until;
      }
    }
    SLUICE_ASSIGN_OR_RETURN(known.reader,
                            format_->NewReader(writer, latest ? &*latest : nullptr, version));
    return known;
  }

  // Nothing if the subject does not have it: it may have been registered under another name.
  StatusOr<std::optional<int32_t>> VersionOf(const std::string& subject,
                                             const schema_registry::Schema& schema) {
    const auto found = client_->Find(subject, schema,
                                     {.normalize = settings_.normalize, .deleted = true}, waiter_);
    if (found.ok() && (*found)->version > 0) return std::optional<int32_t>((*found)->version);
    if (found.ok() || !(IsRetriable(found.status()) || IsStopped(found.status()))) {
      return std::optional<int32_t>();
    }
    return found.status();
  }

  const RegistrySettings settings_;
  const std::unique_ptr<RegistryFormat> format_;
  const std::shared_ptr<Client> client_;
  Waiter* waiter_ = nullptr;

  std::string key_;
  ByteOutput out_;
  LruCache<std::shared_ptr<FormatWriter>> writers_;  // in their own schemas, by fingerprint
  LruCache<Written> written_;                        // by fingerprint and topic
  LruCache<Failure> unwritable_;                     // likewise
  sluice_fingerprint last_print_{};
  std::string last_topic_;
  Written* last_written_ = nullptr;

  LruCache<Known> readers_;       // by id, selector and topic
  LruCache<Failure> unreadable_;  // likewise
  std::string last_id_;
  std::string last_selector_;
  std::string last_read_topic_;
  Known* last_known_ = nullptr;
};

}  // namespace

std::unique_ptr<Converter> NewRegistryConverter(RegistrySettings settings,
                                                std::unique_ptr<RegistryFormat> format,
                                                std::shared_ptr<Client> client) {
  return std::make_unique<RegistryConverter>(std::move(settings), std::move(format),
                                             std::move(client));
}

}  // namespace sluice::convert

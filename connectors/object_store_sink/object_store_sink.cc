#include "connectors/object_store_sink/object_store_sink.h"

#include <exception>

#include "connectors/object_store_sink/keys_without_effect.h"
#include "connectors/object_store_sink/make_parts.h"
#include "connectors/object_store_sink/store_error.h"

namespace sluice::object_store_sink {
namespace {

using std::chrono::steady_clock;

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::unique_ptr<ObjectStore> ObjectStoreSinkTask::NewStore(const SinkConfig& config,
                                                           shared::StopSignal& stop) {
  return MakeStore(config, stop);
}

void ObjectStoreSinkTask::Start(const sdk::Config& config) {
  config_.emplace(ReadConfig(flavor_, config));
  const SinkConfig& read = *config_;
  for (const std::string& key : IgnoredKeys(config)) {
    log().Warn("The key ", key, " means nothing to this connector and is ignored");
  }
  format_ = MakeFormat(read.format, read.formats);
  if (read.store_keys) keys_format_ = MakeFormat(read.keys_format, read.formats);
  if (read.store_headers) headers_format_ = MakeFormat(read.headers_format, read.formats);
  store_ = NewStore(read, stop_);
  try {
    store_->Check();
  } catch (const StoreError& error) {
    if (error.kind() == StoreErrorKind::kFatal) throw sdk::ConnectException(error.what());
    log().Warn("The store does not answer yet: ", error.what());
  }
}

void ObjectStoreSinkTask::Assigned(const std::vector<sdk::PartitionOffset>& partitions) {
  last_writer_ = nullptr;
  for (const sdk::PartitionOffset& one : partitions) writers_.erase({one.topic, one.partition});
}

// What is not in the store yet is read again by the next owner.
void ObjectStoreSinkTask::Revoked(const std::vector<sdk::PartitionOffset>& partitions, bool) {
  last_writer_ = nullptr;
  for (const sdk::PartitionOffset& one : partitions) writers_.erase({one.topic, one.partition});
}

PartitionWriter& ObjectStoreSinkTask::WriterOf(const sdk::SinkRecord& record) {
  if (last_writer_ != nullptr && record.original_partition() == last_id_.second &&
      record.original_topic() == last_id_.first) {
    return *last_writer_;
  }
  last_id_ = {std::string(record.original_topic()), record.original_partition()};
  std::unique_ptr<PartitionWriter>& writer = writers_[last_id_];
  if (writer == nullptr) {
    writer = std::make_unique<PartitionWriter>(
        config_->writer, *store_,
        FileFormats{format_.get(), keys_format_.get(), headers_format_.get()}, log(),
        last_id_.first, last_id_.second);
    writer->BeginPut(&budget_);
  }
  last_writer_ = writer.get();
  return *writer;
}

void ObjectStoreSinkTask::Put(const sdk::SinkBatch& batch) {
  const auto now = steady_clock::now();
  if (now < not_before_) {
    RetryAfter(std::chrono::ceil<sdk::milliseconds>(not_before_ - now));
    if (batch.empty()) return;
    throw sdk::RetriableException(waiting_for_);
  }
  try {
    Write(batch, NowMs());
  } catch (const StoreError& error) {
    Report();
    if (error.kind() == StoreErrorKind::kLate) return Continue(batch, error.what());
    if (error.kind() == StoreErrorKind::kFatal) throw sdk::ConnectException(error.what());
    not_before_ = steady_clock::now() + config_->retry_backoff;
    waiting_for_ = error.what();
    log().Warn("Writing failed and will be tried again in ", config_->retry_backoff.count(),
               " ms: ", error.what());
    log().Count("put-retries");
    RetryAfter(config_->retry_backoff);
    if (!batch.empty()) throw sdk::RetriableException(error.what());
    return EndPut();
  }
  for (const auto& [index, why] : refused_) {
    const sdk::SinkRecord record = batch[index];
    record.Reject(sdk::Cat("The record ", record.original_topic(), "-", record.original_partition(),
                           "@", record.offset(), " cannot be written: ", why));
  }
  EndPut();
  Report();
}

// The time of a put is over: the consumer polls, which its group expects of it, and we go on.
void ObjectStoreSinkTask::Continue(const sdk::SinkBatch& batch, const std::string& why) {
  RetryAfter(sdk::milliseconds(0));
  if (!batch.empty()) throw sdk::RetriableException(why);
  EndPut();
}

// Of one that worked, or had no records: it is not repeated, and what comes next is new.
void ObjectStoreSinkTask::EndPut() {
  for (const auto& [id, writer] : writers_) writer->EndPut();
}

void ObjectStoreSinkTask::Write(const sdk::SinkBatch& batch, int64_t now_ms) {
  refused_.clear();
  budget_ = {steady_clock::now() + config_->write_max};
  for (const auto& [id, writer] : writers_) writer->BeginPut(&budget_);
  for (sdk::SinkRecord record : batch) {
    PartitionWriter& writer = WriterOf(record);
    try {
      writer.Take(record.raw(), now_ms);
    } catch (const sdk::DataException& wrong) {
      refused_.emplace_back(record.index(), wrong.what());
    }
    FollowRewind(last_id_, writer);
  }
  for (const auto& [id, writer] : writers_) {
    writer->Tick(now_ms);
    FollowRewind(id, *writer);
  }
}

void ObjectStoreSinkTask::FollowRewind(const Id& id, PartitionWriter& writer) {
  const std::optional<int64_t> offset = writer.rewind();
  if (!offset) return;
  Seek({{id.first, id.second, *offset}});
  std::string loss = writer.loss();
  if (loss.empty()) return;
  // A disk that loses everything would be fed the same records again and again.
  not_before_ = steady_clock::now() + config_->retry_backoff;
  waiting_for_ = std::move(loss);
  log().Count("put-retries");
}

void ObjectStoreSinkTask::Report() const {
  size_t memory = 0, files = 0;
  for (const auto& [id, writer] : writers_) {
    memory += writer->memory();
    files += writer->open_files();
  }
  log().Gauge("open-files", static_cast<double>(files));
  log().Gauge("open-files-bytes", static_cast<double>(memory));
}

void ObjectStoreSinkTask::Flush(std::vector<sdk::PartitionOffset>& offsets) {
  for (sdk::PartitionOffset& one : offsets) {
    const auto found = writers_.find({one.topic, one.partition});
    if (found != writers_.end() && one.offset != SLUICE_NO_OFFSET) {
      one.offset = found->second->Committable(one.offset);
    }
  }
}

template <>
sdk::ClassInfo S3SinkConnector::Describe() {
  return {.name = "io.confluent.connect.s3.S3SinkConnector",
          .doc =
              "Writes records to objects of S3, or of what speaks like it, as JSON, Avro, "
              "Parquet or bytes.",
          .keys = KeysOf(Flavor::kS3)};
}

template <>
sdk::ClassInfo GcsSinkConnector::Describe() {
  return {.name = "io.confluent.connect.gcs.GcsSinkConnector",
          .doc =
              "Writes records to objects of Google Cloud Storage, as JSON, Avro, Parquet or "
              "bytes.",
          .keys = KeysOf(Flavor::kGcs)};
}

template <>
sdk::ClassInfo AzureSinkConnector::Describe() {
  return {.name = "io.confluent.connect.azure.datalake.gen2.AzureDataLakeGen2SinkConnector",
          .doc =
              "Writes records to files of Azure Data Lake Storage Gen2, as JSON, Avro, Parquet or "
              "bytes.",
          .keys = KeysOf(Flavor::kAzure)};
}

template <>
sdk::ClassInfo AzureBlobSinkConnector::Describe() {
  return {.name = "io.confluent.connect.azure.blob.AzureBlobStorageSinkConnector",
          .doc = "Writes records to blobs of Azure, as JSON, Avro, Parquet or bytes.",
          .keys = KeysOf(Flavor::kAzureBlob)};
}

}  // namespace sluice::object_store_sink

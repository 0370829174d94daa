#include "connectors/object_store_sink/data_file.h"

#include <utility>

#include "connectors/object_store_sink/object_name.h"

namespace sluice::object_store_sink {
namespace {

constexpr const char* kSuffixes[] = {"", ".keys", ".headers"};

}  // namespace

DataFile::DataFile(ObjectStore& store, const FileFormats& formats, const std::string& stem,
                   const SideValue& value, const SideValue& key, const SideValue& headers) {
  Open(store, formats.value, 0, stem, value);
  Open(store, formats.key, 1, stem, key);
  Open(store, formats.headers, 2, stem, headers);
}

void DataFile::Open(ObjectStore& store, const Format* format, int role, const std::string& stem,
                    const SideValue& value) {
  if (format == nullptr) return;
  auto stream = std::make_unique<Stream>();
  stream->role = role;
  stream->name = stem + kSuffixes[role] + format->extension();
  CheckLength(stream->name, store.name_max(), store.part_max());
  stream->upload = store.Begin(stream->name);
  stream->encoder = format->Open(value.schema, stream->name, *stream);
  streams_.push_back(std::move(stream));
}

void DataFile::Stage(const SideValue& value, const SideValue& key, const SideValue& headers) {
  const SideValue* const all[] = {&value, &key, &headers};
  for (const auto& stream : streams_) {
    stream->encoder->Stage(all[stream->role]->schema, all[stream->role]->value);
  }
}

void DataFile::Keep(int64_t offset) {
  for (const auto& stream : streams_) stream->encoder->Keep();
  if (count_++ == 0) first_offset_ = offset;
  last_offset_ = offset;
}

bool DataFile::Send() {
  bool some = false;
  for (const auto& stream : streams_) {
    const size_t before = stream->upload->buffered();
    stream->upload->Send();
    some = some || stream->upload->buffered() < before;
  }
  return some;
}

void DataFile::Finish(const FinishOptions& options) {
  if (finished_) return;
  for (const auto& stream : streams_) {
    if (!std::exchange(stream->ended, true)) stream->encoder->End();
    if (stream->done) continue;
    stream->upload->Finish(options);
    stream->done = true;
  }
  finished_ = true;
}

size_t DataFile::memory() const {
  size_t bytes = 0;
  for (const auto& stream : streams_) bytes += stream->upload->memory() + stream->encoder->held();
  return bytes;
}

uint64_t DataFile::size() const {
  uint64_t bytes = 0;
  for (const auto& stream : streams_) bytes += stream->upload->size();
  return bytes;
}

}  // namespace sluice::object_store_sink

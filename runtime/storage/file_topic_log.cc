#include "runtime/storage/file_topic_log.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::storage {

Status FileTopicLog::Start(Reader reader, milliseconds) {
  reader_ = std::move(reader);
  std::error_code error;
  if (!std::filesystem::exists(path_, error)) return OkStatus();
  std::ifstream file(path_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.good()) {
    return ConnectError(StrCat("Cannot read the offsets file ", path_, ": ", std::strerror(errno)));
  }
  if (bytes.empty()) return OkStatus();
  StatusOr<JavaMap> map = DecodeJavaMap(bytes);
  if (!map.ok()) {
    return ConnectError(StrCat("The offsets file ", path_, " is ", Message(map.status()),
                               "; name another file in offset.storage.file.filename"));
  }
  MutexLock lock(mutex_);
  map_ = *std::move(map);
  for (const auto& [key, value] : map_) {
    LogRecord record;
    record.key = key;
    if (value) record.value = *value;
    reader_(record);
  }
  return OkStatus();
}

void FileTopicLog::Append(std::string key, std::optional<std::string> value, milliseconds,
                          Done done) {
  Status saved;
  {
    MutexLock lock(mutex_);
    if (stopped_) {
      saved = StoppedError();
    } else {
      map_[key] = value;
      saved = Save();
    }
  }
  if (saved.ok()) {
    LogRecord record;
    record.key = key;
    if (value) record.value = *value;
    reader_(record);
  }
  done(saved);
}

Status FileTopicLog::Save() {
  const std::string bytes = EncodeJavaMap(map_);
  const std::string next = path_ + ".new";
  std::FILE* file = std::fopen(next.c_str(), "wb");
  const bool written = file != nullptr &&
                       std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() &&
                       std::fflush(file) == 0 && fsync(fileno(file)) == 0;
  const int write_error = errno;
  if (file != nullptr) std::fclose(file);
  if (!written || std::rename(next.c_str(), path_.c_str()) != 0) {
    return RetriableError(StrCat("Cannot write the offsets file ", path_, ": ",
                                 std::strerror(written ? errno : write_error)));
  }
  return OkStatus();
}

void FileTopicLog::Barrier(milliseconds, Done done) {
  bool stopped;
  {
    MutexLock lock(mutex_);
    stopped = stopped_;
  }
  done(stopped ? StoppedError() : OkStatus());
}

void FileTopicLog::Stop() {
  MutexLock lock(mutex_);
  stopped_ = true;
}

}  // namespace sluice::storage

#include "connectors/object_store_sink/object_name.h"

#include <algorithm>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

constexpr size_t kFoldersMax = 700;  // a name has 1024 bytes at most

}  // namespace

std::string ObjectStem(const NameOptions& options, std::string_view topic,
                       std::string_view consumed, std::string_view folders, int32_t partition,
                       int64_t start_offset) {
  std::string offset = sdk::Cat(start_offset);
  if (const auto pad = static_cast<size_t>(options.zero_pad); offset.size() < pad) {
    offset.insert(0, pad - offset.size(), '0');
  }
  const std::string& slash = options.directory_delim;
  std::string out = options.topics_dir;
  if (!out.empty()) out.append(slash);
  out.append(topic).append(slash);
  if (!folders.empty()) out.append(folders).append(slash);
  out.append(topic).append(options.file_delim);
  if (consumed != topic) out.append(consumed).append(options.file_delim);
  return out + sdk::Cat(partition, options.file_delim, offset);
}

void CheckFolders(std::string_view folders, std::string_view delim) {
  if (folders.size() > kFoldersMax) {
    throw sdk::DataException("the record's folders would have a name of ", folders.size(),
                             " bytes; at most ", kFoldersMax, " are possible");
  }
  if (folders.find('\0') != std::string_view::npos) {
    throw sdk::DataException("the record's folders would have a name with a NUL");
  }
  std::string_view rest = folders;
  while (!folders.empty()) {
    const size_t end = std::min(rest.find('/'), delim.empty() ? rest.npos : rest.find(delim));
    const std::string_view part = rest.substr(0, end);
    if (part.empty() || part == "." || part == "..") {
      throw sdk::DataException("the record's folders would be ", folders,
                               ", in which a part is empty, . or ..");
    }
    if (end == std::string_view::npos) return;
    rest.remove_prefix(end + (rest[end] == '/' ? 1 : delim.size()));
  }
}

}  // namespace sluice::object_store_sink

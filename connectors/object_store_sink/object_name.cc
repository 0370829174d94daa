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

void CheckLength(std::string_view name, size_t name_max, size_t part_max) {
  if (name.size() > name_max) {
    throw sdk::DataException("the record's object would have a name of ", name.size(),
                             " bytes; at most ", name_max, " are possible");
  }
  for (std::string_view rest = name; !rest.empty();) {
    const size_t end = std::min(rest.find('/'), rest.size());
    if (end > part_max) {
      throw sdk::DataException("a folder or file of the record would have a name of ", end,
                               " bytes; at most ", part_max, " are possible");
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
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

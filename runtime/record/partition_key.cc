#include "runtime/record/partition_key.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/abi/views.h"
#include "runtime/record/json_output.h"
#include "runtime/record/value.h"

namespace sluice::record {
namespace {

void AppendQuoted(std::string& out, std::string_view text) {
  JsonOutput json;
  json.String(text);
  out.append(json.view());
}

void AppendSorted(std::string& out, const sluice_value& map) {
  std::vector<std::pair<std::string, const sluice_value*>> members;
  members.reserve(map.size);
  for (uint32_t i = 0; i < map.size; ++i) {
    std::string key;
    AppendPartitionKey(key, map.as.entries[i].key);
    members.emplace_back(std::move(key), &map.as.entries[i].value);
  }
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  out.push_back('{');
  for (size_t i = 0; i < members.size(); ++i) {
    if (i != 0) out.push_back(',');
    out.append(members[i].first);
    out.push_back(':');
    AppendPartitionKey(out, *members[i].second);
  }
  out.push_back('}');
}

}  // namespace

void AppendPartitionKey(std::string& out, const sluice_value& value) {
  switch (value.kind) {
    case SLUICE_STRING:
      return AppendQuoted(out, abi::Text(value));
    case SLUICE_MAP:
      return AppendSorted(out, value);
    case SLUICE_ARRAY:
      out.push_back('[');
      for (uint32_t i = 0; i < value.size; ++i) {
        if (i != 0) out.push_back(',');
        AppendPartitionKey(out, value.as.items[i]);
      }
      out.push_back(']');
      return;
    case SLUICE_BYTES:
    case SLUICE_STRUCT:  // no plugin may send one; still never the same as something else
      return AppendQuoted(out, JavaText(value));
    default:
      return AppendJavaText(out, value);
  }
}

std::string PartitionKey(const sluice_value* partition) {
  std::string key;
  AppendPartitionKey(key, partition == nullptr ? abi::Null() : *partition);
  return key;
}

}  // namespace sluice::record

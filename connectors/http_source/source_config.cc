#include "connectors/http_source/source_config.h"

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "connectors/http/header_list.h"
#include "connectors/http/secrets.h"
#include "connectors/shared/shown_url.h"
#include "connectors/shared/text.h"
#include "connectors/shared/unknown_keys.h"

namespace sluice::http_source {
namespace {

using http::Template;
using sdk::ConfigException;
using shared::Lower;

Template ReadTemplate(std::string_view key, std::string_view text, bool with_offset) {
  try {
    Template made = Template::Parse(text);
    made.EachVariable([&](const Template::Variable& variable) {
      const bool known =
          variable.name == "entityName" || (with_offset && variable.name == "offset");
      const bool form = variable.form.empty() || variable.form == "json" || variable.form == "url";
      if (!known || !form || !variable.path.empty()) {
        throw std::invalid_argument(sdk::Cat("'${", variable.text, "}' is ",
                                             with_offset ? "neither ${offset} nor" : "not",
                                             " ${entityName}"));
      }
    });
    return made;
  } catch (const std::invalid_argument& wrong) {
    throw ConfigException::Invalid(key, "***", wrong.what());
  }
}

void ReadRequest(const sdk::Config& config, SourceConfig& out) {
  out.url = ReadTemplate("url", config.GetString("url"), true);
  std::string sample;
  out.url.Expand(sample, [](const Template::Variable&, std::string& text) { text += "x"; });
  try {
    out.origin = http::Origin(sample);
  } catch (const http::BadUrl& bad) {
    throw ConfigException::Invalid("url", shared::ShownUrl(config.GetString("url")), bad.what());
  }
  out.method = Lower(config.GetString("http.request.method")) == "post" ? "POST" : "GET";
  out.parameters =
      ReadTemplate("http.request.parameters", config.GetString("http.request.parameters"), true);
  out.body = ReadTemplate("http.request.body", config.GetString("http.request.body"), true);
  if (!out.body.empty() && out.method != "POST") {
    throw ConfigException::Invalid("http.request.body", "***",
                                   "http.request.method=POST is needed for it");
  }
  out.interval = config.GetMillis("request.interval.ms");
}

void ReadHeaders(const sdk::Config& config, SourceConfig& out) {
  for (const auto& [name, value] :
       http::ReadHeaderList("http.request.headers", config.GetString("http.request.headers"),
                            config.GetString("http.request.headers.separator"))) {
    http::NoteValue(out.authorization.secrets, value);
    out.headers.emplace_back(name, ReadTemplate("http.request.headers", value, true));
  }
}

// What is in URL and query may come back in an answer.
void NoteSecrets(const sdk::Config& config, SourceConfig& out) {
  http::Secrets& secrets = out.authorization.secrets;
  http::NoteUrl(secrets, config.GetString("url"));
  http::NoteQuery(secrets, config.GetString("http.request.parameters"));
  http::NoteLogin(secrets, out.client.proxy_user, out.client.proxy_password);
}

std::string ReadPointer(const sdk::Config& config, std::string_view key) {
  const std::string text = config.GetString(key);
  if ((!text.empty() && text[0] != '/') || !rapidjson::Pointer(text).IsValid()) {
    throw ConfigException::Invalid(key, text,
                                   "expected a JSON pointer (RFC 6901), such as /data/0/id");
  }
  return text;
}

OffsetMode ReadMode(const sdk::Config& config) {
  const std::string text = Lower(config.GetString("http.offset.mode"));
  if (text == "simple_incrementing") return OffsetMode::kSimpleIncrementing;
  if (text == "page_number") return OffsetMode::kPageNumber;
  if (text == "chaining") return OffsetMode::kChaining;
  if (text == "cursor_pagination") return OffsetMode::kCursor;
  if (text == "next_link") return OffsetMode::kNextLink;
  if (text == "snapshot_pagination") return OffsetMode::kSnapshot;
  throw ConfigException::Invalid("http.offset.mode", text,
                                 "expected SIMPLE_INCREMENTING, PAGE_NUMBER, CHAINING, "
                                 "CURSOR_PAGINATION, NEXT_LINK or SNAPSHOT_PAGINATION");
}

bool IsWhole(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0;
}

// Does the request change with the offset?
bool UsesOffset(const SourceConfig& config) {
  bool uses =
      config.url.Uses("offset") || config.parameters.Uses("offset") || config.body.Uses("offset");
  for (const auto& [name, value] : config.headers) uses = uses || value.Uses("offset");
  return uses;
}

void ReadOffsets(const sdk::Config& config, SourceConfig& out) {
  out.mode = ReadMode(config);
  const bool counts =
      out.mode == OffsetMode::kSimpleIncrementing || out.mode == OffsetMode::kPageNumber;
  const auto initial = config.Find("http.initial.offset");
  out.initial_offset = initial                               ? std::string(*initial)
                       : out.mode == OffsetMode::kPageNumber ? "1"
                       : counts                              ? "0"
                                                             : "";
  if (counts && !IsWhole(out.initial_offset)) {
    throw ConfigException::Invalid("http.initial.offset", out.initial_offset,
                                   "this http.offset.mode counts, from a whole number on");
  }
  out.offset_pointer = ReadPointer(config, "http.offset.json.pointer");
  out.next_pointer = ReadPointer(config, "http.next.page.json.pointer");
  out.page_size = config.GetInt("http.page.size");
  if (out.mode == OffsetMode::kChaining && out.offset_pointer.empty()) {
    throw ConfigException::Invalid("http.offset.json.pointer", "null",
                                   "http.offset.mode=CHAINING needs it");
  }
  if (out.mode == OffsetMode::kCursor && out.next_pointer.empty()) {
    throw ConfigException::Invalid("http.next.page.json.pointer", "null",
                                   "http.offset.mode=CURSOR_PAGINATION needs it");
  }
}

// SNAPSHOT_PAGINATION may have one page; NEXT_LINK brings its own URL.
void CheckOffsetIsUsed(const SourceConfig& config) {
  const bool needs = config.mode != OffsetMode::kNextLink &&
                     (config.mode != OffsetMode::kSnapshot || !config.next_pointer.empty());
  if (needs && !UsesOffset(config)) {
    throw ConfigException::Invalid("http.request.parameters", "***",
                                   "${offset} is neither in it nor in url, http.request.body or "
                                   "http.request.headers: every request would be the same. To read "
                                   "all anew each time: http.offset.mode=SNAPSHOT_PAGINATION");
  }
}

void ReadRecords(const sdk::Config& config, SourceConfig& out) {
  out.topic = ReadTemplate("topic.name.pattern", config.GetString("topic.name.pattern"), false);
  out.entities = config.GetList("entity.names");
  std::vector<std::string> sorted = out.entities;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    throw ConfigException::Invalid("entity.names", config.GetString("entity.names"),
                                   "a name is there twice");
  }
  if (out.entities.empty()) out.entities.emplace_back();
  out.data_pointer = ReadPointer(config, "http.response.data.json.pointer");
  out.key_pointer = ReadPointer(config, "http.record.key.json.pointer");
  if (Lower(config.GetString("http.record.format")) == "string") out.format = RecordFormat::kString;
}

void ReadClient(const sdk::Config& config, SourceConfig& out) {
  out.client = http::ReadClientOptions(config);
  out.client.connections = 1;
  out.client.answer_bytes_max = static_cast<size_t>(config.GetInt("http.response.max.bytes"));
}

}  // namespace

SourceConfig ReadConfig(const sdk::Config& config) {
  SourceConfig out;
  ReadRequest(config, out);
  out.authorization = http::ReadAuthorization(config);
  ReadHeaders(config, out);
  ReadOffsets(config, out);
  CheckOffsetIsUsed(out);
  ReadRecords(config, out);
  out.retries = http::ReadRetryOptions(config);
  ReadClient(config, out);
  NoteSecrets(config, out);
  return out;
}

void ValidateConfig(const sdk::Config& config, sdk::Problems& problems) {
  bool whole = true;
  SourceConfig all;
  const auto check = [&](auto&& read) {  // one mistake does not hide the others
    try {
      read();
    } catch (const ConfigException& wrong) {
      whole = false;
      problems.Add(wrong.key().empty() ? "url" : wrong.key(), wrong.what());
    }
  };
  check([&] { ReadRequest(config, all); });
  check([&] { all.authorization = http::ReadAuthorization(config); });
  check([&] { ReadHeaders(config, all); });
  check([&] { ReadOffsets(config, all); });
  if (whole) check([&] { CheckOffsetIsUsed(all); });
  check([&] { ReadRecords(config, all); });
  check([&] { all.retries = http::ReadRetryOptions(config); });
  check([&] { ReadClient(config, all); });
  shared::ReportUnknownKeys(config, Keys(), {}, problems);
}

}  // namespace sluice::http_source

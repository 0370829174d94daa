#include "connectors/http_sink/sink_config.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "connectors/http/header_list.h"
#include "connectors/http/secrets.h"
#include "connectors/http/url.h"
#include "connectors/http_sink/regex_rules.h"
#include "connectors/shared/shown_url.h"
#include "connectors/shared/text.h"
#include "connectors/shared/unknown_keys.h"

namespace sluice::http_sink {
namespace {

using http::Template;
using sdk::ConfigException;
using shared::Lower;

// As much as an error says of an answer.
constexpr size_t kAnswerBytesMax = 16 * 1024;
// Confluent's: what the worker's dead letter queue does here.
constexpr std::string_view kIgnored[] = {"reporter.", "report.errors.as", "confluent.topic."};

bool IsConfluents(const sdk::Config& config) { return !config.GetString("http.api.url").empty(); }

std::string UrlKey(const sdk::Config& config) {
  return IsConfluents(config) ? "http.api.url" : "http.url";
}

[[noreturn]] void RefuseVariable(const Template::Variable& variable) {
  throw std::invalid_argument(sdk::Cat(
      "'${", variable.text, "}' is none of topic, partition, offset, timestamp, key, ",
      "key.<field>, value, value.<field> and header.<name>, with json: or url: before it"));
}

// A text with variables, all of which a record has.
Template ReadTemplate(std::string_view key, std::string_view text, std::string_view shown) {
  try {
    Template made = Template::Parse(text);
    made.EachVariable([&](const Template::Variable& variable) {
      if (!IsVariable(variable)) RefuseVariable(variable);
    });
    return made;
  } catch (const std::invalid_argument& wrong) {
    throw ConfigException::Invalid(key, shown, wrong.what());
  }
}

// What the URL is with every variable replaced by x: something that can be checked.
std::string Sample(const Template& url) {
  std::string text;
  url.Expand(text, [](const Template::Variable&, std::string& out) { out += "x"; });
  return text;
}

void ReadUrl(const sdk::Config& config, SinkConfig& out) {
  const std::string key = UrlKey(config);
  if (IsConfluents(config) && !config.GetString("http.url").empty()) {
    throw ConfigException::Invalid("http.url", "***", "give either it or http.api.url");
  }
  const std::string text = config.GetString(key);
  if (text.empty()) throw ConfigException::Missing("http.url");
  out.url = ReadTemplate(key, text, "***");
  try {
    out.origin = http::Origin(Sample(out.url));
  } catch (const http::BadUrl& bad) {
    throw ConfigException::Invalid(key, shared::ShownUrl(text), bad.what());
  }
  // A host that is made of the record has no name here.
  const size_t first = text.find("${"), host = text.find("://");
  if (first != std::string::npos && host != std::string::npos && text.find('/', host + 3) > first) {
    out.origin.clear();
  }
  out.method = config.GetString("request.method");
  std::transform(out.method.begin(), out.method.end(), out.method.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
}

void ReadHeaders(const sdk::Config& config, SinkConfig& out) {
  http::Headers all = http::ReadHeaderList("http.headers.additional",
                                           config.GetString("http.headers.additional"), ",");
  for (auto& header : http::ReadHeaderList("headers", config.GetString("headers"),
                                           config.GetString("header.separator"))) {
    all.push_back(std::move(header));
  }
  for (const auto& [name, value] : all) {
    http::NoteValue(out.authorization.secrets, value);
    out.headers.emplace_back(name, ReadTemplate("http.headers.additional", value, name));
  }
  std::string type = config.GetString("http.headers.content.type");
  if (type.empty() && out.as_json) type = "application/json";
  const bool given = http::FindHeader(all, "Content-Type") != nullptr;
  if (!type.empty() && !given) {
    out.headers.emplace_back("Content-Type", ReadTemplate("http.headers.content.type", type, type));
  }
  if (http::FindHeader(all, "Authorization") != nullptr &&
      (!out.authorization.header.empty() || out.authorization.oauth2)) {
    throw ConfigException::Invalid("http.headers.additional", "Authorization",
                                   "http.authorization.type makes this header");
  }
}

std::vector<std::string> Split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  while (true) {
    const size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + separator.size());
  }
}

void ReadRegexes(const sdk::Config& config, SinkConfig& out) {
  const std::string separator = config.GetString("regex.separator");
  const std::vector<std::string> patterns = Split(config.GetString("regex.patterns"), separator);
  std::vector<std::string> replacements = Split(config.GetString("regex.replacements"), separator);
  if (!patterns.empty() && replacements.empty()) replacements.emplace_back();  // one empty one
  if (patterns.size() != replacements.size()) {
    throw ConfigException::Invalid(
        "regex.replacements", config.GetString("regex.replacements"),
        sdk::Cat("regex.patterns has ", patterns.size(), " parts, this one ", replacements.size()));
  }
  RegexRules rules;
  for (size_t i = 0; i < patterns.size(); ++i) {
    try {
      rules.Add(patterns[i], replacements[i], IsVariable);
    } catch (const BadPattern& wrong) {
      throw ConfigException::Invalid("regex.patterns", patterns[i], wrong.what());
    } catch (const BadReplacement& wrong) {
      throw ConfigException::Invalid("regex.replacements", replacements[i], wrong.what());
    }
    out.regexes.emplace_back(patterns[i], replacements[i]);
  }
}

void ReadBody(const sdk::Config& config, SinkConfig& out) {
  out.as_json = Lower(config.GetString("request.body.format")) == "json";
  if (const auto text = config.Find("request.body.template")) {
    out.body = ReadTemplate("request.body.template", *text, *text);
  }
  if (Lower(config.GetString("decimal.format")) == "numeric") {
    out.decimals = shared::DecimalText::kNumeric;
  }
  ReadRegexes(config, out);
}

void ReadBatching(const sdk::Config& config, SinkConfig& out) {
  const bool confluents = IsConfluents(config);
  Batching& batching = out.batching;
  const bool has_size = config.Find("batch.max.size").has_value();
  const size_t size = has_size ? static_cast<size_t>(config.GetInt("batch.max.size"))
                      : confluents && !config.GetBool("batching.enabled") ? 1
                                                                          : 500;
  batching.enabled = config.GetBool("batching.enabled") || (confluents && size > 1);
  batching.records = batching.enabled ? size : 1;
  batching.bytes = static_cast<size_t>(config.GetInt("batch.max.bytes"));
  batching.prefix = config.GetString("batch.prefix");
  batching.separator = config.Find("batch.separator").value_or(confluents ? "," : "\n");
  batching.suffix = config.Find("batch.suffix").value_or(confluents ? "" : "\n");
  if (config.GetBool("batch.json.as.array")) {
    batching.prefix = "[";
    batching.separator = ",";
    batching.suffix = "]";
  }
  if (const auto text = config.Find("batch.key.pattern")) {
    batching.key = ReadTemplate("batch.key.pattern", *text, *text);
  }
}

void ReadErrors(const sdk::Config& config, SinkConfig& out) {
  const std::string null = Lower(config.GetString("behavior.on.null.values"));
  out.on_null = null == "ignore"   ? NullBehavior::kIgnore
                : null == "log"    ? NullBehavior::kLog
                : null == "delete" ? NullBehavior::kDelete
                : null == "fail"
                    ? NullBehavior::kFail
                    : (IsConfluents(config) ? NullBehavior::kIgnore : NullBehavior::kFail);
  out.null_fails = null == "fail";
  const std::string error = Lower(config.GetString("behavior.on.error"));
  out.on_error = error == "log"      ? ErrorBehavior::kLog
                 : error == "ignore" ? ErrorBehavior::kIgnore
                                     : ErrorBehavior::kFail;
  const auto tolerance = config.given().find("errors.tolerance");
  out.idempotency_key = config.GetBool("http.idempotency.key");
  out.tolerant = tolerance != config.given().end() && Lower(tolerance->second) == "all";
}

void ReadClient(const sdk::Config& config, SinkConfig& out) {
  out.client = http::ReadClientOptions(config);
  out.client.connections = static_cast<size_t>(config.GetInt("max.in.flight.requests"));
  out.client.answer_bytes_max = kAnswerBytesMax;
  out.client.refuse_long_answers = false;
}

}  // namespace

bool IsVariable(const Template::Variable& variable) {
  const std::string& name = variable.name;
  const bool has_path = name == "key" || name == "value";
  const bool has_none =
      name == "topic" || name == "partition" || name == "offset" || name == "timestamp";
  if (!has_path && !has_none && name != "header") return false;
  const bool known_form =
      variable.form.empty() || variable.form == "json" || variable.form == "url";
  const bool fits = has_path || variable.path.empty() == has_none;
  if (!fits || !known_form) RefuseVariable(variable);
  return true;
}

SinkConfig ReadConfig(const sdk::Config& config) {
  SinkConfig out;
  ReadUrl(config, out);
  ReadBody(config, out);
  out.authorization = http::ReadAuthorization(config);
  ReadHeaders(config, out);
  // A web hook's path is its password, and servers like to say which path they do not have.
  http::NoteUrl(out.authorization.secrets, config.GetString(UrlKey(config)));
  ReadBatching(config, out);
  ReadErrors(config, out);
  out.retries = http::ReadRetryOptions(config);
  ReadClient(config, out);
  http::NoteLogin(out.authorization.secrets, out.client.proxy_user, out.client.proxy_password);
  for (const auto& [key, value] : config.given()) {
    for (std::string_view ignored : kIgnored) {
      if (key.starts_with(ignored)) out.ignored.push_back(key);
    }
  }
  return out;
}

void ValidateConfig(const sdk::Config& config, sdk::Problems& problems) {
  const auto check = [&](auto&& read) {  // one mistake does not hide the others
    SinkConfig out;
    try {
      read(out);
    } catch (const ConfigException& wrong) {
      problems.Add(wrong.key().empty() ? "http.url" : wrong.key(), wrong.what());
    }
  };
  check([&](SinkConfig& out) { ReadUrl(config, out); });
  check([&](SinkConfig& out) { ReadBody(config, out); });
  check([&](SinkConfig& out) { out.authorization = http::ReadAuthorization(config); });
  check([&](SinkConfig& out) { ReadHeaders(config, out); });
  check([&](SinkConfig& out) { ReadBatching(config, out); });
  check([&](SinkConfig& out) { ReadErrors(config, out); });
  check([&](SinkConfig& out) { out.retries = http::ReadRetryOptions(config); });
  check([&](SinkConfig& out) { ReadClient(config, out); });
  shared::ReportUnknownKeys(config, Keys(), {std::begin(kIgnored), std::end(kIgnored)}, problems);
}

}  // namespace sluice::http_sink

#include "connectors/http_sink/renderer.h"

#include <algorithm>
#include <utility>

#include "connectors/http/text.h"
#include "connectors/http/url.h"
#include "connectors/shared/json_text.h"
#include "connectors/shared/text.h"

namespace sluice::http_sink {
namespace {

using http::Template;
using sdk::DataException;
using shared::AppendJson;
using shared::DecimalText;

// The field of a struct, or the entry of a map. Throws where the value has none.
const sluice_value& FieldOf(const sluice_value& value, const std::string& name,
                            const Template::Variable& variable) {
  if (value.kind == SLUICE_STRUCT) {
    const sluice_struct& from = *value.as.structure;
    const int index = abi::FieldIndex(*from.schema, name);
    if (index >= 0) return from.values[index];
  }
  if (const sluice_value* entry = abi::Find(value, name)) return *entry;
  const bool has_fields = value.kind == SLUICE_STRUCT || value.kind == SLUICE_MAP;
  throw DataException("'${", variable.text, "}': the record has ",
                      has_fields ? "no field of that name" : "neither a struct nor a map there");
}

sluice_value HeaderOf(const sdk::SinkRecord& record, const std::string& name) {
  const auto headers = record.headers();
  for (size_t i = headers.size(); i-- > 0;) {  // the last counts
    if (abi::View(headers[i].key) == name) return headers[i].value;
  }
  return sdk::Null();
}

sluice_value ValueOf(const sdk::SinkRecord& record, const Template::Variable& variable) {
  if (variable.name == "topic") return sdk::String(record.topic());
  if (variable.name == "partition") return sdk::Int64(record.original_partition());
  if (variable.name == "offset") return sdk::Int64(record.offset());
  if (variable.name == "timestamp") {
    return record.timestamp() ? sdk::Int64(*record.timestamp()) : sdk::Null();
  }
  if (variable.name == "header") return HeaderOf(record, variable.path.at(0));
  const sluice_value* value = variable.name == "key" ? &record.key() : &record.value();
  for (const std::string& name : variable.path) value = &FieldOf(*value, name, variable);
  return *value;
}

void CheckHost(const std::string& url) {
  try {
    http::CheckUrl(url);
  } catch (const http::BadUrl& bad) {
    throw DataException("This record makes no URL: ", bad.what());
  }
}

}  // namespace

void AppendPlain(std::string& out, const sluice_value& value) {
  if (abi::IsText(value)) {
    out.append(abi::Text(value));
  } else if (!abi::IsNull(value)) {
    AppendJson(out, value, DecimalText::kNumeric);
  }
}

void AppendVariable(std::string& out, const sdk::SinkRecord& record,
                    const Template::Variable& variable, bool url) {
  const sluice_value value = ValueOf(record, variable);
  if (variable.form == "json" && !(url && abi::IsNull(value))) {
    std::string json;
    AppendJson(json, value, DecimalText::kNumeric);
    out += url ? shared::PercentEncode(json) : json;
    return;
  }
  std::string text;
  AppendPlain(text, value);
  if (url && text.empty()) {
    // It would make another URL of it: that of all orders, not of one.
    throw DataException("'${", variable.text, "}' in the URL is ",
                        abi::IsNull(value) ? "null" : "empty", " in this record");
  }
  if (url && (text == "." || text == "..")) {
    throw DataException("'${", variable.text, "}' in the URL is '", text, "' in this record");
  }
  out += url || variable.form == "url" ? shared::PercentEncode(text) : text;
}

Renderer::Renderer(const SinkConfig& config) : config_(config) {
  for (const auto& [pattern, replacement] : config.regexes) {
    rules_.Add(pattern, replacement, IsVariable);
  }
  fixed_ = config.url.fixed() && config.batching.key.fixed();
  for (const auto& [name, value] : config.headers) fixed_ = fixed_ && value.fixed();
}

// Behind the path.
void Renderer::AppendKey(std::string& url, const sdk::SinkRecord& record) {
  static const Template::Variable kKey{"key", "", "key", {}};
  const size_t end = std::min(url.find_first_of("?#"), url.size());
  std::string key;
  if (end == 0 || url[end - 1] != '/') key.push_back('/');
  AppendVariable(key, record, kKey, true);
  url.insert(end, key);
}

TargetPtr Renderer::TargetOf(const sdk::SinkRecord& record, bool deletes) {
  TargetPtr& last = deletes ? last_delete_ : last_;
  const bool key_in_url = config_.url.Uses("key");
  if (last != nullptr && fixed_ && !deletes) return last;
  Target target;
  target.method = deletes ? "DELETE" : config_.method;
  config_.url.Expand(target.url, [&](const Template::Variable& variable, std::string& out) {
    AppendVariable(out, record, variable, true);
  });
  if (deletes && !key_in_url) AppendKey(target.url, record);
  // Where the configuration names the host the URL was checked with it.
  if (config_.origin.empty() && (last == nullptr || last->url != target.url)) CheckHost(target.url);
  for (const auto& [name, value] : config_.headers) {
    std::string text;
    value.Expand(text, [&](const Template::Variable& variable, std::string& out) {
      AppendVariable(out, record, variable, false);
    });
    if (!http::IsHeaderValue(text)) {
      throw DataException("The header ", name, " would hold a line break or another control ",
                          "character of this record");
    }
    if (deletes && shared::EqualIgnoringCase(name, "Content-Type")) continue;
    target.headers.emplace_back(name, std::move(text));
  }
  if (!deletes) {  // which stands alone anyway
    config_.batching.key.Expand(target.batch_key,
                                [&](const Template::Variable& variable, std::string& out) {
                                  AppendVariable(out, record, variable, false);
                                });
  }
  if (last == nullptr || *last != target) last = std::make_shared<const Target>(std::move(target));
  return last;
}

std::optional<TargetPtr> Renderer::Render(const sdk::SinkRecord& record, std::string& body) {
  const sluice_value& value = record.value();
  if (abi::IsNull(value)) {
    switch (config_.on_null) {
      case NullBehavior::kIgnore:
      case NullBehavior::kLog:
        return std::nullopt;
      case NullBehavior::kDelete:
        return TargetOf(record, true);
      case NullBehavior::kFail:
        throw DataException("The record has no value (behavior.on.null.values=fail)");
    }
  }
  const auto variable = [&](const Template::Variable& each, std::string& out) {
    AppendVariable(out, record, each, false);
  };
  const size_t begin = body.size();
  if (!config_.body.empty()) {
    config_.body.Expand(body, variable);
  } else if (config_.as_json || !abi::IsText(value)) {
    AppendJson(body, value, config_.decimals);
  } else {
    body += abi::Text(value);
  }
  if (!rules_.empty()) {
    const std::string changed = rules_.Apply(body.substr(begin), variable);
    body.resize(begin);
    body += changed;
  }
  return TargetOf(record, false);
}

}  // namespace sluice::http_sink

#include "connectors/http_source/http_source.h"

#include <algorithm>
#include <utility>

#include "connectors/http/curl_client.h"
#include "connectors/http/text.h"

namespace sluice::http_source {
namespace {

using sdk::ConnectException;
using sdk::milliseconds;

std::string TopicOf(const SourceConfig& config, const std::string& entity) {
  std::string topic;
  config.topic.Expand(topic,
                      [&](const http::Template::Variable&, std::string& out) { out += entity; });
  return topic;
}

}  // namespace

HttpSourceTask::Parts::Parts(SourceConfig from)
    : config(std::move(from)),
      client(std::make_unique<http::CurlClient>(config.client)),
      authorization(config.authorization,
                    http::MakeTokenClient(config.authorization, config.client), &Clock::now) {}

void HttpSourceTask::Start(const sdk::Config& config) {
  auto parts = std::make_unique<Parts>(ReadConfig(config));
  for (const std::string& entity : parts->config.entities) {
    const sdk::Value* partition = MakeMap({{"entity", sdk::String(entity)}});
    Position resume{.offset = parts->config.initial_offset};
    if (const sdk::Value* stored = StoredOffset(*partition)) resume = FromOffset(*stored);
    streams_.push_back(
        std::make_unique<Stream>(Stream{entity, TopicOf(parts->config, entity), partition,
                                        Paging(parts->config, entity, std::move(resume))}));
  }
  std::lock_guard<std::mutex> lock(stop_mutex_);
  parts_ = std::move(parts);
}

void HttpSourceTask::Stop() {
  std::lock_guard<std::mutex> lock(stop_mutex_);
  if (parts_ == nullptr) return;
  parts_->client->Wake();
  parts_->authorization.Wake();
}

HttpSourceTask::Stream& HttpSourceTask::Earliest() {
  return **std::min_element(streams_.begin(), streams_.end(),
                            [](const auto& a, const auto& b) { return a->due < b->due; });
}

void HttpSourceTask::Poll(sdk::RecordBatch& batch, milliseconds timeout) {
  const Clock::time_point deadline = Clock::now() + timeout;
  const auto left = [&] {
    return std::max(std::chrono::ceil<milliseconds>(deadline - Clock::now()), milliseconds(0));
  };
  while (!stopping() && batch.empty()) {
    if (asking_ == nullptr) {
      Stream& stream = Earliest();
      const auto wait = std::chrono::ceil<milliseconds>(stream.due - Clock::now());
      if (wait > milliseconds(0)) {
        if (!WaitFor(std::min(wait, left())) || Clock::now() < stream.due) return;
      }
      if (Send(stream, left())) asking_ = &stream;
    } else if (std::optional<http::Client::Done> done = parts_->client->Next(left())) {
      Finish(*std::exchange(asking_, nullptr), done->outcome, batch);
    }
    if (left() == milliseconds(0)) return;
  }
}

bool HttpSourceTask::Send(Stream& stream, milliseconds most) {
  http::Request request;
  try {
    request = stream.paging.MakeRequest();
  } catch (const http::BadUrl& bad) {
    throw ConnectException("The URL of the next request cannot be made: ", bad.what());
  }
  for (const auto& [name, value] : request.headers) {
    if (http::IsHeaderValue(value)) continue;
    throw ConnectException("The header ", name, " would hold a line break or another control ",
                           "character of the offset");
  }
  try {
    std::optional<std::string> token = parts_->authorization.Set(request.headers, most);
    if (!token) return false;
    token_ = *std::move(token);
  } catch (const sdk::RetriableException& error) {
    if (stopping()) return false;
    TryAgain(stream, parts_->authorization.retry_after(), true, error.what());
    return false;
  }
  parts_->client->Send(0, std::move(request));
  log().Count("requests");
  return true;
}

void HttpSourceTask::Finish(Stream& stream, const http::Outcome& outcome, sdk::RecordBatch& batch) {
  const std::string token = std::exchange(token_, "");
  if (outcome.ok() || (outcome.answered() && outcome.status == 304)) {
    stream.failures = 0;
    stream.renewed = false;
    stream.warned = false;
    return TakePage(stream, outcome, batch);
  }
  if (outcome.answered() && parts_->authorization.Refused(outcome.status, token) &&
      !std::exchange(stream.renewed, true)) {
    log().Info("The OAuth2 token was refused with ", outcome.status, "; another one is fetched");
    return;  // it is due still
  }
  const std::string what = Describe(outcome, token);
  if (!parts_->config.retries.MayPass(outcome)) throw ConnectException(what);
  stream.renewed = false;
  const bool limit = parts_->config.retries.backoff.IsLimit(outcome);
  TryAgain(stream, http::RetryAfterOf(outcome), !limit, what);
  if (limit) {  // mostly one for all that this task asks
    for (const auto& each : streams_) each->due = std::max(each->due, stream.due);
  }
}

void HttpSourceTask::TryAgain(Stream& stream, std::optional<milliseconds> asked_for, bool counts,
                              const std::string& what) {
  const http::RetryOptions& retries = parts_->config.retries;
  if (counts && retries.UsedUp(++stream.failures)) {
    throw ConnectException("Gave up after max.retries=", retries.max_retries, " retries: ", what);
  }
  const milliseconds time =
      retries.backoff.Before(std::max<int64_t>(stream.failures, 1), asked_for, random_);
  stream.due = Clock::now() + time;
  log().Count("request-retries");
  if (!std::exchange(stream.warned, true)) {
    log().Warn("A request failed and will be tried again in ", time.count(), " ms: ", what);
  } else {
    log().Debug("A request failed again and will be tried again in ", time.count(), " ms: ", what);
  }
}

void HttpSourceTask::TakePage(Stream& stream, const http::Outcome& outcome,
                              sdk::RecordBatch& batch) {
  Paging::Step step;
  try {
    const JsonPage page(outcome.body, parts_->config.data_pointer);
    step = stream.paging.Look(page, outcome.headers);
    const OffsetWriter offsets(step.page, batch.arena());
    for (size_t index : step.fresh) {
      const bool last = index == step.fresh.back();
      Add(stream, page, index, batch)
          .From(stream.partition,
                last ? ToOffset(step.stored, batch.arena())
                     : offsets.Write(static_cast<int64_t>(index) + 1, page.Hash(index)));
    }
  } catch (const BadPage& bad) {
    throw ConnectException("The answer of ", parts_->config.origin,
                           stream.entity.empty() ? "" : " for ", stream.entity,
                           " cannot be read: ", bad.what());
  }
  stream.due = Clock::now();
  if (!step.more) stream.due += parts_->config.interval;
  stream.paging.Advance(std::move(step));
}

sdk::NewRecord HttpSourceTask::Add(const Stream& stream, const JsonPage& page, size_t index,
                                   sdk::RecordBatch& batch) {
  const SourceConfig& config = parts_->config;
  sdk::NewRecord record = batch.Add(stream.topic);
  if (config.format == RecordFormat::kString) {
    record.Text(string_, page.Text(index));
  } else {
    record.Value(no_schema_, page.ValueOf(index, batch.arena()));
  }
  if (!config.key_pointer.empty()) {
    record.Key(no_schema_, page.KeyOf(index, config.key_pointer, batch.arena()));
  }
  return record;
}

std::string HttpSourceTask::Describe(const http::Outcome& outcome, const std::string& token) const {
  if (!outcome.answered()) return sdk::Cat("Nothing could be asked: ", outcome.error);
  std::string text = sdk::Cat(parts_->config.method, " to ", parts_->config.origin,
                              " was answered with ", outcome.status);
  const std::string said = http::Snippet(outcome.body, parts_->authorization.SecretsWith(token));
  if (!said.empty()) text += sdk::Cat(": ", said);
  return text;
}

// ---- The connector

sdk::ClassInfo HttpSourceConnector::Describe() {
  return {.name = "io.confluent.connect.http.HttpSourceConnector",
          .doc = "Asks an HTTP server for records, page by page, again and again.",
          .keys = Keys(),
          .aliases = {"HttpSourceConnector", "HttpSource"}};
}

void HttpSourceConnector::Start(const sdk::Config& config) {
  const SourceConfig read = ReadConfig(config);  // what cannot work is said here, not by each task
  log().Info("Asking ", read.origin, " every ", read.interval.count(), " ms");
}

std::vector<sdk::Config::Map> HttpSourceConnector::TaskConfigs(int max) {
  const std::vector<std::string> entities = config().GetList("entity.names");
  if (entities.empty()) return {config().given()};
  const size_t count = std::min(entities.size(), static_cast<size_t>(std::max(max, 1)));
  std::vector<std::string> lists(count);
  for (size_t i = 0; i < entities.size(); ++i) {
    std::string& list = lists[i % count];
    list += sdk::Cat(list.empty() ? "" : ",", entities[i]);
  }
  std::vector<sdk::Config::Map> tasks;
  for (std::string& list : lists) {
    sdk::Config::Map& task = tasks.emplace_back(config().given());
    task["entity.names"] = std::move(list);
  }
  return tasks;
}

bool HttpSourceConnector::AlterOffsets(const sdk::Config&,
                                       const std::vector<sdk::OffsetChange>& changes) {
  for (const sdk::OffsetChange& change : changes) {
    const sdk::Value* entity = sdk::Find(change.partition, "entity");
    if (change.partition.size != 1 || entity == nullptr || entity->kind != SLUICE_STRING) {
      throw ConnectException(
          "Expected partitions of the form {\"entity\": <one of entity.names, or ", "\"\">}");
    }
    if (!sdk::IsNull(change.offset)) FromOffset(change.offset);
  }
  return true;
}

}  // namespace sluice::http_source

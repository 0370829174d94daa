#include "runtime/schema_registry/fake_registry.h"

#include <algorithm>

#include "runtime/base/json.h"
#include "runtime/base/text.h"

namespace sluice::schema_registry {
namespace {

http::Response Error(int status, int code, std::string_view message) {
  JsonWriter json;
  json.StartObject().Key("error_code").Int(code).Key("message").String(message).EndObject();
  return {status, json.Take()};
}

void WriteReferences(JsonWriter& json, const Schema& schema) {
  if (schema.references.empty()) return;
  json.Key("references").StartArray();
  for (const Reference& one : schema.references) {
    json.StartObject().Key("name").String(one.name).Key("subject").String(one.subject);
    json.Key("version").Int(one.version).EndObject();
  }
  json.EndArray();
}

Schema ReadSchema(const std::string& body) {
  Schema schema;
  const auto json = ParseJson(body);
  if (!json.ok() || !json->IsObject()) return schema;
  schema.text = JsonText(*FindJsonMember(*json, "schema"));
  if (const auto* type = FindJsonMember(*json, "schemaType")) schema.type = JsonText(*type);
  if (const auto* list = FindJsonMember(*json, "references")) {
    for (const auto& one : list->GetArray()) {
      schema.references.push_back({std::string(JsonText(*FindJsonMember(one, "name"))),
                                   std::string(JsonText(*FindJsonMember(one, "subject"))),
                                   FindJsonMember(one, "version")->GetInt()});
    }
  }
  return schema;
}

std::string Decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 2 >= text.size()) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
    i += 2;
  }
  return out;
}

bool Same(const Schema& a, const Schema& b) { return a.type == b.type && a.text == b.text; }

}  // namespace

class FakeRegistry::FakeClient : public http::Client {
 public:
  explicit FakeClient(FakeRegistry& registry) : registry_(registry) {}
  void Send(http::Request request, Done done) override {
    registry_.Serve(std::move(request), std::move(done));
  }

 private:
  FakeRegistry& registry_;
};

std::unique_ptr<http::Client> FakeRegistry::NewTransport() {
  return std::make_unique<FakeClient>(*this);
}

int32_t FakeRegistry::Add(const std::string& subject, const Schema& schema) {
  MutexLock lock(mutex_);
  return AddLocked(subject, schema);
}

int32_t FakeRegistry::AddLocked(const std::string& subject, const Schema& schema) {
  auto found = std::find_if(schemas_.begin(), schemas_.end(),
                            [&](const Schema& one) { return Same(one, schema); });
  if (found == schemas_.end()) {
    schemas_.push_back(schema);
    found = schemas_.end() - 1;
  }
  const auto id = static_cast<int32_t>(found - schemas_.begin()) + 1;
  auto& versions = subjects_[subject];
  if (std::find(versions.begin(), versions.end(), id) == versions.end()) versions.push_back(id);
  return id;
}

std::vector<Schema> FakeRegistry::Versions(const std::string& subject) const {
  MutexLock lock(mutex_);
  std::vector<Schema> all;
  const auto found = subjects_.find(subject);
  if (found == subjects_.end()) return all;
  for (const int32_t id : found->second) all.push_back(schemas_[static_cast<size_t>(id - 1)]);
  return all;
}

void FakeRegistry::Delete(const std::string& subject, int32_t version) {
  MutexLock lock(mutex_);
  deleted_.emplace(subject, static_cast<size_t>(version - 1));
}

std::string FakeRegistry::Guid(int32_t id) {
  const std::string digits = StrCat(id);
  return StrCat("f0000000-0000-4000-8000-", std::string(12 - digits.size(), '0'), digits);
}

void FakeRegistry::ServeGuids() {
  MutexLock lock(mutex_);
  guids_ = true;
}

void FakeRegistry::SetDown(bool down) {
  MutexLock lock(mutex_);
  down_ = down;
}
void FakeRegistry::AnswerNext(http::Response response) {
  MutexLock lock(mutex_);
  next_.push_back(std::move(response));
}
void FakeRegistry::RefuseNew(std::string reason) {
  MutexLock lock(mutex_);
  refusal_ = std::move(reason);
}
void FakeRegistry::Hold() {
  MutexLock lock(mutex_);
  holding_ = true;
}
void FakeRegistry::Release() {
  std::vector<std::pair<http::Request, http::Client::Done>> held;
  {
    MutexLock lock(mutex_);
    holding_ = false;
    held.swap(held_);
  }
  for (auto& [request, done] : held) done(Answer(request));
}
std::vector<http::Request> FakeRegistry::requests() const {
  MutexLock lock(mutex_);
  return requests_;
}
size_t FakeRegistry::held() const {
  MutexLock lock(mutex_);
  return held_.size();
}

void FakeRegistry::Serve(http::Request request, http::Client::Done done) {
  {
    MutexLock lock(mutex_);
    requests_.push_back(request);
    if (holding_) {
      held_.emplace_back(std::move(request), std::move(done));
      return;
    }
  }
  done(Answer(request));
}

StatusOr<http::Response> FakeRegistry::Answer(const http::Request& request) {
  MutexLock lock(mutex_);
  if (down_) return RetriableError("Connection refused");
  if (!next_.empty()) {
    http::Response response = next_.front();
    next_.erase(next_.begin());
    return response;
  }
  std::string_view path = request.url;
  path.remove_prefix(path.find('/', path.find("://") + 3));
  path = path.substr(0, path.find('?'));
  constexpr std::string_view kBase = "/base";  // a registry may lie below a path
  if (path.starts_with(kBase)) path.remove_prefix(kBase.size());
  constexpr std::string_view kIds = "/schemas/ids/", kGuids = "/schemas/guids/",
                             kSubjects = "/subjects/";
  if (path.starts_with(kIds)) return Schemas(ParseInt64(path.substr(kIds.size())).value_or(0));
  if (guids_ && path.starts_with(kGuids)) {
    for (size_t id = 1; id <= schemas_.size(); ++id) {
      if (path.substr(kGuids.size()) == Guid(static_cast<int32_t>(id))) {
        return Schemas(static_cast<int64_t>(id));
      }
    }
    return Schemas(0);
  }
  if (path.starts_with(kSubjects)) return Subject(request, path.substr(kSubjects.size()));
  return Error(404, 404, "HTTP 404 Not Found");
}

http::Response FakeRegistry::Schemas(int64_t id) const {
  if (id < 1 || id > static_cast<int64_t>(schemas_.size())) {
    return Error(404, 40403, "Schema not found");
  }
  const Schema& schema = schemas_[static_cast<size_t>(id - 1)];
  JsonWriter json;
  json.StartObject().Key("schema").String(schema.text);
  if (schema.type != "AVRO") json.Key("schemaType").String(schema.type);
  WriteReferences(json, schema);
  json.EndObject();
  return {200, json.Take()};
}

std::string FakeRegistry::Describe(const std::string& subject, size_t index) const {
  const int32_t id = subjects_.at(subject)[index];
  const Schema& schema = schemas_[static_cast<size_t>(id - 1)];
  JsonWriter json;
  json.StartObject().Key("subject").String(subject).Key("id").Int(id);
  json.Key("version").Int(static_cast<int64_t>(index) + 1).Key("schema").String(schema.text);
  if (schema.type != "AVRO") json.Key("schemaType").String(schema.type);
  WriteReferences(json, schema);
  json.EndObject();
  return json.Take();
}

http::Response FakeRegistry::Subject(const http::Request& request, std::string_view rest) {
  const size_t slash = std::min(rest.find('/'), rest.size());
  const std::string subject = Decode(rest.substr(0, slash));
  const std::string_view what = rest.substr(slash);
  const auto known = subjects_.find(subject);
  const bool any = request.url.find("deleted=true") != std::string::npos;
  if (request.method == "POST") {
    const Schema schema = ReadSchema(request.body);
    if (known != subjects_.end()) {
      for (size_t i = 0; i < known->second.size(); ++i) {
        if ((!any && deleted_.contains({subject, i})) ||
            !Same(schemas_[static_cast<size_t>(known->second[i] - 1)], schema))
          continue;
        return what.empty() ? http::Response{200, Describe(subject, i)}
                            : http::Response{200, StrCat("{\"id\":", known->second[i], "}")};
      }
    }
    if (what.empty()) {
      return known == subjects_.end()
                 ? Error(404, 40401, StrCat("Subject '", subject, "' not found."))
                 : Error(404, 40403, "Schema not found");
    }
    if (!refusal_.empty()) return Error(409, 409, refusal_);
    return {200, StrCat("{\"id\":", AddLocked(subject, schema), "}")};
  }
  if (known == subjects_.end()) {
    return Error(404, 40401, StrCat("Subject '", subject, "' not found."));
  }
  const std::string_view version = what.substr(std::min(what.size(), sizeof("/versions/") - 1));
  if (version == "latest") return {200, Describe(subject, known->second.size() - 1)};
  const auto number = ParseInt64(version);
  if (!number || *number < 1 || *number > static_cast<int64_t>(known->second.size()) ||
      (!any && deleted_.contains({subject, static_cast<size_t>(*number - 1)}))) {
    return Error(404, 40402, StrCat("Version ", version, " not found."));
  }
  return {200, Describe(subject, static_cast<size_t>(*number - 1))};
}

}  // namespace sluice::schema_registry

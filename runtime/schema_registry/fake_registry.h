// A schema registry in memory, in place of the HTTP client, for tests here and of converters:
// counts what it is asked, can be down, slow, or say anything. Thread-safe.
#ifndef SLUICE_RUNTIME_SCHEMA_REGISTRY_FAKE_REGISTRY_H_
#define SLUICE_RUNTIME_SCHEMA_REGISTRY_FAKE_REGISTRY_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/http/client.h"
#include "runtime/schema_registry/client.h"

namespace sluice::schema_registry {

class FakeRegistry {
 public:
  // An HTTP client of it; it must outlive it.
  std::unique_ptr<http::Client> NewTransport();

  // The id of the new version of a subject.
  int32_t Add(const std::string& subject, const Schema& schema);
  std::vector<Schema> Versions(const std::string& subject) const;
  // Softly: the version is found by those who ask for deleted ones, and by its id.
  void Delete(const std::string& subject, int32_t version);
  // What it calls the schema of an id; it is asked by that only after ServeGuids.
  static std::string Guid(int32_t id);
  void ServeGuids();
  // From now on nothing answers (or again).
  void SetDown(bool down);
  // What the next requests get instead of an answer, one each.
  void AnswerNext(http::Response response);
  // Registering other schemas than those that are there is refused with 409 and this text; empty:
  // no more.
  void RefuseNew(std::string reason);
  // Requests stay without an answer until Release.
  void Hold();
  void Release();
  std::vector<http::Request> requests() const;  // all so far
  size_t held() const;

 private:
  class FakeClient;
  void Serve(http::Request request, http::Client::Done done);
  StatusOr<http::Response> Answer(const http::Request& request);
  http::Response Schemas(int64_t id) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  http::Response Subject(const http::Request& request, std::string_view rest)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int32_t AddLocked(const std::string& subject, const Schema& schema)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string Describe(const std::string& subject, size_t index) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::vector<Schema> schemas_ ABSL_GUARDED_BY(mutex_);  // the id is the index plus one
  std::map<std::string, std::vector<int32_t>> subjects_ ABSL_GUARDED_BY(mutex_);
  std::set<std::pair<std::string, size_t>> deleted_ ABSL_GUARDED_BY(mutex_);  // subject, index
  bool guids_ ABSL_GUARDED_BY(mutex_) = false;
  bool down_ ABSL_GUARDED_BY(mutex_) = false;
  bool holding_ ABSL_GUARDED_BY(mutex_) = false;
  std::string refusal_ ABSL_GUARDED_BY(mutex_);
  std::vector<http::Response> next_ ABSL_GUARDED_BY(mutex_);
  std::vector<http::Request> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::pair<http::Request, http::Client::Done>> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::schema_registry

#endif  // SLUICE_RUNTIME_SCHEMA_REGISTRY_FAKE_REGISTRY_H_

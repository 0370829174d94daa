// A schema registry as Confluent's API shows it: registers schemas, and finds them by id, by
// subject and by content. Tasks of a worker that have the same settings share one client, so a
// schema is asked for once and not once per task. Any thread may call; a call may wait for the
// registry, and serves its caller's Waiter meanwhile.
//
// What was found is remembered, within bounds, and goes on working while the registry is down: an
// id, or a version of a subject, never changes. That nothing was found is remembered, too, for a
// short time, so that a topic full of foreign bytes is not a request per record.
//
// Errors: RetriableException when no registry answers, or one says that it cannot now (408, 429,
// 5xx), after the client's own retries; AuthenticationException (401), AuthorizationException
// (403); SerializationException for all else that the registry says, in its words and naming the
// subject, with the code kNotFound where there is no such thing, kFailedPrecondition for a schema
// that is not compatible (409). What is wrong with a token's provider is an
// AuthenticationException, or retriable. StoppedError if the waiter said so.
#ifndef SLUICE_RUNTIME_SCHEMA_REGISTRY_CLIENT_H_
#define SLUICE_RUNTIME_SCHEMA_REGISTRY_CLIENT_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/http/client.h"
#include "runtime/http/url.h"
#include "runtime/schema_registry/client_options.h"

namespace sluice::schema_registry {

struct Reference {
  std::string name;  // as the schema calls it
  std::string subject;
  int32_t version = 0;
};
struct Schema {
  std::string type = "AVRO";  // AVRO, PROTOBUF, JSON
  std::string text = {};
  std::vector<Reference> references = {};
};
struct Registered {
  int32_t id = 0;
  int32_t version = 0;                 // 0: the registry did not say
  Schema schema;                       // of Register: what was asked for
  std::string subject = {};            // empty: the registry did not say
  TimePoint until = TimePoint::max();  // when Latest asks again
};

class Client {
 public:
  // The one of these settings; made if nobody has it. ConfigException: a URL or a key store.
  static StatusOr<std::shared_ptr<Client>> Shared(const ClientOptions& options);
  Client(ClientOptions options, std::unique_ptr<http::Client> sender,
         Clock& clock = Clock::System(), std::shared_ptr<oauth::TokenSource> tokens = nullptr);
  ~Client();

  using Answer = StatusOr<std::shared_ptr<const Registered>>;
  // POST /subjects/{subject}/versions: the same schema has the same id, however often.
  Answer Register(const std::string& subject, const Schema& schema, bool normalize,
                  Waiter* waiter = nullptr);
  // POST /subjects/{subject}: id and version of a schema that is there, or was until it was deleted
  // (softly), which counts for those who read what was written with it.
  struct FindOptions {
    bool normalize = false;
    bool deleted = false;
  };
  Answer Find(const std::string& subject, const Schema& schema, FindOptions options,
              Waiter* waiter = nullptr);
  // GET /schemas/ids/{id}. The subject (empty: unknown) says in which context that is.
  Answer ById(int32_t id, const std::string& subject = "", Waiter* waiter = nullptr);
  // GET /schemas/guids/{guid}, which only newer registries know.
  Answer ByGuid(const std::string& guid, Waiter* waiter = nullptr);
  // GET /subjects/{subject}/versions/latest, remembered for latest_ttl from when it was asked for.
  Answer Latest(const std::string& subject, Waiter* waiter = nullptr);
  // GET /subjects/{subject}/versions/{version}: what a reference names, deleted or not.
  Answer Version(const std::string& subject, int32_t version, Waiter* waiter = nullptr);

  Clock& clock() const { return clock_; }  // of Registered::until

 private:
  class Cache;
  struct Question;
  struct Flight;

  Answer Ask(const Question& question, Waiter* waiter);
  Answer Talk(const Question& question, Waiter* waiter);
  StatusOr<http::Response> TryAll(const Question& question, Waiter* waiter);
  StatusOr<std::string> Token(Waiter* waiter);
  StatusOr<http::Response> TryOne(const http::Url& url, const Question& question,
                                  const std::string& token, Waiter* waiter);
  Status BackOff(int attempt, Waiter* waiter);
  Status Refused(const Question& question, const http::Response& response) const;

  const ClientOptions options_;
  std::vector<http::Url> urls_;
  std::vector<std::pair<std::string, std::string>> headers_;
  const std::unique_ptr<http::Client> http_;
  Clock& clock_;
  const std::shared_ptr<oauth::TokenSource> tokens_;  // null: there is a fixed one, or none
  std::atomic<size_t> current_url_{0};

  Mutex mutex_;
  CondVar finished_;
  const std::unique_ptr<Cache> cache_ ABSL_PT_GUARDED_BY(mutex_);
};

}  // namespace sluice::schema_registry

#endif  // SLUICE_RUNTIME_SCHEMA_REGISTRY_CLIENT_H_

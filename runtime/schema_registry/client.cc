#include "runtime/schema_registry/client.h"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/lru_cache.h"
#include "runtime/base/text.h"
#include "runtime/http/url.h"
#include "runtime/schema_registry/messages.h"
#include "runtime/schema_registry/url.h"

namespace sluice::schema_registry {
namespace {

constexpr std::string_view kSerialization = "org.apache.kafka.common.errors.SerializationException";
constexpr std::string_view kAuthentication =
    "org.apache.kafka.common.errors.AuthenticationException";
constexpr std::string_view kAuthorization = "org.apache.kafka.common.errors.AuthorizationException";
constexpr milliseconds kSlice{20};  // of a wait, before the waiter is asked again
constexpr milliseconds kServe{1};   // what the waiter gets in between
constexpr int kSchemaNotFound = 40403;
constexpr std::string_view kMediaType = "application/vnd.schemaregistry.v1+json";

enum class Kind { kId, kSchema, kSubject };

bool CanComeBack(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

}  // namespace

struct Client::Question {
  Kind kind;
  std::string key;    // of the answer
  std::string about;  // "subject orders-value", for errors
  std::string doing;  // "registering a schema of type AVRO"
  std::string method;
  std::string path;
  std::string body;
  const Schema* schema = nullptr;  // that is asked about; null: the answer has one
  int32_t id = 0;                  // that is asked for: the answer of some has no id in it
  std::optional<milliseconds> ttl = {};
  std::string_view hint = {};  // goes with a 404 that does not come from a search
};

struct Client::Flight {
  bool done = false;
  Answer answer = Status(absl::StatusCode::kUnknown, "");
};

class Client::Cache {
 public:
  explicit Cache(const ClientOptions& options)
      : found_{LruCache<Entry>(options.schemas_max), LruCache<Entry>(options.schemas_max),
               LruCache<Entry>(options.schemas_max)},
        missing_(options.missing_max) {}

  std::optional<Answer> Get(const Question& question, TimePoint now) {
    for (auto* cache : {&found_[static_cast<size_t>(question.kind)], &missing_}) {
      Entry* entry = cache->Find(question.key);
      if (entry != nullptr && now < entry->until) return entry->answer;
    }
    return std::nullopt;
  }
  void Put(const Question& question, const Answer& answer, TimePoint until) {
    auto& cache = answer.ok() ? found_[static_cast<size_t>(question.kind)] : missing_;
    if (Entry* entry = cache.Find(question.key)) {
      *entry = {answer, until};
    } else {
      cache.Put(question.key, {answer, until});
    }
  }

  std::map<std::string, std::shared_ptr<Flight>> flights;  // by the question's key

 private:
  struct Entry {
    Answer answer;
    TimePoint until;
  };
  LruCache<Entry> found_[3];
  LruCache<Entry> missing_;
};

Client::Client(ClientOptions options, std::unique_ptr<http::Client> sender, Clock& clock,
               std::shared_ptr<oauth::TokenSource> tokens)
    : options_(std::move(options)),
      http_(std::move(sender)),
      clock_(clock),
      tokens_(std::move(tokens)),
      cache_(std::make_unique<Cache>(options_)) {
  for (const std::string& text : options_.urls) {
    StatusOr<http::Url> url = ParseUrl(text);
    if (url.ok()) urls_.push_back(*std::move(url));
  }
  for (const auto& header : options_.headers) headers_.push_back(header);
}
Client::~Client() = default;

StatusOr<std::shared_ptr<Client>> Client::Shared(const ClientOptions& options) {
  struct All {
    Mutex mutex;
    std::vector<std::pair<ClientOptions, std::weak_ptr<Client>>> clients;
  };
  static All& all = *new All;
  MutexLock lock(all.mutex);
  std::erase_if(all.clients, [](const auto& one) { return one.second.expired(); });
  for (const auto& [known, client] : all.clients) {
    if (!(known == options)) continue;
    if (auto shared = client.lock()) return shared;
  }
  if (options.urls.empty()) {
    return ConfigError(
        "Missing required configuration \"schema.registry.url\" which has no default value.");
  }
  http::ClientOptions settings{.connect_timeout = options.connect_timeout,
                               .read_timeout = options.read_timeout};
  for (const std::string& text : options.urls) {
    SLUICE_ASSIGN_OR_RETURN(const http::Url url, ParseUrl(text));
    if (!url.tls || settings.tls != nullptr) continue;
    std::vector<std::string> notes;
    StatusOr<std::shared_ptr<const tls::ClientContext>> context =
        tls::ClientContext::Make(options.ssl, notes);
    if (!context.ok()) {
      return ConfigError(StrCat("The keys of schema.registry.ssl.*: ", Message(context.status())));
    }
    settings.tls = *std::move(context);
    for (const std::string& note : notes) LogInfo("schema_registry", note);
  }
  std::shared_ptr<oauth::TokenSource> tokens;
  if (options.tokens) {
    SLUICE_ASSIGN_OR_RETURN(tokens, oauth::TokenSource::Make(*options.tokens));
  }
  auto client = std::make_shared<Client>(options, http::NewClient(std::move(settings)),
                                         Clock::System(), std::move(tokens));
  all.clients.emplace_back(options, client);
  return client;
}

Client::Answer Client::Register(const std::string& subject, const Schema& schema, bool normalize,
                                Waiter* waiter) {
  Question question{
      .kind = Kind::kSchema,
      .key = {},
      .about = StrCat("subject ", subject),
      .doing = StrCat("Registering a schema of type ", schema.type),
      .method = "POST",
      .path = StrCat("/subjects/", PercentEncode(subject), "/versions?normalize=", normalize),
      .body = RequestBody(schema),
      .schema = &schema};
  question.key = StrCat(question.path, " ", question.body);
  return Ask(question, waiter);
}

Client::Answer Client::Find(const std::string& subject, const Schema& schema, FindOptions options,
                            Waiter* waiter) {
  Question question{.kind = Kind::kSchema,
                    .key = {},
                    .about = StrCat("subject ", subject),
                    .doing = StrCat("Looking for a schema of type ", schema.type),
                    .method = "POST",
                    .path = StrCat("/subjects/", PercentEncode(subject),
                                   "?normalize=", options.normalize, "&deleted=", options.deleted),
                    .body = RequestBody(schema),
                    .schema = &schema};
  question.key = StrCat(question.path, " ", question.body);
  return Ask(question, waiter);
}

Client::Answer Client::ById(int32_t id, const std::string& subject, Waiter* waiter) {
  Question question{.kind = Kind::kId,
                    .key = {},
                    .about = StrCat("id ", id),
                    .doing = "Retrieving a schema",
                    .method = "GET",
                    .path = StrCat("/schemas/ids/", id, "?fetchMaxId=false"),
                    .body = {},
                    .id = id};
  if (!subject.empty()) StrAppend(question.path, "&subject=", PercentEncode(subject));
  question.key = question.path;
  return Ask(question, waiter);
}

Client::Answer Client::ByGuid(const std::string& guid, Waiter* waiter) {
  Question question{.kind = Kind::kId,
                    .key = {},
                    .about = StrCat("GUID ", guid),
                    .doing = "Retrieving a schema",
                    .method = "GET",
                    .path = StrCat("/schemas/guids/", PercentEncode(guid)),
                    .body = {},
                    .hint =
                        ". Does it know schemas by GUID? Records that name theirs so, in a "
                        "header, can be read with a registry that does, and no other"};
  question.key = question.path;
  return Ask(question, waiter);
}

Client::Answer Client::Latest(const std::string& subject, Waiter* waiter) {
  Question question{.kind = Kind::kSubject,
                    .key = {},
                    .about = StrCat("subject ", subject),
                    .doing = "Retrieving the latest version",
                    .method = "GET",
                    .path = StrCat("/subjects/", PercentEncode(subject), "/versions/latest"),
                    .body = {}};
  question.key = question.path;
  if (options_.latest_ttl >= milliseconds(0)) question.ttl = options_.latest_ttl;
  return Ask(question, waiter);
}

Client::Answer Client::Version(const std::string& subject, int32_t version, Waiter* waiter) {
  Question question{
      .kind = Kind::kSubject,
      .key = {},
      .about = StrCat("subject ", subject),
      .doing = StrCat("Retrieving version ", version),
      .method = "GET",
      .path = StrCat("/subjects/", PercentEncode(subject), "/versions/", version, "?deleted=true"),
      .body = {}};
  question.key = question.path;
  return Ask(question, waiter);
}

// One flight per question: who comes second waits for the first one's answer.
Client::Answer Client::Ask(const Question& question, Waiter* waiter) {
  while (true) {
    std::shared_ptr<Flight> flight;
    {
      MutexLock lock(mutex_);
      if (auto known = cache_->Get(question, clock_.Now())) return *std::move(known);
      auto& place = cache_->flights[question.key];
      if (place == nullptr) {
        place = std::make_shared<Flight>();
      } else {
        flight = place;
      }
    }
    if (flight == nullptr) {
      Answer answer = Talk(question, waiter);
      MutexLock lock(mutex_);
      const auto mine = cache_->flights.find(question.key);
      mine->second->done = true;
      mine->second->answer = answer;
      cache_->flights.erase(mine);
      finished_.NotifyAll();
      if (answer.ok()) {
        cache_->Put(question, answer, (*answer)->until);
      } else if (IsNotFound(answer.status()) && options_.missing_ttl > milliseconds(0)) {
        cache_->Put(question, answer, clock_.Now() + options_.missing_ttl);
      }
      return answer;
    }
    while (true) {
      {
        MutexLock lock(mutex_);
        if (!flight->done) finished_.WaitFor(mutex_, kSlice);
        if (flight->done) break;
      }
      if (waiter != nullptr && !waiter->Wait(kServe)) return StoppedError();
    }
    if (!IsStopped(flight->answer.status())) return flight->answer;  // else its owner had to go
  }
}

Client::Answer Client::Talk(const Question& question, Waiter* waiter) {
  const TimePoint asked = clock_.Now();
  SLUICE_ASSIGN_OR_RETURN(const http::Response response, TryAll(question, waiter));
  if (response.status != 200) return Refused(question, response);
  auto found = std::make_shared<Registered>();
  if (!ReadAnswer(response, *found)) {
    return ExceptionError(absl::StatusCode::kInvalidArgument, kSerialization,
                          StrCat(question.doing, " (", question.about,
                                 "): the schema registry's answer is no JSON object"));
  }
  if (question.schema != nullptr) found->schema = *question.schema;
  if (question.id != 0) found->id = question.id;
  if (question.ttl) found->until = asked + *question.ttl;
  return found;
}

// Each round tries all URLs, the one that answered last first.
StatusOr<http::Response> Client::TryAll(const Question& question, Waiter* waiter) {
  StatusOr<http::Response> last = RetriableError("no URL");
  Status no_token;
  for (int attempt = 0; attempt <= options_.max_retries; ++attempt) {
    if (attempt > 0) SLUICE_RETURN_IF_ERROR(BackOff(attempt, waiter));
    const StatusOr<std::string> token = Token(waiter);
    no_token = token.status();
    if (IsRetriable(no_token)) continue;
    if (!token.ok()) return no_token;
    const size_t first = current_url_.load(std::memory_order_relaxed);
    for (size_t i = 0; i < urls_.size(); ++i) {
      const size_t url = (first + i) % urls_.size();
      last = TryOne(urls_[url], question, *token, waiter);
      if (IsStopped(last.status())) return last;
      if (last.ok() ? !CanComeBack(last->status) : !IsRetriable(last.status())) {
        current_url_.store(url, std::memory_order_relaxed);
        return last;
      }
    }
  }
  if (!no_token.ok()) {
    return RetriableError(StrCat(question.doing, " (", question.about, "): ", Message(no_token)));
  }
  if (last.ok()) return last;
  std::vector<std::string> tried;
  for (const http::Url& url : urls_) tried.push_back(url.Text());
  return RetriableError(StrCat(question.doing, " (", question.about,
                               "): no schema registry can be reached at ", StrJoin(tried, ", "),
                               " (schema.registry.url): ", Message(last.status())));
}

// What goes with the requests of a round; empty: none does.
StatusOr<std::string> Client::Token(Waiter* waiter) {
  if (tokens_ == nullptr) return options_.bearer_token;
  StatusOr<oauth::Token> token = tokens_->Next(waiter);
  if (token.ok()) return std::move(token->value);
  if (IsStopped(token.status()) || IsRetriable(token.status())) return token.status();
  return ExceptionError(absl::StatusCode::kUnauthenticated, kAuthentication,
                        Message(token.status()));
}

StatusOr<http::Response> Client::TryOne(const http::Url& url, const Question& question,
                                        const std::string& token, Waiter* waiter) {
  http::Request request{question.method, url.Text() + question.path, headers_, question.body};
  request.headers.emplace_back("User-Agent", "kafka-connect");
  request.headers.emplace_back(
      "Accept", StrCat(kMediaType, ", application/vnd.schemaregistry+json, application/json"));
  if (!request.body.empty()) request.headers.emplace_back("Content-Type", kMediaType);
  const std::string& user = !options_.user_info.empty() ? options_.user_info
                            : options_.user_info_of_url ? url.user_info
                                                        : options_.user_info;
  if (!token.empty()) {
    request.headers.emplace_back("Authorization", StrCat("Bearer ", token));
  } else if (!user.empty()) {
    request.headers.emplace_back("Authorization", StrCat("Basic ", Base64Encode(user)));
  }
  StatusOr<http::Response> result = http::SendAndWait(*http_, std::move(request), waiter);
  if (result.ok() || IsStopped(result.status())) return result;
  LogWarn("schema_registry", url.Text(), ": ", Message(result.status()));
  return RetriableError(Message(result.status()));
}

// Up to retries.wait.ms, doubled with each attempt; a random part of it, so that tasks do not come
// back all at once.
Status Client::BackOff(int attempt, Waiter* waiter) {
  const int64_t most = std::min(options_.retries_wait.count() << std::min(attempt - 1, 20),
                                options_.retries_max_wait.count());
  if (most <= 0) return OkStatus();
  thread_local std::minstd_rand random(std::random_device{}());
  const TimePoint until = clock_.Now() + milliseconds(1 + random() % most);
  while (clock_.Now() < until) {
    const auto left = std::chrono::ceil<milliseconds>(until - clock_.Now());
    if (waiter != nullptr) {
      if (!waiter->Wait(left)) return StoppedError();
    } else {
      MutexLock lock(mutex_);
      finished_.WaitFor(mutex_, std::min(left, kSlice));
    }
  }
  return OkStatus();
}

Status Client::Refused(const Question& question, const http::Response& response) const {
  const std::string text =
      StrCat(question.doing, " (", question.about, "): the schema registry answered ",
             response.status, ": ", ReasonOf(response));
  switch (response.status) {
    case 401:
      return ExceptionError(absl::StatusCode::kUnauthenticated, kAuthentication, text);
    case 403:
      return ExceptionError(absl::StatusCode::kPermissionDenied, kAuthorization, text);
    case 404:
      return ExceptionError(absl::StatusCode::kNotFound, kSerialization,
                            StrCat(text, CodeOf(response) == kSchemaNotFound ? "" : question.hint));
    case 409:
      return ExceptionError(
          absl::StatusCode::kFailedPrecondition, kSerialization,
          StrCat("The schema is not compatible with what is registered under ", question.about,
                 ": the schema registry answered 409: ", ReasonOf(response)));
    default:
      if (CanComeBack(response.status)) return RetriableError(text);
      return ExceptionError(absl::StatusCode::kInvalidArgument, kSerialization, text);
  }
}

}  // namespace sluice::schema_registry

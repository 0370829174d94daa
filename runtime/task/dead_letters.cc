#include "runtime/task/dead_letters.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "runtime/base/java_regex.h"
#include "runtime/base/text.h"
#include "runtime/convert/record_json.h"
#include "runtime/errors/dlq_reporter.h"
#include "runtime/kafka/admin.h"
#include "runtime/kafka/producer.h"

namespace sluice::task {
namespace {

using config::ConnectorConfig;
using CheckTopic = std::function<Status(std::string_view)>;

constexpr milliseconds kAdminTimeout{60000};

// A sink consumes none of its letters. Validation has seen what it could; topics of a regex, and
// names made of records, are known only now.
StatusOr<CheckTopic> NotConsumed(const ConnectorConfig& connector) {
  if (connector.kind == config::ConnectorKind::kSource) return CheckTopic();
  if (!connector.topics.empty()) {
    return CheckTopic([topics = connector.topics](std::string_view topic) {
      if (std::find(topics.begin(), topics.end(), topic) == topics.end()) return OkStatus();
      return ConfigError(StrCat("The DLQ topic '", topic,
                                "' may not be included in the list of topics ('topics=[",
                                StrJoin(topics, ", "), "]') consumed by the connector"));
    });
  }
  SLUICE_ASSIGN_OR_RETURN(JavaRegex compiled, JavaRegex::Compile(connector.topics_regex));
  return CheckTopic([regex = std::make_shared<JavaRegex>(std::move(compiled))](
                        std::string_view topic) -> Status {
    SLUICE_ASSIGN_OR_RETURN(const bool matches, regex->Matches(topic));
    if (!matches) return OkStatus();
    return ConfigError(StrCat("The DLQ topic '", topic,
                              "' may not be matched by the regex for the topics ('topics.regex=",
                              regex->pattern(), "') consumed by the connector"));
  });
}

// Whether a letter may go to a topic.
StatusOr<CheckTopic> CheckOf(const ConnectorConfig& connector, CheckTopic not_internal) {
  SLUICE_ASSIGN_OR_RETURN(CheckTopic not_consumed, NotConsumed(connector));
  if (!not_consumed) return not_internal;
  return CheckTopic([not_internal, not_consumed](std::string_view topic) -> Status {
    SLUICE_RETURN_IF_ERROR(not_internal(topic));
    return not_consumed(topic);
  });
}

}  // namespace

StatusOr<std::unique_ptr<errors::Reporter>> NewDeadLetters(
    const ConnectorConfig& connector, const TaskId& id,
    std::shared_ptr<const DeadLetterClients> clients, Clock& clock, Waiter& waiter) {
  errors::DlqOptions options;
  SLUICE_ASSIGN_OR_RETURN(options.topic,
                          config::DlqTopic::Parse(Trim(connector.errors.dlq_topic), id.connector));
  options.format.context_headers = connector.errors.dlq_context_headers;
  options.format.connector = id.connector;
  options.format.task = id.task;
  options.format.write_record = convert::AppendSourceRecordJson;
  options.format.write_map = convert::AppendSourceMapJson;
  errors::DlqOutside outside;
  outside.make_producer = [clients] {
    return kafka::NewProducer(clients->producer, clients->registry);
  };
  outside.make_topic = [clients, factor = connector.errors.dlq_replication_factor](
                           const std::string& topic, Waiter& waits) -> Status {
    SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<kafka::Admin> admin,
                            kafka::NewAdmin(clients->admin, clients->registry));
    return errors::EnsureDlqTopic(topic, factor, *admin, kAdminTimeout, waits);
  };
  SLUICE_ASSIGN_OR_RETURN(
      outside.check_topic,
      CheckOf(connector, [clients, topic = options.topic](std::string_view name) {
        return config::CheckNotInternal(topic, name, clients->internal_topics);
      }));
  auto reporter =
      std::make_unique<errors::DlqReporter>(std::move(options), std::move(outside), clock, waiter);
  SLUICE_RETURN_IF_ERROR(reporter->Prepare());
  return std::unique_ptr<errors::Reporter>(std::move(reporter));
}

}  // namespace sluice::task

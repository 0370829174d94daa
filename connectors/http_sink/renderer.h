// What is sent for a record: where, with which headers, and its part of the body. One thread.
#ifndef SLUICE_CONNECTORS_HTTP_SINK_RENDERER_H_
#define SLUICE_CONNECTORS_HTTP_SINK_RENDERER_H_

#include <memory>
#include <optional>
#include <string>

#include "connectors/http/message.h"
#include "connectors/http/template.h"
#include "connectors/http_sink/regex_rules.h"
#include "connectors/http_sink/sink_config.h"
#include "connectors/sdk/sink.h"

namespace sluice::http_sink {

// Where requests go, and all about them but the body. Records of the same target may share one.
struct Target {
  std::string method, url;
  http::Headers headers;
  std::string batch_key;
  friend bool operator==(const Target&, const Target&) = default;
};
using TargetPtr = std::shared_ptr<const Target>;

class Renderer {
 public:
  explicit Renderer(const SinkConfig& config);

  // Appends the record's part of the body to `body` and answers its target; nothing where the
  // record is not to be sent. Throws DataException: what the record lacks. `body` may then have a
  // part of it.
  std::optional<TargetPtr> Render(const sdk::SinkRecord& record, std::string& body);

 private:
  static void AppendKey(std::string& url, const sdk::SinkRecord& record);
  TargetPtr TargetOf(const sdk::SinkRecord& record, bool deletes);

  const SinkConfig& config_;
  RegexRules rules_;
  bool fixed_ = true;  // all targets are alike
  TargetPtr last_;     // most records have their predecessor's
  TargetPtr last_delete_;
};

// Appends strings and bytes as they are, nothing for null, all else as JSON, decimals as numbers.
// Throws DataException: JSON has no text for it.
void AppendPlain(std::string& out, const sluice_value& value);

// Appends what the variable stands for. `url`: percent-encoded, and never empty. Throws
// DataException: the record has no such field. For renderer_test.cc too.
void AppendVariable(std::string& out, const sdk::SinkRecord& record,
                    const http::Template::Variable& variable, bool url);

}  // namespace sluice::http_sink

#endif  // SLUICE_CONNECTORS_HTTP_SINK_RENDERER_H_

#include "connectors/object_store_sink/signature.h"

#include <algorithm>
#include <ctime>

#include "connectors/object_store_sink/digest.h"
#include "connectors/sdk/text.h"
#include "connectors/shared/text.h"

namespace sluice::object_store_sink {
namespace {

// Blanks at both ends cut, runs of them made one.
std::string Folded(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c != ' ' && c != '\t') {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

std::string AmzDate(int64_t epoch_seconds) {
  const std::time_t time = epoch_seconds;
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[32];
  const size_t size = std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc);
  return {text, size};
}

std::string CanonicalRequest(const ToSign& what, const Headers& headers,
                             std::string& signed_headers) {
  Headers sorted;
  for (const auto& [name, value] : headers) sorted.emplace_back(shared::Lower(name), Folded(value));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string lines;
  signed_headers.clear();
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0 && sorted[i].first == sorted[i - 1].first) {  // one line for all of a name
      lines.insert(lines.size() - 1, sdk::Cat(",", sorted[i].second));
      continue;
    }
    lines.append(sorted[i].first).append(":").append(sorted[i].second).append("\n");
    if (!signed_headers.empty()) signed_headers.push_back(';');
    signed_headers.append(sorted[i].first);
  }
  return sdk::Cat(what.method, "\n", what.path, "\n", what.query, "\n", lines, "\n", signed_headers,
                  "\n", what.body_hash);
}

void Sign(const SignatureDialect& dialect, const ToSign& what, const Credentials& credentials,
          Headers& headers) {
  const std::string date = AmzDate(what.now);
  const std::string day = date.substr(0, 8);
  headers.emplace_back(sdk::Cat(dialect.header_prefix, "date"), date);
  headers.emplace_back(sdk::Cat(dialect.header_prefix, "content-sha256"), what.body_hash);
  if (!credentials.session_token.empty()) {
    headers.emplace_back(sdk::Cat(dialect.header_prefix, "security-token"),
                         credentials.session_token);
  }
  std::string names;
  const std::string request = CanonicalRequest(what, headers, names);
  const std::string scope =
      sdk::Cat(day, "/", what.region, "/", what.service, "/", dialect.terminator);
  const std::string text =
      sdk::Cat(dialect.algorithm, "\n", date, "\n", scope, "\n", Hex(Sha256(request)));
  std::string key = HmacSha256(sdk::Cat(dialect.key_prefix, credentials.secret), day);
  key = HmacSha256(key, what.region);
  key = HmacSha256(key, what.service);
  key = HmacSha256(key, dialect.terminator);
  headers.emplace_back(
      "Authorization",
      sdk::Cat(dialect.algorithm, " Credential=", credentials.key_id, "/", scope,
               ", SignedHeaders=", names, ", Signature=", Hex(HmacSha256(key, text))));
}

}  // namespace sluice::object_store_sink

// Signature version 4: AWS's, and Google's dialect of it (HMAC keys of the XML API), which differs
// in words only. Pure functions, any thread. The secret is used, never kept or shown.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_SIGNATURE_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_SIGNATURE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::object_store_sink {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct SignatureDialect {
  std::string_view algorithm = "AWS4-HMAC-SHA256";
  std::string_view key_prefix = "AWS4";
  std::string_view terminator = "aws4_request";
  std::string_view header_prefix = "x-amz-";
};
inline constexpr SignatureDialect kAws{};
inline constexpr SignatureDialect kGoogle{"GOOG4-HMAC-SHA256", "GOOG4", "goog4_request", "x-goog-"};

struct Credentials {
  std::string key_id;
  std::string secret;
  std::string session_token = {};
  std::string bearer = {};  // OAuth: nothing is signed
  int64_t expires_at = 0;   // epoch seconds; 0: never
};

struct ToSign {
  std::string_view method;
  std::string_view path;       // escaped
  std::string_view query;      // escaped and sorted
  std::string_view body_hash;  // in hex, or UNSIGNED-PAYLOAD
  std::string_view region;
  std::string_view service;
  int64_t now;  // epoch seconds
};

// Adds the date, the body's hash, the session's token and `Authorization` to `headers`, which must
// hold `Host` already. All headers are signed.
void Sign(const SignatureDialect& dialect, const ToSign& what, const Credentials& credentials,
          Headers& headers);

// 20150830T123600Z
std::string AmzDate(int64_t epoch_seconds);
// For tests: the text that is hashed first.
std::string CanonicalRequest(const ToSign& what, const Headers& headers,
                             std::string& signed_headers);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_SIGNATURE_H_

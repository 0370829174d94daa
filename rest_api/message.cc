#include "rest_api/message.h"

#include <cctype>
#include <optional>

#include "runtime/base/json.h"
#include "runtime/base/secrets.h"
#include "runtime/base/text.h"
#include "runtime/herder/herder.h"

namespace sluice::rest_api {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

StatusOr<std::string> PercentDecode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return BadRequestError(StrCat("The URL has a malformed percent escape in '", text,
                                      "': expected % and two hex digits, as in %2F"));
      }
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  if (FindInvalidUtf8(out) != std::string_view::npos) {
    return BadRequestError("The URL is not UTF-8 after percent decoding");
  }
  return out;
}

Status ParseQuery(std::string_view text, Request& request) {
  for (std::string_view pair : Split(text, '&')) {
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    SLUICE_ASSIGN_OR_RETURN(std::string name, PercentDecode(pair.substr(0, equals), true));
    std::string value;
    if (equals != std::string_view::npos) {
      SLUICE_ASSIGN_OR_RETURN(value, PercentDecode(pair.substr(equals + 1), true));
    }
    request.query.emplace_back(std::move(name), std::move(value));
  }
  return OkStatus();
}

int HttpStatus(const Status& error) {
  switch (error.code()) {
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kOutOfRange:  // BadRequestError
      return 400;
    case absl::StatusCode::kInvalidArgument:  // only what a client sent can be a wrong config here
      return ExceptionClass(error) == kConfigException ? 400 : 500;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kResourceExhausted:
      return 503;
    default:
      return 500;
  }
}

}  // namespace

std::string_view Request::Query(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

Response JsonResponse(int status, std::string json) {
  Response response;
  response.status = status;
  response.body = std::move(json);
  return response;
}
Response EmptyResponse(int status) { return JsonResponse(status, {}); }

Response ErrorResponse(int status, std::string_view message) {
  constexpr size_t kMessageMax = 64 << 10;  // it may quote what the client sent
  std::string text = WithoutSecrets(std::string(message.substr(0, kMessageMax)));
  if (message.size() > kMessageMax) text = ReplaceInvalidUtf8(text) + "...";
  JsonWriter json;
  json.StartObject().Key("error_code").Int(status);
  json.Key("message").String(text).EndObject();
  return JsonResponse(status, json.Take());
}

Response ErrorResponse(const Status& error) {
  Response response = ErrorResponse(HttpStatus(error), ReplaceInvalidUtf8(Message(error)));
  response.other_worker = herder::OtherWorker(error).value_or("");
  return response;
}

Status ParseTarget(std::string_view target, Request& request) {
  if (const size_t scheme = target.find("://");
      scheme != std::string_view::npos && target.front() != '/' && scheme < target.find('?')) {
    const size_t slash = target.find('/', scheme + 3);  // a proxy's absolute form
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  target = target.substr(0, target.find('#'));
  const size_t question = target.find('?');
  if (question != std::string_view::npos) {
    SLUICE_RETURN_IF_ERROR(ParseQuery(target.substr(question + 1), request));
  }
  std::string_view path = target.substr(0, question);
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (path.empty()) return OkStatus();
  for (std::string_view segment : Split(path, '/')) {
    segment = segment.substr(0, segment.find(';'));  // RFC 3986's parameters of a segment
    SLUICE_ASSIGN_OR_RETURN(std::string decoded, PercentDecode(segment, false));
    request.path.push_back(std::move(decoded));
  }
  return OkStatus();
}

std::string PercentEncode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 ||
        std::string_view("-._~!$&'()*+,=:@").find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

}  // namespace sluice::rest_api

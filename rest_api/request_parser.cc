#include "rest_api/request_parser.h"

#include <optional>
#include <utility>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

namespace http = boost::beast::http;
namespace net = boost::asio;

constexpr size_t kReadAhead = 8192;  // how much a header may arrive beyond its limit
// "0\r\n\r\n": no chunked body ends in less. Beast asserts that it is never given less once it has
// seen the line of the last chunk, and a client that sends slowly does give it less.
constexpr size_t kLastChunkBytes = 5;

std::string_view FromBoost(boost::beast::string_view text) { return {text.data(), text.size()}; }

// What a broken request is answered with.
Response ParseRefusal(const boost::system::error_code& error, const RequestLimits& limits) {
  if (error == http::error::body_limit) {
    return ErrorResponse(413, StrCat("The request body is larger than ", limits.body_bytes_max,
                                     " bytes, the limit of this worker (rest.max.body.bytes)"));
  }
  if (error == http::error::header_limit) {
    return ErrorResponse(431, StrCat("The request's header is larger than ",
                                     limits.header_bytes_max, " bytes, the limit of this worker"));
  }
  return ErrorResponse(400, StrCat("Not a well-formed HTTP/1.1 request: ", error.message()));
}

}  // namespace

struct RequestParser::Impl {
  http::request_parser<http::string_body> parser;
  bool continued = false;
};

RequestParser::RequestParser(const RequestLimits& limits)
    : limits_(limits), impl_(std::make_unique<Impl>()) {
  impl_->parser.eager(true);
  impl_->parser.header_limit(static_cast<uint32_t>(limits.header_bytes_max));
  impl_->parser.body_limit(limits.body_bytes_max);
}
RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::Refuse(Response refusal) {
  refusal_ = std::move(refusal);
  return State::kRefused;
}

RequestParser::State RequestParser::Feed(std::string& buffer) {
  auto& parser = impl_->parser;
  size_t last_size = std::string::npos;
  while (!parser.is_done() && !buffer.empty() && buffer.size() != last_size) {
    if (parser.chunked() && parser.is_header_done() && buffer.size() < kLastChunkBytes) break;
    last_size = buffer.size();
    boost::system::error_code error;
    buffer.erase(0, parser.put(net::buffer(buffer), error));
    if (error && error != http::error::need_more) return Refuse(ParseRefusal(error, limits_));
  }
  if (parser.is_done()) return State::kDone;
  // What is left is the header, or the line of a chunk or a trailer, without its end.
  if (buffer.size() > limits_.header_bytes_max + kReadAhead) {
    return Refuse(ParseRefusal(http::make_error_code(http::error::header_limit), limits_));
  }
  return State::kMore;
}

size_t RequestParser::body_bytes() const { return impl_->parser.get().body().size(); }

bool RequestParser::WantsContinue() {
  if (impl_->continued || !impl_->parser.is_header_done() || impl_->parser.is_done()) return false;
  impl_->continued =
      EqualsIgnoreCase(FromBoost(impl_->parser.get()[http::field::expect]), "100-continue");
  return impl_->continued;
}

RequestParser::State RequestParser::Take(std::string_view scheme, std::string_view local,
                                         ParsedRequest& out) {
  auto& message = impl_->parser.get();
  out.keep_alive = message.keep_alive();
  out.old_version = message.version() < 11;
  Request& request = out.request;
  request.method = FromBoost(message.method_string());
  request.accept = FromBoost(message[http::field::accept]);
  request.content_type = FromBoost(message[http::field::content_type]);
  const auto optional = [&](const char* name) {
    const auto it = message.find(name);
    return it == message.end() ? std::nullopt : std::optional(std::string(FromBoost(it->value())));
  };
  request.signature = optional("X-Connect-Authorization");
  request.signature_algorithm = optional("X-Connect-Request-Signature-Algorithm");
  request.authorization = FromBoost(message[http::field::authorization]);
  request.origin = FromBoost(message[http::field::origin]);
  request.preflight_method = FromBoost(message[http::field::access_control_request_method]);
  const std::string_view host = FromBoost(message[http::field::host]);
  request.base_url = StrCat(scheme, "://", host.empty() ? local : host);
  request.body = std::move(message.body());
  const Status target = ParseTarget(FromBoost(message.target()), request);
  return target.ok() ? State::kDone : Refuse(ErrorResponse(target));
}

}  // namespace sluice::rest_api

#include "runtime/http/response_reader.h"

#include <string>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "runtime/base/text.h"

namespace sluice::http {
namespace {

namespace beast = boost::beast::http;

constexpr size_t kHeaderBytesMax = 64 << 10;
constexpr size_t kLastChunkBytes = 5;  // "0\r\n\r\n"

}  // namespace

struct ResponseReader::Parser {
  explicit Parser(size_t body_max) : body_bytes_max(body_max) {
    message.eager(true);
    message.header_limit(kHeaderBytesMax);
    message.body_limit(body_max);
  }

  // Beast stops before a body that its Content-Length makes too long, but not before chunks.
  Status TooLong() const {
    return RetriableError(StrCat("the answer is longer than ", body_bytes_max, " bytes"));
  }

  const size_t body_bytes_max;
  beast::response_parser<beast::string_body> message;
  std::string pending;  // that it has not taken yet
};

ResponseReader::ResponseReader(size_t body_bytes_max)
    : parser_(std::make_unique<Parser>(body_bytes_max)) {}
ResponseReader::~ResponseReader() = default;

bool ResponseReader::done() const { return parser_->message.is_done(); }

Status ResponseReader::Read(std::string_view piece) {
  auto& message = parser_->message;
  std::string& pending = parser_->pending;
  pending.append(piece);
  while (!pending.empty() && !message.is_done()) {
    // Beast asserts that a last chunk comes in one piece.
    if (message.is_header_done() && message.chunked() && pending.size() < kLastChunkBytes) {
      return OkStatus();
    }
    boost::system::error_code error;
    const size_t used = message.put(boost::asio::buffer(pending), error);
    pending.erase(0, used);
    if (error == beast::error::body_limit ||
        message.get().body().size() > parser_->body_bytes_max) {
      return parser_->TooLong();
    }
    if (error && error != beast::error::need_more) {
      return RetriableError(StrCat("the answer is no HTTP: ", error.message()));
    }
    if (used == 0) return OkStatus();
  }
  return OkStatus();
}

Status ResponseReader::End() {
  boost::system::error_code error;
  if (parser_->message.is_header_done()) parser_->message.put_eof(error);
  if (error || !done()) return RetriableError("the answer is cut off");
  return OkStatus();
}

Response ResponseReader::Take() {
  auto& answer = parser_->message.get();
  Response response;
  response.status = static_cast<int>(answer.result_int());
  for (const auto& field : answer) {
    const auto name = field.name_string(), value = field.value();
    response.headers.emplace_back(ToLower({name.data(), name.size()}),
                                  std::string(value.data(), value.size()));
  }
  response.body = std::move(answer.body());
  return response;
}

}  // namespace sluice::http

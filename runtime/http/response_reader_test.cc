#include "runtime/http/response_reader.h"

#include <gtest/gtest.h>

#include "runtime/base/text.h"

namespace sluice::http {
namespace {

constexpr std::string_view kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: a/b\r\n\r\n"
    "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n";

// The status and body of an answer that comes in two pieces, cut at `cut`.
std::string Read(std::string_view answer, size_t cut, bool ends) {
  ResponseReader reader(100);
  for (const std::string_view piece : {answer.substr(0, cut), answer.substr(cut)}) {
    const Status read = reader.done() ? OkStatus() : reader.Read(piece);
    if (!read.ok()) return std::string(Message(read));
  }
  if (ends && !reader.done()) {
    const Status end = reader.End();
    if (!end.ok()) return std::string(Message(end));
  }
  if (!reader.done()) return "not done";
  const Response response = reader.Take();
  return StrCat(response.status, " ", response.body);
}

TEST(ResponseReader, PiecesMakeTheSameAnswerWhereverTheyAreCut) {
  const std::string_view by_length = "HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nabcde";
  const std::string_view by_end = "HTTP/1.0 200 OK\r\n\r\nabcde";
  for (size_t cut = 0; cut <= kChunked.size(); ++cut) {
    EXPECT_EQ(Read(kChunked, cut, false), "200 abcde") << cut;
  }
  for (size_t cut = 0; cut <= by_length.size(); ++cut) {
    EXPECT_EQ(Read(by_length, cut, false), "404 abcde") << cut;
  }
  for (size_t cut = 0; cut <= by_end.size(); ++cut) {
    EXPECT_EQ(Read(by_end, cut, true), "200 abcde") << cut;
  }
}

TEST(ResponseReader, AnAnswerThatEndsTooEarlyIsCutOff) {
  for (size_t length = 0; length < kChunked.size(); ++length) {
    EXPECT_EQ(Read(kChunked.substr(0, length), 0, true), "the answer is cut off") << length;
  }
}

}  // namespace
}  // namespace sluice::http

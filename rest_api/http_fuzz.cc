// Any bytes as what a client sends: every request in them is parsed, found a route and its body
// read as each resource reads it. Fed in one piece or byte by byte, the same requests come out.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "rest_api/bodies.h"
#include "rest_api/request_parser.h"
#include "rest_api/router.h"
#include "runtime/base/stage.h"

namespace {

using namespace sluice::rest_api;  // NOLINT: one file, one function

const Router& Paths() {
  static const Router* const router = [] {
    auto* made = new Router(sluice::milliseconds(1),
                            [](const sluice::Stage&) { return EmptyResponse(500); });
    const Handler none = [](const Request&, const Reply&) {};
    for (const char* path :
         {"/", "/connectors", "/connectors/{c}/config", "/connectors/{c}/tasks/{n}/restart"}) {
      made->Add("GET", path, none);
      made->Add("POST", path, none);
    }
    return made;
  }();
  return *router;
}

void ReadBodies(const std::string& body) {
  if (auto config = ParseConfigBody(body); config.ok()) {
    [[maybe_unused]] const bool named = CheckName("fs", *config).ok();
  }
  [[maybe_unused]] const bool parsed = ParsePatchBody(body).ok() || ParseCreateBody(body).ok();
}

// All requests of `input`, fed `piece` bytes at a time, as one text.
std::string Requests(const std::string& input, size_t piece) {
  std::string seen, buffer;
  size_t at = 0;
  while (true) {
    RequestParser parser({.header_bytes_max = 2048, .body_bytes_max = 4096});
    RequestParser::State state = RequestParser::State::kMore;
    while ((state = parser.Feed(buffer)) == RequestParser::State::kMore) {
      if (at == input.size()) return seen + "(more)";
      const size_t size = std::min(piece, input.size() - at);
      buffer.append(input, at, size);
      at += size;
    }
    ParsedRequest parsed;
    if (state == RequestParser::State::kDone) state = parser.Take("http", "x:1", parsed);
    if (state == RequestParser::State::kRefused) {
      return seen + "(" + std::to_string(parser.refusal().status) + ")";
    }
    Request& request = parsed.request;
    seen += request.method + " " + request.base_url + " " + request.body + "\n";
    if (request.body.size() > 4096) std::abort();
    Response refusal;
    if (Paths().Find(request, refusal) == nullptr && refusal.status < 200) std::abort();
    ReadBodies(request.body);
    if (!parsed.keep_alive) return seen;
  }
}

// A bad first line may be refused at once when all of it has come at once, and only with the end of
// the header when it comes in pieces: a header without an end may be either.
bool Same(const std::string& whole, const std::string& pieces) {
  const auto requests = [](const std::string& seen) { return seen.substr(0, seen.rfind('(')); };
  if (whole.ends_with("(more)") || pieces.ends_with("(more)")) {
    return requests(whole) == requests(pieces);
  }
  return whole == pieces;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  if (size <= 512 && !Same(Requests(input, size + 1), Requests(input, 1))) std::abort();
  if (size > 512) Requests(input, 100);
  return 0;
}

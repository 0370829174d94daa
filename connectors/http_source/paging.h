// Makes the next request of the last answer, and tells which of an answer's records are new. What
// decides it is http.offset.mode:
//
//   SIMPLE_INCREMENTING  as many records further; the end: an empty page, or one that is not full
//   PAGE_NUMBER          one page further if this one is full; else this page again, later
//   CHAINING             the last record's offset; later what is behind it, or at it, too: records
//                        at the boundary are told by their hashes
//   CURSOR, NEXT_LINK    the answer's cursor or link; the last page again, later
//   SNAPSHOT             the same, and from the beginning, later
//
// A page that is asked for again may have grown: what was sent of it is known by number and by the
// hash of the last one. Where nothing fits, records are sent twice rather than not at all. One
// thread; no I/O.
#ifndef SLUICE_CONNECTORS_HTTP_SOURCE_PAGING_H_
#define SLUICE_CONNECTORS_HTTP_SOURCE_PAGING_H_

#include <string>
#include <utility>
#include <vector>

#include "connectors/http/message.h"
#include "connectors/http_source/json_page.h"
#include "connectors/http_source/position.h"
#include "connectors/http_source/source_config.h"

namespace sluice::http_source {

class Paging {
 public:
  Paging(const SourceConfig& config, std::string entity, Position resume)
      : config_(config), entity_(std::move(entity)), stored_(resume), request_(std::move(resume)) {}

  // Throws BadUrl, ConnectException: the offset makes none, or leads to another server.
  http::Request MakeRequest() const;

  struct Step {
    std::vector<size_t> fresh;  // indexes of the page's records
    Position page;              // where to resume after one of them: here, with its done and mark
    Position stored, request;   // the next ones; where to resume after the last: `stored`
    bool more = false;          // ask again at once
  };
  // What the answer to MakeRequest() comes to. Throws BadPage: a record or the answer lacks
  // something, a link leads to another server.
  Step Look(const JsonPage& page, const http::Headers& headers) const;
  void Advance(Step step) {
    stored_ = std::move(step.stored);
    request_ = std::move(step.request);
  }

 private:
  std::vector<size_t> FreshOf(const JsonPage& page) const;
  size_t KnownAtFront(const JsonPage& page) const;
  void NextByCount(const JsonPage& page, Step& step) const;
  void NextByPage(const JsonPage& page, Step& step) const;
  void NextByRecord(const JsonPage& page, Step& step) const;
  void NextByAnswer(const JsonPage& page, const http::Headers& headers, Step& step) const;
  std::string NextOf(const JsonPage& page, const http::Headers& headers) const;
  Position AllOf(const JsonPage& page) const;
  std::string Expand(const http::Template& text, bool url) const;
  std::string Parameters() const;

  const SourceConfig& config_;
  const std::string entity_;
  Position stored_;   // where to resume
  Position request_;  // what is asked for next
};

// The target of rel="next" in headers Link (RFC 8288); "" if there is none.
std::string NextLink(const http::Headers& headers);

}  // namespace sluice::http_source

#endif  // SLUICE_CONNECTORS_HTTP_SOURCE_PAGING_H_
